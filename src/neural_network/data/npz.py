"""NumPy's `.npz`: arrays of images and labels, as Keras' mnist.npz has them, or MedMNIST.

Such a file is a zip archive of arrays. What its headers claim is compared with the sizes of its members before memory
is allocated, and arrays of Python objects, which could run code, are refused.
"""

import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.picture_format import square
from .arrays import Arrays, make_dataset, to_images, to_labels
from .dataset import Dataset
from .idx import FREE_BYTES, LARGEST_RATIO

LABELS, IMAGES = ("y", "label", "labels", "target", "targets"), ("x", "image", "images", "data", "pixels")
EXPECTED = "x_train and y_train, or train_images and train_labels, and the same with test"


def read_npz(path: Path) -> Dataset:
    """Read images and labels, whose names say which they are, and whether they are for training or for testing.

    Raises
    ------
    InputError
        There are no such arrays, or not of numbers, or the file is damaged.
    """
    arrays = _read_arrays(path)
    train, test = (_find_pair(arrays, split, path) for split in ("train", "test"))
    if train is None:
        raise InputError(f"{path}: has the arrays {', '.join(arrays) or 'none'}; expected {EXPECTED}")
    return make_dataset(path.stem, str(path), train, test)


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
            if sum(member.file_size for member in members) > max(FREE_BYTES, LARGEST_RATIO * path.stat().st_size):
                raise InputError(f"{path}: claims to hold more than a file of this size can")
            for member in members:
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as file:
                    shape, fortran, dtype = _read_header(file)
                    if dtype.hasobject:
                        raise InputError(f"{path}: {name} holds Python objects, which could run code; save numbers")
                    content = file.read()
                if len(content) != math.prod(shape) * dtype.itemsize:
                    raise InputError(f"{path}: {name} does not have the size that its header claims")
                arrays[name] = np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"{path}: is not a sound .npz file ({error}); copy or save it again") from error
    return arrays


def _read_header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    return (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(file)


def _find_pair(arrays: dict[str, NDArray[Any]], split: str, path: Path) -> Arrays | None:
    """Return the images and labels of a split, None where there are not both."""
    images, labels = (_find(arrays, split, words) for words in (IMAGES, LABELS))
    if images is None or labels is None:
        return None
    pixels, numbers = to_stack(arrays[images], f"{path}, {images}"), to_labels(arrays[labels], f"{path}, {labels}")
    if len(pixels) != len(numbers):
        raise InputError(f"{path}: {images} has {len(pixels)} images, but {labels} {len(numbers)} labels")
    return pixels, numbers


def _find(arrays: dict[str, NDArray[Any]], split: str, words: tuple[str, ...]) -> str | None:
    """Return the name of the array of a split that has one of the words in it; x and y alone are for training."""
    for name in arrays:
        found = name.lower().replace("-", "_").split("_")
        of_split = split in found or (split == "train" and not {"test", "val", "validation", "valid"} & set(found))
        if of_split and set(words) & set(found):
            return name
    return None


def to_stack(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Return images of any usual shape as (m, height, width), uint8 or float32 as `to_images` returns them.

    Raises
    ------
    InputError
        There are none, they have colors, or they are rows of pixels of no square.
    """
    shape = array.shape
    if len(shape) == 4 and 1 in (shape[1], shape[3]):
        shape = tuple(size for axis, size in enumerate(shape) if axis == 0 or size > 1)
    if len(shape) == 2 and (sides := square(shape[1])):
        shape = (shape[0], *sides)
    if len(shape) != 3 or math.prod(shape) == 0:
        hint = "; of images with colors, save the mean over the colors" if len(shape) == 4 else ""
        raise InputError(f"{name}: expected images (count, height, width), not an array {array.shape}{hint}")
    return to_images(array, name).reshape(shape)
