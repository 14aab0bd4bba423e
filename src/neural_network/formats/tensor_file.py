"""Tensor files: safetensors of arrays, with JSON values in the metadata and a SHA-256 of both.

A safetensors file is a header of JSON followed by plain numbers: nothing in it can run when it is read. The SHA-256
shows whether a bit of it has flipped.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..support.atomic_files import atomic_write
from ..support.errors import InputError

KEY = "mnist-nn"  # the only entry of the metadata: several would be written in no fixed order


def write(
    path: str | os.PathLike[str],
    values: dict[str, Any],
    tensors: dict[str, np.ndarray],
    check: Callable[[Path], object] | None = None,
) -> None:
    """Write JSON `values` and `tensors`, and a hash of both, to `path`: the whole file or none of it (WorkError).

    The file is read back, by `check` or by `read`, before it replaces an older one.
    """
    from safetensors.numpy import save

    values = {"format": 1, **values}
    # safetensors writes the bytes as they are and calls them native: arrays of another byte order are converted
    tensors = {name: np.asarray(θ, θ.dtype.newbyteorder("="), order="C") for name, θ in tensors.items()}
    values = json.loads(json.dumps(values, default=np.generic.item))  # NumPy's numbers as Python's
    metadata = {KEY: json.dumps({**values, "sha256": _digest(values, tensors)})}
    with atomic_write(path, check=check or read) as file:
        file.write(save(tensors, metadata))


def check_storable(name: str, array: np.ndarray) -> None:
    """Raise InputError if a tensor file cannot hold the array: it holds real numbers of at most 64 bits, and bools."""
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise InputError(f"{name} must be an array of real numbers of at most 64 bits, not {array.dtype}")


def read(
    path: str | os.PathLike[str], what: str = "a model file of mnist-nn (made by `train`)"
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the values and tensors that `write` wrote, in arrays of their own.

    Models of earlier versions have no hash, and load without it. The hash detects accidents. It is no protection
    against people, who can compute another one, so the caller must check the values like any untrusted input.

    Raises
    ------
    InputError
        The file is not such a file, or is damaged.
    OSError
        It is missing, or cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    if Path(path).exists() and not Path(path).is_file():
        raise InputError(f"{path} is not a regular file")  # but a pipe, for example, from which nothing may ever come
    Path(path).open("rb").close()  # safetensors says of a file without permission to read that it does not exist
    try:
        with safe_open(path, framework="numpy") as file:
            values = json.loads((file.metadata() or {})[KEY])
            tensors = {name: np.array(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is not {what}, or is damaged") from error
    if not isinstance(values, dict) or values.get("format") != 1:
        raise InputError(f"{path} is not a file that this version can read: its format is not 1")
    written = values.pop("sha256", None)
    if written is not None and written != _digest(values, tensors):
        raise InputError(f"{path} is damaged: its content does not have the SHA-256 that was written with it")
    return values, tensors


def _digest(values: dict[str, Any], tensors: dict[str, np.ndarray]) -> str:
    """Return the SHA-256 of JSON values and tensors. It does not depend on the order of their names."""
    sha = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for name in sorted(tensors):
        array = np.asarray(tensors[name], order="C")
        sha.update(f"{name} {array.dtype} {array.shape}".encode())
        sha.update(array.data)
    return sha.hexdigest()
