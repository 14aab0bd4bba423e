"""Pictures in other sizes: linear interpolation to enlarge, and weighted means, with nothing left out, to make smaller.

Rows are weighted first, then columns: two small matrix products.
"""

import numpy as np
from numpy.typing import NDArray


def resample(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the picture (height, width) in another shape, larger or smaller, as floats."""
    rows, columns = (_weights(new, old) for new, old in zip(shape, picture.shape, strict=True))
    return rows @ picture @ columns.T


def scale_into(picture: np.ndarray, scale: float, shape: tuple[int, int], background: float = 0.0) -> np.ndarray:
    """Return a picture (height, width) of another shape, with the picture, scaled, in its middle."""
    height, width = (min(max(1, round(scale * size)), room) for size, room in zip(picture.shape, shape, strict=True))
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    result = np.full(shape, background)
    result[top : top + height, left : left + width] = resample(picture, (height, width))
    return result


def to_bytes(picture: np.ndarray) -> NDArray[np.uint8]:
    """Return a picture of floats from 0 to 1 as bytes from 0 to 255."""
    return np.rint(255 * picture).astype(np.uint8)


def scale_shape(shape: tuple[int, ...], longer: int) -> tuple[int, int]:
    """Return the shape (height, width) in the same proportions, with this longer side."""
    height, width = (max(1, round(size * longer / max(shape))) for size in shape)
    return height, width


def _weights(new: int, old: int) -> np.ndarray:
    """Return the weight (new, old) of each old pixel in each new one: a tent over the larger of the two, of sum 1."""
    centers = (np.arange(new) + 0.5) * old / new - 0.5  # of the new pixels, in old ones
    distance = np.abs(centers[:, None] - np.arange(old))
    tent = np.clip(1 - distance / max(1, old / new), 0, None)
    return tent / tent.sum(axis=1, keepdims=True)
