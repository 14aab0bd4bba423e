"""IDX, the file format of MNIST: four bytes of magic, the size of each dimension, then the elements, nothing else.

The magic number is two zero bytes, the type of the elements and the number of dimensions; sizes are big-endian 32-bit
integers (http://yann.lecun.com/exdb/mnist/). A file may be gzip-compressed, which its first bytes show. A header may
claim any size: memory is only allocated for what the file can really hold, so that a few damaged or malicious bytes
cannot ask for gigabytes.
"""

import gzip
import math
import os
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from .arrays import to_images, to_labels

UNSIGNED_BYTE = 8
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # NumPy's names for the types of elements
GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 2**20  # bytes decompressed at a time
# Images compress about five times; a large file that claims more than LARGEST_RATIO is a decompression bomb.
FREE_BYTES, LARGEST_RATIO = 2**24, 100
MAPPED_BYTES = 2**26  # plain files from this size on are memory-mapped instead of read; MNIST has 47 million bytes


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read an IDX file, plain or gzip, as an array of one to three dimensions, of the type that the file has.

    Raises
    ------
    InputError
        It is not an IDX file, its size is not exactly what its header says, or it is a damaged gzip file.
    FileNotFoundError
        There is no such file.
    """
    with Path(path).open("rb") as file:
        return parse_idx(file, str(path))


def map_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Return what `read_idx` returns; a plain file of MAPPED_BYTES or more is memory-mapped instead of read.

    The mapped array is read-only. It stays valid when its file is replaced or removed.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < MAPPED_BYTES or file.read(2) == GZIP_MAGIC:
            return parse_idx(file, str(path))
        file.seek(0)
        dtype, shape = _parse_header(file, str(path), limit=size)
        start = file.tell()
        _check_end(dtype, shape, size - start - _bytes(dtype, shape), str(path))
        return np.asarray(np.memmap(file, dtype, "r", start, shape))


def parse_idx(file: IO[bytes], name: str) -> NDArray[Any]:
    """Return what `read_idx` returns, for an open file that error messages call `name`."""
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
        raise InputError(f"{name}: damaged gzip file ({error}); download or copy it again") from error


def _parse(file: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> NDArray[Any]:
    dtype, shape = _parse_header(file, name, limit)
    content = np.empty(_bytes(dtype, shape), np.uint8)
    missing = _fill(content.data, file)
    _check_end(dtype, shape, -missing or len(file.read(1)), name)
    return content.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _parse_header(file: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise InputError(f"{name}: not an IDX file: it begins with {magic!r}, expected two zero bytes")
    element, dimensions = magic[2:]
    if element not in TYPES:
        raise InputError(f"{name}: its elements are of type {element}, expected one of {', '.join(map(str, TYPES))}")
    if not 1 <= dimensions <= 3:
        raise InputError(f"{name}: it has {dimensions} dimensions, expected 1 (labels) or 3 (images)")
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise InputError(f"{name}: it ends within its header")
    dtype, shape = np.dtype(TYPES[element]), struct.unpack(f">{dimensions}I", sizes)
    if _bytes(dtype, shape) > limit:
        raise InputError(f"{_claim(dtype, shape, name)}, more than a file of this size can hold")
    return dtype, shape


def _bytes(dtype: np.dtype[Any], shape: tuple[int, ...]) -> int:
    return math.prod(shape) * dtype.itemsize


def _check_end(dtype: np.dtype[Any], shape: tuple[int, ...], surplus: int, name: str) -> None:
    """Refuse a file with more or, where `surplus` is negative, fewer bytes than its header claims."""
    if surplus < 0:
        raise InputError(f"{_claim(dtype, shape, name)}, but the last {-surplus} are missing")
    if surplus:
        raise InputError(f"{_claim(dtype, shape, name)}, but more follow")


def _claim(dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> str:
    sizes = [*shape, dtype.itemsize] if dtype.itemsize > 1 else shape
    return f"{name}: its header claims {' × '.join(map(str, sizes))} bytes"


def _fill(view: memoryview, file: IO[bytes] | gzip.GzipFile) -> int:
    """Read into `view` until it is full or the file ends; return the number of missing bytes."""
    while view:
        chunk = file.read(min(len(view), CHUNK))
        if not chunk:
            break
        view[: len(chunk)] = chunk
        view = view[len(chunk) :]
    return len(view)


def read_pair(
    images_path: str | os.PathLike[str], labels_path: str | os.PathLike[str]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Read images (m, height, width) and their labels (m,), whole numbers from 0; large plain files are mapped.

    Images are uint8, or float32 from 0 to 1 (see arrays.py); labels are uint8 or int64. Of labels with several columns,
    as QMNIST has them, the first is taken.

    Raises
    ------
    InputError
        What `read_idx` refuses, other numbers of dimensions, no images, or not one label for each image.
    FileNotFoundError
        One of the files is missing.
    """
    images, labels = map_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.size == 0:
        raise InputError(f"{images_path}: expected images (count, height, width), not an array {images.shape}")
    if labels.ndim == 2 and labels.shape[1]:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise InputError(f"{labels_path}: expected one label for each image, not an array {labels.shape}")
    if len(images) != len(labels):
        raise InputError(f"{images_path} holds {len(images)} images, but {labels_path} {len(labels)} labels")
    return to_images(images, str(images_path)), labels if labels.dtype == np.uint8 else to_labels(
        labels, str(labels_path)
    )


def header(shape: tuple[int, ...]) -> bytes:
    """Return the first bytes of an IDX file of unsigned bytes of this shape."""
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
    """Return a file that compresses into `file`, without a name and a time: the same array gives the same bytes."""
    return gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
