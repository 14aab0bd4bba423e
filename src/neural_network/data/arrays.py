"""Images and labels as other people save them, checked, and turned into a data set.

Pixels may be whole numbers or fractions, from 0 to 255 or from 0 to 1. Whatever they were, they become bytes where that
loses nothing, and else float32 from 0 to 1.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from .classes import number_classes
from .dataset import Dataset, Samples, keep_bytes, make_samples

KEPT_BYTES = 2**22  # images of this many bytes or more stay bytes; as float32 they would take four times the memory
LOOK = 1000  # images that are looked at first

Arrays = tuple[NDArray[Any], NDArray[Any]]  # images (m, height, width) and their labels (m,)


def make_dataset(name: str, source: str, train: Arrays, test: Arrays | None = None, note: str = "") -> Dataset:
    """Return a data set of images, uint8 or float32 as `to_images` returns them, whose labels are numbers.

    Raises
    ------
    InputError
        Training and test images differ in size, or there are too many different labels.
    """
    height, width = shape = train[0].shape[1:]
    if test is not None and test[0].shape[1:] != shape:
        other = "×".join(map(str, test[0].shape[1:]))
        raise InputError(f"{source}: training images have {height}×{width} pixels, test images {other}")
    parts = [part for part in (train, test) if part is not None]
    classes, labels = number_classes([part[1] for part in parts], source)
    samples = [to_samples(part[0], numbers) for part, numbers in zip(parts, labels, strict=True)]
    return Dataset(name, source, samples[0], samples[1] if test else None, classes, note=note, shape=shape)


def to_samples(images: NDArray[Any], labels: NDArray[Any]) -> Samples:
    """Return images as `to_images` returns them, and labels from 0, as inputs; bytes stay bytes where they are many."""
    if images.dtype == np.float32:
        return Samples(np.ascontiguousarray(images.reshape(len(images), -1)).T, labels.astype(np.int64))
    return (make_samples if images.nbytes < KEPT_BYTES else keep_bytes)(images, labels)


def to_images(pixels: NDArray[Any], name: str) -> NDArray[Any]:
    """Return pixels of any number type and shape as uint8 or, where that would lose something, float32 from 0 to 1.

    Values of 0 to 1 are fractions of white, all others of 0 to 255 are bytes. Error messages begin with `name`.

    Raises
    ------
    InputError
        They are not numbers, or not from 0 to 255.
    """
    if pixels.dtype.kind not in "buif":
        raise InputError(f"{name}: pixels must be numbers, not {pixels.dtype}")
    if pixels.dtype == np.uint8 and pixels[:LOOK].max() > 1:
        return pixels
    low, high = pixels.min(), pixels.max()
    if not (low >= 0 and high <= 255):  # NaN is minimum and maximum at once, and fails both
        raise InputError(f"{name}: pixels must be 0 to 255 or 0 to 1, but they range from {low:g} to {high:g}")
    if pixels.dtype == np.uint8:
        return pixels * np.uint8(255) if high == 1 else pixels
    scaled = pixels.astype(np.float32) * np.float32(255 if high <= 1 else 1)
    whole = np.rint(scaled)
    return whole.astype(np.uint8) if np.allclose(whole, scaled, rtol=0, atol=1e-3) else scaled / np.float32(255)


def to_labels(labels: NDArray[Any], name: str) -> NDArray[np.int64]:
    """Return labels (m,) or (m, 1) of any number type as int64 (m,).

    Raises
    ------
    InputError
        They have another shape, or are not whole numbers from 0.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        hint = "; of one-hot labels, save labels.argmax(axis=1)" if labels.ndim == 2 else ""
        raise InputError(f"{name}: expected one label for each image, not an array {labels.shape}{hint}")
    if labels.dtype.kind not in "buif":
        raise InputError(f"{name}: labels must be whole numbers from 0, not {labels.dtype}")
    with np.errstate(invalid="ignore"):  # NaN and infinity become some integer, which differs from them
        numbers = labels.astype(np.int64)
    wrong = (numbers != labels) | (numbers < 0)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InputError(f"{name}: labels must be whole numbers from 0, but number {at} is {labels[at]}")
    return numbers
