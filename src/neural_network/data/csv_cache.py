"""Numbers read from a text file once, and kept beside it: reading 76 MB of text takes ten times as long.

The file beside, train.csv.parsed.safetensors, carries the SHA-256 of the text it was read from. If the text changes,
the hash does, and the numbers are read anew. A folder that cannot be written to, or a damaged file, costs time and no
more.
"""

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.atomic_files import atomic_write
from ..support.errors import InputError, WorkError

SUFFIX = ".parsed.safetensors"
HASH, TABLE, LARGE = "sha256", "table", 10**6  # bytes of text from which on it is worth it


def read(path: Path, parse: Callable[[Path], tuple[NDArray[np.uint8], int]]) -> tuple[NDArray[np.uint8], int]:
    """Return what `parse` makes of the text at `path`: a table (lines, columns), and the number of its first line."""
    if path.stat().st_size < LARGE:
        return parse(path)
    beside = path.with_name(path.name + SUFFIX)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kept = _load(beside, digest)
    if kept is None:
        kept = parse(path)
        _save(beside, digest, *kept)
    return kept


def _load(beside: Path, digest: str) -> tuple[NDArray[np.uint8], int] | None:
    """Return what was kept, or None if there is nothing, or it was made of another text, or is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(beside, framework="numpy") as file:
            metadata = file.metadata() or {}
            if metadata[HASH] != digest:
                return None
            table = file.get_tensor(TABLE)
            first = int(metadata["first"])
            sound = table.dtype == np.uint8 and table.ndim == 2 and _sum(table) == metadata["sum"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    return (table, first) if sound else None


def _save(beside: Path, digest: str, table: NDArray[np.uint8], first: int) -> None:
    from safetensors.numpy import save

    metadata = {HASH: digest, "first": str(first), "sum": _sum(table)}
    with contextlib.suppress(WorkError, InputError), atomic_write(beside) as file:
        file.write(save({TABLE: np.ascontiguousarray(table)}, metadata))


def _sum(table: NDArray[np.uint8]) -> str:
    """Return the CRC-32 of the numbers, which a damaged byte changes."""
    import zlib

    return str(zlib.crc32(np.ascontiguousarray(table).data))
