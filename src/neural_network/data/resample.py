"""Pictures in other sizes: linear interpolation to enlarge, and weighted means, with nothing left out, to make smaller.

Rows and columns are dealt with one after the other, so the whole is two small matrix products.
"""

import numpy as np


def resample(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the picture (height, width) in another shape, larger or smaller, as floats."""
    rows, columns = (_weights(new, old) for new, old in zip(shape, picture.shape, strict=True))
    return rows @ picture @ columns.T


def shape_within(shape: tuple[int, ...], largest: int) -> tuple[int, int]:
    """Return the shape (height, width) made smaller, in the same proportions, where a side is longer than `largest`."""
    scale = min(1, largest / max(shape))
    height, width = (max(1, round(size * scale)) for size in shape)
    return height, width


def _weights(new: int, old: int) -> np.ndarray:
    """Return the weight (new, old) of each old pixel in each new one: a tent over the larger of the two, of sum 1."""
    centers = (np.arange(new) + 0.5) * old / new - 0.5  # of the new pixels, in old ones
    distance = np.abs(centers[:, None] - np.arange(old))
    tent = np.clip(1 - distance / max(1, old / new), 0, None)
    return tent / tent.sum(axis=1, keepdims=True)
