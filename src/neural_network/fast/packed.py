"""Pixels as the bytes they once were: full batches are read from memory in every step, and bytes are read faster.

Images come as whole numbers from 0 to 255 and are divided by 255. Where that is what the inputs are, to the last bit,
full batches are read as bytes, which are made floats again block by block, in the cache.
"""

import numpy as np
from numpy.typing import NDArray

SCALE = 255
PIECE = 512  # samples looked at at a time: what is made of them on the way stays small


def pack(X: np.ndarray) -> NDArray[np.uint8] | None:
    """Return 255 `X` (D, m) as bytes, with a C-contiguous transpose; None where that would not be exactly `X`."""
    rows = X.T
    packed = np.empty(rows.shape, np.uint8)
    for start in range(0, len(rows), PIECE):
        piece = rows[start : start + PIECE]
        with np.errstate(invalid="ignore", over="ignore"):
            packed[start : start + PIECE] = np.rint(piece * SCALE)
        if not np.array_equal(packed[start : start + PIECE] / X.dtype.type(SCALE), piece):
            return None
    return packed.T
