"""Deskewing: slanted digits are sheared upright, as LeCun et al. (1998) did."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .augment import deform

_CHUNK = 1000  # images that are floats at a time


def deskew(images: NDArray[Any]) -> NDArray[Any]:
    """Shear images (m, height, width) upright: rows and columns of their ink no longer correlate.

    The slant is the slope of the columns of an image's ink over its rows, by least squares. The result has the dtype
    of `images`, bytes or floats.
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
