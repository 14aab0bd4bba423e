"""Deskewing: slanted digits are sheared upright, as LeCun et al. (1998) did, and centered by their ink."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .affine import upright_map
from .interpolate import cubic

_CHUNK = 1000  # images that are floats at a time


def deskew(images: NDArray[Any]) -> NDArray[Any]:
    """Shear images (m, height, width) upright, and move the middle of their ink to that of the image.

    The result has the dtype of `images`, bytes or floats.
    """
    result = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK].astype(np.float32)
        upright = cubic(chunk, upright_map(chunk).sources(chunk.shape[1:]))
        darkest, brightest = (edge(chunk, axis=(1, 2), keepdims=True) for edge in (np.min, np.max))
        upright = np.clip(upright, darkest, brightest)  # a cubic polynomial may go beyond them
        result[start : start + _CHUNK] = np.rint(upright) if images.dtype.kind == "u" else upright
    return result
