"""Model files: a safetensors file of the parameters, with the network's configuration in its metadata.

Safetensors is a header of JSON and plain numbers after it: nothing in it can run when it is read. A SHA-256 of both
tells whether a bit of them has flipped.
"""

import hashlib
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
    "classes",
)

Network = TypeVar("Network", bound="TwoLayerNN")


def configuration(network: "TwoLayerNN") -> dict[str, Any]:
    """Return the arguments that `network` was made with, as JSON values."""
    values = {
        "activation": network.activation.name,
        "loss": network.criterion.name,
        "dtype": str(network.dtype),
        "classes": list(network.classes),
    }
    return {name: values.get(name, getattr(network, name)) for name in CONFIGURATION}


def save_model(network: "TwoLayerNN", path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`. The same network gives the same bytes; an old file is replaced only by a whole one.

    Raises
    ------
    InputError
        A parameter is infinite or NaN, or the activation is not registered, so that the file could not be loaded.
    WorkError
        The file cannot be written.
    """
    for name, θ in network.parameters.items():
        if not np.isfinite(θ).all():
            raise InputError(f"{name} holds infinite or NaN values: a network that diverged is not saved to {path}")
    if not ACTIVATIONS.has(network.activation):
        raise InputError(f"activation {network.activation.name!r} must be registered for a file to name it")
    write(path, configuration(network), network.parameters)


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
    values, tensors = read(path)
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
        network = cls(**{name: values[name] for name in CONFIGURATION if name in values or name != "classes"})
    except (KeyError, TypeError, InputError) as error:
        raise InputError(f"{path}: the model's configuration is not valid: {error}") from error
    for name, θ in network.parameters.items():
        θ[...] = tensors[name]
    return network


def write(path: str | os.PathLike[str], values: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    """Write JSON `values` and `tensors`, and a hash of both, to `path`: the whole file, or none of it (WorkError)."""
    from safetensors.numpy import save

    values = {"format": 1, **values}
    metadata = {KEY: json.dumps({**values, "sha256": _digest(values, tensors)})}
    with atomic_write(path) as file:
        file.write(save({name: np.asarray(array, order="C") for name, array in tensors.items()}, metadata))


def read(
    path: str | os.PathLike[str], what: str = "a model file of mnist-nn (made by `train`)"
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the values and tensors that `write` wrote, in arrays of their own, or raise InputError.

    Models of earlier versions have no hash, and load without it. The hash guards against accidents, not against people,
    who can write another one: who uses the values checks them as those of a stranger.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            values = json.loads((file.metadata() or {})[KEY])
            tensors = {name: np.array(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is not {what}: {error}") from error
    if not isinstance(values, dict) or values.get("format") != 1:
        raise InputError(f"{path} is not a file this version can read: its format is not 1")
    written = values.pop("sha256", None)
    if written is not None and written != _digest(values, tensors):
        raise InputError(f"{path} is damaged: its content does not have the SHA-256 that was written with it")
    return values, tensors


def _digest(values: dict[str, Any], tensors: dict[str, np.ndarray]) -> str:
    """Return the SHA-256 of JSON values and tensors, whatever the order of their names."""
    sha = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for name in sorted(tensors):
        array = np.asarray(tensors[name], order="C")
        sha.update(f"{name} {array.dtype} {array.shape}".encode())
        sha.update(array.data)
    return sha.hexdigest()
