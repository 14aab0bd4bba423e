"""IDX, the file format of MNIST: four bytes of magic, the size of each dimension, then the elements, nothing else.

The magic number is two zero bytes, the type of the elements (8: unsigned bytes, the only one here) and the number of
dimensions; sizes are big-endian 32-bit integers (http://yann.lecun.com/exdb/mnist/). A file may be gzip-compressed,
which its first bytes tell. What a header claims is believed only as far as the file can bear it out: a few damaged or
malicious bytes must not be able to ask for gigabytes of memory.
"""

import gzip
import math
import os
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ..support.atomic_files import atomic_write
from ..support.errors import InputError

UNSIGNED_BYTE = 8
GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 2**20  # bytes decompressed at a time
# Images compress five times or so; a large file that claims to have shrunk more than this is a bomb.
FREE_BYTES, LARGEST_RATIO = 2**24, 100
LARGE = 2**26  # bytes of images from which on they are mapped and not read; MNIST has 47 million


def read_idx(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, plain or gzip, as an array of its one to three dimensions.

    Raises
    ------
    InputError
        Not an IDX file of unsigned bytes, or its size is not exactly what its header says, or a damaged gzip file.
    FileNotFoundError
        There is no such file.
    """
    with Path(path).open("rb") as file:
        return parse_idx(file, str(path))


def map_idx(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Do what `read_idx` does for a plain file of LARGE bytes or more, without reading what nobody looks at.

    The array is read-only, and lives as long as the file keeps its size: one that is replaced or removed does no harm.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < LARGE or file.read(2) == GZIP_MAGIC:
            return parse_idx(file, str(path))
        file.seek(0)
        shape = _parse_header(file, str(path), limit=size)
        start = file.tell()
        _check_end(shape, size - start - math.prod(shape), str(path))
        return np.asarray(np.memmap(file, np.uint8, "r", start, shape))


def parse_idx(file: IO[bytes], name: str) -> NDArray[np.uint8]:
    """Do what `read_idx` does for an open file; `name` is what error messages call it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    compressed = file.read(2) == GZIP_MAGIC
    file.seek(0)
    if not compressed:
        return _parse(file, name, limit=size)
    try:
        with gzip.GzipFile(fileobj=file) as content:
            return _parse(content, name, limit=max(FREE_BYTES, LARGEST_RATIO * size))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: damaged gzip file ({error}); fetch it again") from error


def _parse(file: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> NDArray[np.uint8]:
    shape = _parse_header(file, name, limit)
    array = np.empty(shape, np.uint8)
    missing = _fill(array.reshape(-1).data, file)
    _check_end(shape, -missing or len(file.read(1)), name)
    return array


def _parse_header(file: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> tuple[int, ...]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise InputError(f"{name}: not an IDX file: it begins with {magic!r}, expected two zero bytes")
    element, dimensions = magic[2:]
    if element != UNSIGNED_BYTE:
        raise InputError(f"{name}: its elements are of type {element}, expected {UNSIGNED_BYTE} (unsigned bytes)")
    if not 1 <= dimensions <= 3:
        raise InputError(f"{name}: it has {dimensions} dimensions, expected 1 (labels) or 3 (images)")
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise InputError(f"{name}: it ends within its header")
    shape = struct.unpack(f">{dimensions}I", sizes)
    count = math.prod(shape)
    if count > limit:
        raise InputError(f"{_claim(shape, name)}, more than a file of this size can hold")
    return shape


def _check_end(shape: tuple[int, ...], surplus: int, name: str) -> None:
    """Refuse a file with more or, where `surplus` is negative, fewer bytes than its header claims."""
    if surplus < 0:
        raise InputError(f"{_claim(shape, name)}, but the last {-surplus} are missing")
    if surplus:
        raise InputError(f"{_claim(shape, name)}, but more follow")


def _claim(shape: tuple[int, ...], name: str) -> str:
    return f"{name}: its header claims {' × '.join(map(str, shape))} bytes"


def _fill(view: memoryview, file: IO[bytes] | gzip.GzipFile) -> int:
    """Read into `view` until it or the file ends; return how many bytes are missing."""
    while view:
        chunk = file.read(min(len(view), CHUNK))
        if not chunk:
            break
        view[: len(chunk)] = chunk
        view = view[len(chunk) :]
    return len(view)


def read_pair(
    images_path: str | os.PathLike[str], labels_path: str | os.PathLike[str]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read images (m, height, width) and their labels (m,), 0 to 9; large plain files are mapped, and read-only.

    Raises
    ------
    InputError
        What `read_idx` refuses, other numbers of dimensions, no images, not one label for each, or a label over 9.
    FileNotFoundError
        One of the files is missing.
    """
    images, labels = map_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.size == 0:
        raise InputError(f"{images_path}: expected images (count, height, width), not an array {images.shape}")
    if labels.ndim != 1:
        raise InputError(f"{labels_path}: expected one label an image, not an array {labels.shape}")
    if len(images) != len(labels):
        raise InputError(f"{images_path} holds {len(images)} images, but {labels_path} {len(labels)} labels")
    if labels.max() > 9:
        at = int(np.argmax(labels > 9))
        raise InputError(f"{labels_path}: labels must be 0 to 9, but number {at} is {labels[at]}")
    return images, labels


def header(shape: tuple[int, ...]) -> bytes:
    """Return the bytes an IDX file of this shape begins with."""
    return struct.pack(f">4B{len(shape)}I", 0, 0, UNSIGNED_BYTE, len(shape), *shape)


def write_idx(path: str | os.PathLike[str], array: NDArray[np.uint8]) -> None:
    """Write an array of unsigned bytes, of one to three dimensions, as an IDX file; a name in .gz is compressed.

    Raises
    ------
    InputError
        `array` is of another type, or has more dimensions.
    WorkError
        The file cannot be written.
    """
    if array.dtype != np.uint8 or not 1 <= array.ndim <= 3:
        raise InputError(f"array must be of uint8 with 1 to 3 dimensions, not {array.dtype} of shape {array.shape}")
    with atomic_write(path) as file, _compressed(file) if Path(path).suffix == ".gz" else nullcontext(file) as content:
        content.write(header(array.shape))
        content.write(np.ascontiguousarray(array).data)


def _compressed(file: IO[bytes]) -> gzip.GzipFile:
    """Return a file that compresses into `file`; without a name and a time, the same array gives the same bytes."""
    return gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
