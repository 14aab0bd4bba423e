"""Pictures in other sizes: each new pixel is the mean of the old picture over the area that it covers.

Areas are products of a vertical and a horizontal length, so the whole is two small matrix products.
"""

import numpy as np


def resample(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the picture (height, width) in another shape, larger or smaller, as floats."""
    rows, columns = (_overlaps(new, old) for new, old in zip(shape, picture.shape, strict=True))
    return rows @ picture @ columns.T


def _overlaps(new: int, old: int) -> np.ndarray:
    """Return the matrix (new, old) of the share that each old pixel has in each new one; every row sums to 1."""
    edges = np.arange(new + 1)[:, None] * (old / new)
    covered = np.clip(edges - np.arange(old), 0, 1)  # of each old pixel, up to each new pixel's edge
    return np.diff(covered, axis=0) * (new / old)
