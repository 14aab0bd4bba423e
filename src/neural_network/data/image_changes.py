"""Changes of all images of a data set, by the prefix that asks for them: `load("deskewed:mnist")`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.byte_pixels import Pixels
from ..support.errors import InputError
from .augment import deform
from .dataset import Dataset, Samples, image_shape, keep_bytes

Change = Callable[[NDArray[Any]], NDArray[Any]]  # of images (m, height, width), to as many of the same dtype

_CHUNK = 1000  # images that are floats at a time


def transpose(images: NDArray[Any]) -> NDArray[Any]:
    """Exchange rows and columns, as the images of EMNIST need it."""
    return np.ascontiguousarray(images.swapaxes(1, 2))


def deskew(images: NDArray[Any]) -> NDArray[Any]:
    """Shear slanted images upright, as LeCun et al. (1998) did: rows and columns of their ink no longer correlate.

    The slant is the slope of the columns of an image's ink over its rows, by least squares.
    """
    result = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK].astype(np.float32)
        upright = deform(chunk, shear=-_slants(chunk))
        result[start : start + _CHUNK] = np.rint(upright) if images.dtype.kind == "u" else upright
    return result


def _slants(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return by how many columns the ink of each image moves to the right with each row upwards; 0 without ink."""
    m, height, width = images.shape
    row, column = np.mgrid[:height, :width].reshape(2, -1).astype(float)
    ink = images.reshape(m, -1).astype(float)
    ink /= np.maximum(ink.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    row_mean, column_mean = ink @ row, ink @ column
    covariance = ink @ (row * column) - row_mean * column_mean
    variance = ink @ row**2 - row_mean**2
    return np.where(variance > 1e-6, -covariance / np.maximum(variance, 1e-6), 0.0)


CHANGES: dict[str, Change] = {"transposed": transpose, "deskewed": deskew}


def change_images(dataset: Dataset, name: str) -> Dataset:
    """Return a data set whose images have been changed, by a name in `CHANGES`.

    Raises InputError where the height and width of its images are not known.
    """
    shape, change = image_shape(dataset), CHANGES[name]
    if shape is None:
        raise InputError(f"{dataset.name}: only images can be {name}, not {len(dataset.train.X)} inputs")

    def changed(samples: Samples) -> Samples:
        rows = samples.X.rows if isinstance(samples.X, Pixels) else samples.X.T
        images = change(rows.reshape(-1, *shape))
        if isinstance(samples.X, Pixels):
            return keep_bytes(images, samples.Y)
        return Samples(images.reshape(len(images), -1).T, samples.Y)

    return replace(
        dataset,
        source=f"{dataset.source}, {name}",
        train=changed(dataset.train),
        test=dataset.test and changed(dataset.test),
        parts=tuple((part, changed(samples)) for part, samples in dataset.parts),
        shape=shape[::-1] if name == "transposed" else shape,
        picture_format=None,
    )
