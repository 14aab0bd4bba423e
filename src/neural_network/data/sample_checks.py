"""Likely mistakes in the samples of a data set, found by looking at them: one class only, pixels scaled wrongly."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.arguments import as_array
from ..support.byte_pixels import Pixels
from ..support.picture_format import square
from .dataset import DIGITS, SIDE, Dataset

PIXELS = 64  # inputs from which on a square number of them is taken for an image; fewer may be any measurements
LOOK = 1000  # samples that are looked at, evenly spaced
ENOUGH = 10  # samples of which one class only is no chance, and of each class that show which way digits lie
DARK = 0.1  # of white: images that get no brighter were probably scaled twice
SIMILAR, MORE_SIMILAR = 0.5, 0.2  # correlations: upright digits of MNIST reach 0.7, and 0.25 when transposed


def sample_warnings(X: Any, Y: Any, classes: Sequence[str] = ()) -> list[str]:
    """Return a sentence for each likely mistake in inputs `X` (D, m) and labels `Y` (m,); usually none.

    It looks for a single class, for images with pixels from 0 to 255, and for images that are dark throughout, as after
    dividing by 255 twice. `classes` are the names of the labels. Arrays of a wrong shape or kind are for other checks.
    """
    X, Y = X if isinstance(X, Pixels) else as_array("X", X), as_array("Y", Y)
    if X.ndim != 2 or Y.ndim != 1 or X.shape[1] != len(Y) or not len(Y) or Y.dtype.kind not in "iu":
        return []
    found = []
    if len(Y) >= ENOUGH and np.ptp(Y) == 0:
        name = classes[int(Y[0])] if 0 <= Y[0] < len(classes) else Y[0]
        found.append(
            f"all {len(Y):,} samples are of one class, {name}: there is nothing to tell apart; give each class its own "
            "label, or its own folder of pictures"
        )
    if X.shape[0] >= PIXELS and square(X.shape[0]) and X.dtype.kind in "buif":
        found += _pixel_warnings(np.asarray(X[:, :: max(1, len(Y) // LOOK)]))
    return found


def _pixel_warnings(X: NDArray[Any]) -> list[str]:
    low, high = float(X.min()), float(X.max())
    if low >= 0 and 127 < high <= 255 and np.array_equal(X, np.rint(X)):
        return [f"the pixels are whole numbers up to {high:g}; divide them by 255: training expects inputs from 0 to 1"]
    if low >= 0 and 0 < high < DARK:
        return [f"the brightest pixel is {high:.2g}, where white is 1: were the pixels divided by 255 twice?"]
    return []


def warn_about_samples(X: Any, Y: Any, classes: Sequence[str] = ()) -> None:
    """Warn the caller's caller of each likely mistake in the samples; see `sample_warnings`."""
    for sentence in sample_warnings(X, Y, classes):
        warnings.warn(sentence, stacklevel=3)


def dataset_warnings(dataset: Dataset) -> list[str]:
    """Return what `sample_warnings` says of the training samples, and whether their digits are transposed."""
    return sample_warnings(*dataset.train, dataset.classes) + _orientation_warnings(dataset)


def _orientation_warnings(dataset: Dataset) -> list[str]:
    """Compare the mean image of each digit with those of the built-in digits, upright and transposed."""
    X, Y = dataset.train
    chosen = slice(None, None, max(1, len(Y) // LOOK))
    pixels, labels = np.asarray(X[:, chosen]), Y[chosen]
    counts = np.bincount(labels, minlength=10)
    if dataset.classes != DIGITS or len(X) != SIDE**2 or counts.min() < ENOUGH or "transposed" in dataset.note:
        return []
    from . import synthetic

    images, drawn = synthetic.generate(LOOK // 5, seed=0)
    known = _class_means(images / 255, drawn)
    means = _class_means(pixels.T.reshape(-1, SIDE, SIDE), labels)
    upright, lying = _correlation(means, known), _correlation(means.swapaxes(1, 2), known)
    if lying < max(SIMILAR, upright + MORE_SIMILAR):
        return []
    return [
        f"the digits of {dataset.name} are transposed, as EMNIST's are, so a network trained on them misreads upright "
        "digits; put transposed: before the name in --data"
    ]


def _class_means(images: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """Return the mean image of each digit, less the mean of all of them."""
    means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])
    return means - means.mean(axis=0)


def _correlation(means: NDArray[Any], known: NDArray[Any]) -> float:
    return float((means * known).sum() / max(np.linalg.norm(means) * np.linalg.norm(known), 1e-9))
