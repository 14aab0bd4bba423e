"""From the rows of Kaggle's train.csv, however they were read, to the inputs and labels that the network trains on."""

import warnings
from typing import Any

import numpy as np

from ..support.arguments import as_array
from ..support.error_state import own_error_state
from ..support.errors import InputError
from .dataset import Samples, make_samples


@own_error_state
def prepare_data(rows: Any) -> Samples:
    """Split rows of (label, pixel, pixel, ...) into inputs and labels.

    Parameters
    ----------
    rows : array or DataFrame, shape (m, 1 + D)
        The label, a whole number ≥ 0, then D ≥ 1 pixels from 0 to 255; any type of number.

    Returns
    -------
    X : float32 array, shape (D, m)
        Pixels / 255, one sample a column; its transpose is C-contiguous.
    Y : int64 array, shape (m,)
        The labels.

    Raises
    ------
    InputError
        Another shape, no rows, values that are not numbers, NaN, pixels outside 0 to 255, labels that are not whole
        or negative.

    Warns
    -----
    UserWarning
        The pixels are from 0 to 1 already.
    """
    rows = as_array("rows", rows)
    if rows.ndim != 2 or rows.shape[1] < 2:
        raise InputError(f"rows must have the shape (samples, 1 + pixels), a label before the pixels, not {rows.shape}")
    if len(rows) == 0:
        raise InputError(f"rows must hold at least one sample, but their shape is {rows.shape}")
    if rows.dtype.kind not in "uif":
        raise InputError(f"rows must hold numbers, not {rows.dtype}")
    labels, pixels = rows[:, 0], rows[:, 1:]
    if not (pixels.min() >= 0 and pixels.max() <= 255):  # a NaN is minimum and maximum at once, and fails both
        row, column = np.argwhere(~((pixels >= 0) & (pixels <= 255)))[0]
        raise InputError(f"pixels must be 0 to 255, but rows[{row}, {column + 1}] is {pixels[row, column]}")
    if 0 < pixels.max() <= 1:
        warnings.warn("rows hold pixels from 0 to 1, but prepare_data divides pixels of 0 to 255 by 255", stacklevel=3)
    whole = (labels.astype(np.int64) == labels) & (labels >= 0)  # NaN and infinity become an integer, which differs
    if not whole.all():
        row = int(np.argmin(whole))
        raise InputError(f"labels must be whole numbers ≥ 0, but rows[{row}, 0] is {labels[row]}")
    return make_samples(pixels, labels)
