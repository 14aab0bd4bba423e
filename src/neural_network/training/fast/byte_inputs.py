"""Pixels as the bytes they once were: full batches are read from memory in every step, and bytes are read faster.

Images come as whole numbers from 0 to 255 and are divided by 255. Where that is what the inputs are, to the last bit,
full batches are read as bytes, which are made floats again block by block, in the cache. Pixels that are zero in all
samples, as in the corners of MNIST's pictures, are left out: what is multiplied by them adds nothing to any sum.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SCALE = 255
PIECE = 512  # samples looked at at a time: what is made of them on the way stays small


class Packed(NamedTuple):
    """Bytes in the place of `X` (D, m)."""

    rows: NDArray[np.uint8]  # (m, k): 255 X, a sample in each row
    inputs: NDArray[np.intp]  # (k,): which of the D inputs they are; the others are zero in all samples


def pack(X: np.ndarray) -> Packed | None:
    """Return `X` (D, m) as bytes; None where they would not be exactly `X`."""
    rows = X.T
    pieces = [slice(start, start + PIECE) for start in range(0, len(rows), PIECE)]
    inputs = np.flatnonzero(np.any([rows[piece].any(axis=0) for piece in pieces], axis=0))
    packed = np.empty((len(rows), len(inputs)), np.uint8)
    for piece in pieces:
        values = rows[piece, inputs]
        with np.errstate(invalid="ignore", over="ignore"):
            packed[piece] = np.rint(values * SCALE)
        if not np.array_equal(packed[piece] / X.dtype.type(SCALE), values):
            return None
    return Packed(packed, inputs)
