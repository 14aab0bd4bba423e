"""Model files: a safetensors file of the parameters, with the network's configuration in its metadata.

Safetensors is a header of JSON and plain numbers after it: nothing in it can run when it is read.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .activations import ACTIVATIONS
from .errors import InputError
from .files import atomic_write

if TYPE_CHECKING:
    from .network import TwoLayerNN

KEY = "mnist-nn"  # the one entry of the metadata: several would be written in no fixed order
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
)

Network = TypeVar("Network", bound="TwoLayerNN")


def configuration(network: "TwoLayerNN") -> dict[str, Any]:
    """Return the arguments that `network` was made with, as JSON values."""
    names = {"activation": network.activation.name, "loss": network.criterion.name, "dtype": str(network.dtype)}
    return {name: names.get(name, getattr(network, name)) for name in CONFIGURATION}


def save_model(network: "TwoLayerNN", path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`. The same network gives the same bytes; an old file is replaced only by a whole one.

    Raises
    ------
    InputError
        A parameter is infinite or NaN, or the activation is not registered, so that the file could not be loaded.
    WorkError
        The file cannot be written.
    """
    from safetensors.numpy import save

    for name, θ in network.parameters.items():
        if not np.isfinite(θ).all():
            raise InputError(f"{name} holds infinite or NaN values: a network that diverged is not saved to {path}")
    if not ACTIVATIONS.has(network.activation):
        raise InputError(f"activation {network.activation.name!r} must be registered for a file to name it")
    metadata = {KEY: json.dumps({"format": 1, **configuration(network)})}
    with atomic_write(path) as file:
        file.write(save(network.parameters, metadata))


def load_model(path: str | os.PathLike[str], cls: "type[Network]") -> "Network":
    """Return the network that `save_model` wrote to `path`: the same parameters, bit for bit.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InputError
        The file is not a model of this program, or is damaged: what was found, and what was expected.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"no model file at {path}")
    values, tensors = _read(path)
    D, H, C = (values.get(name) for name in CONFIGURATION[:3])
    expected = {"W1": (H, D), "b1": (H, 1), "W2": (C, H), "b2": (C, 1)}
    for name, shape in expected.items():
        found = tensors.get(name)
        if found is None or found.shape != shape or str(found.dtype) != values.get("dtype"):
            what = "missing" if found is None else f"{found.dtype} {found.shape}"
            raise InputError(f"{path}: {name} should be {values.get('dtype')} {shape}, but is {what}")
        if not np.isfinite(found).all():
            raise InputError(f"{path}: {name} holds infinite or NaN values")
    try:
        network = cls(**{name: values[name] for name in CONFIGURATION})
    except (KeyError, TypeError, InputError) as error:
        raise InputError(f"{path}: the model's configuration is not valid: {error}") from error
    for name, θ in network.parameters.items():
        θ[...] = tensors[name]
    return network


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return configuration and tensors of a model file, as far as they can be read without trusting them."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            values = json.loads((file.metadata() or {})[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not a model file of mnist-nn (made by `train`): {error}") from error
    if not isinstance(values, dict) or values.get("format") != 1:
        raise InputError(f"{path} is not a model file this version can read: its format is not 1")
    return values, tensors
