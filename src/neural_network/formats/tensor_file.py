"""Tensor files: safetensors of arrays, with JSON values in the metadata and a SHA-256 of both.

Safetensors is a header of JSON and plain numbers after it: nothing in it can run when it is read. The SHA-256 tells
whether a bit of them has flipped.
"""

import hashlib
import json
import os
from typing import Any

import numpy as np

from ..support.atomic_files import atomic_write
from ..support.errors import InputError

KEY = "mnist-nn"  # the one entry of the metadata: several would be written in no fixed order


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
