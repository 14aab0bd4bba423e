"""The input of `mnist-nn explain`: a network, and samples with their names and labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...inspection.trace import worked_example
from ...network import Network
from ...runs.folder import model_file
from ...support.arguments import check_inputs, check_labels
from ...support.errors import InputError
from ...training.model import TwoLayerNN
from ..predict import read_picture, read_rows


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples `X` (D, m) with labels `Y` (m,), and the network to train on them."""

    network: Network
    names: list[str]
    X: np.ndarray
    Y: np.ndarray


def toy_batch() -> Batch:
    """Return the network and the samples of docs/math_derivations.md."""
    return Batch(worked_example.toy_network(), ["sample 0", "sample 1"], worked_example.X, worked_example.Y)


def read_batch(model: Path, images: list[str], indices: list[int], data: str | None, label: int | None) -> Batch:
    """Return a saved network with pictures, or with test images of a data set, the first of them by default."""
    if images and indices:
        raise InputError("choose pictures or --index, not both")
    if label is not None and not images:
        raise InputError("--label is for pictures; test images have their own labels")
    network = TwoLayerNN.load(model_file(model))
    if images:
        pictures = [read_picture(path, network) for path in images]
        names = [name for some, _ in pictures for name in some]
        X = np.concatenate([columns for _, columns in pictures], axis=1)
        X = check_inputs(X, network.input_size, network.dtype, "the pictures")
        Y = network.predict(X) if label is None else np.full(X.shape[1], label)
    else:
        names, X, Y = read_rows(network, model, data, indices or [0])
        X = check_inputs(X, network.input_size, network.dtype, "the images")
    return Batch(network, names, X, check_labels(Y, network.output_size, X.shape[1], "the labels"))
