"""Model files: a tensor file of the parameters, with the configuration of the network in the metadata."""

import os
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from ..functions.activations import ACTIVATIONS
from ..network import Network
from ..support.errors import InputError
from ..support.in_place import assign
from ..support.json_schema import read_object
from ..support.picture_format import PictureFormat
from ..support.suggestion import did_you_mean, most_like
from .shipped_models import SHIPPED, shipped_or
from .tensor_file import read, write

CONFIGURATION = (
    "input_size",
    "hidden_size",
    "output_size",
    "activation",
    "initializer",
    "output",
    "loss",
    "label_smoothing",
    "seed",
    "dtype",
    "classes",
)

PICTURES = "pictures"  # the picture format, which earlier versions did not record

HALF = "float16"  # the type in which any network's parameters may be stored

AnyNetwork = TypeVar("AnyNetwork", bound=Network)


def configuration(network: Network) -> dict[str, Any]:
    """Return the arguments that make a network like `network`, as JSON values."""
    values = {
        "activation": network.activation.name,
        "loss": network.loss_function.name,
        "dtype": str(network.dtype),
        "classes": list(network.classes),
    }
    return {name: values.get(name, getattr(network, name)) for name in CONFIGURATION}


def save_model(network: Network, path: str | os.PathLike[str], half: bool = False) -> None:
    """Write `network` to `path`. Equal networks give equal bytes. The file is loaded before it replaces an older one.

    With `half`, the parameters are rounded to float16, which halves the file; they are read as floats of the network's
    own type.

    Raises
    ------
    InputError
        A parameter is infinite or NaN, or too large for float16, or the activation is not registered, so that the file
        could not be loaded.
    WorkError
        The file cannot be written, or not be read back.
    """
    for name, θ in network.parameters.items():
        if not np.isfinite(θ).all():
            raise InputError(f"{name} holds infinite or NaN values: a network that diverged is not saved to {path}")
    if not ACTIVATIONS.has(network.activation):
        raise InputError(f"activation {network.activation.name!r} must be registered for a file to name it")
    values = configuration(network)
    if network.picture_format:
        values[PICTURES] = asdict(network.picture_format)
    tensors = {name: _round_to_half(name, θ) if half else θ for name, θ in network.parameters.items()}
    write(path, values, tensors, check=lambda file: load_model(file, Network))


def load_model(path: str | os.PathLike[str], cls: type[AnyNetwork]) -> AnyNetwork:
    """Return the network that `save_model` wrote to `path`: the same parameters, bit for bit, unless stored by half.

    `path` may also be the name of a shipped model (see shipped_models.py).

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InputError
        The file is not a model of this program, or is damaged; the message says what was found and expected.
    """
    path = shipped_or(path)
    if not path.exists():
        raise FileNotFoundError(f"no model file at {path}{did_you_mean(most_like(str(path), SHIPPED))}")
    values, tensors = read(path)
    D, H, C = (values.get(name) for name in CONFIGURATION[:3])
    expected = {"W1": (H, D), "b1": (H, 1), "W2": (C, H), "b2": (C, 1)}
    for name, shape in expected.items():
        found = tensors.get(name)
        if found is None or found.shape != shape or str(found.dtype) not in (values.get("dtype"), HALF):
            what = "missing" if found is None else f"{found.dtype} {found.shape}"
            raise InputError(f"{path}: {name} should be {values.get('dtype')} {shape}, but is {what}")
        if not np.isfinite(found).all():
            raise InputError(f"{path}: {name} holds infinite or NaN values")
    try:
        network = cls(**{name: values[name] for name in CONFIGURATION if name in values or name != "classes"})
        if PICTURES in values:
            network.picture_format = _read_format(values[PICTURES], network.input_size)
    except (KeyError, TypeError, InputError) as error:
        raise InputError(f"{path}: the model's configuration is not valid: {error}") from error
    assign(network.parameters, tensors)
    return network


def _round_to_half(name: str, θ: np.ndarray) -> np.ndarray:
    if (largest := float(np.abs(θ).max())) > float(np.finfo(HALF).max):
        raise InputError(f"{name} holds {largest:.6g}, which is too large for float16")
    return θ.astype(HALF)


def _read_format(values: Any, inputs: int) -> PictureFormat:
    result = read_object(PictureFormat, values, PICTURES)
    if result.height * result.width != inputs:
        raise InputError(f"pictures of {result.height}×{result.width} pixels are not {inputs} inputs")
    return result
