"""Pixels that stay the bytes they are in their file, and become floats only where they are looked at.

As float32 numbers a large data set takes four times the memory of its bytes, which need not even be read: mapped into
memory, they come and go as the system sees fit. `Pixels` stands in for the array `X` (D, m). A slice of samples is
again `Pixels`, and copies nothing; chosen samples, as a mini-batch has them, are an array, the same to the last bit.
"""

from types import EllipsisType
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray


class Inputs(Protocol):
    """Inputs `X` (D, m), a sample in each column, as training and measuring use them: an array, or `Pixels`.

    Slices and chosen samples of them, `X[:, 5:9]` and `X[:, [3, 1]]`, are inputs again; `np.asarray` makes an array.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def ndim(self) -> int: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def T(self) -> np.ndarray: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: Any, /) -> Any: ...
    def __array__(self) -> np.ndarray: ...


class Pixels:
    """Stands in for the array `rows.T / 255` (D, m).

    Whatever else is done with it than to look at some of its samples, is done with an array that is made of it.

    Parameters
    ----------
    rows : uint8 array (m, D)
        The bytes, a sample in each row.
    dtype : numpy dtype
        float32, or float64 of the same values.
    """

    ndim = 2

    def __init__(self, rows: NDArray[np.uint8], dtype: Any = np.float32) -> None:
        self.rows, self.dtype = rows, np.dtype(dtype)
        self.shape = rows.shape[::-1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        """Return `Pixels` for [:, slice] or [..., slice], and an array for anything else."""
        match key:
            case (slice(start=None, stop=None, step=None) | EllipsisType(), samples):
                rows = self.rows[samples]
                return Pixels(rows, self.dtype) if isinstance(samples, slice) else scale(rows, self.dtype).T
        return np.asarray(self)[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("an array of pixels is always a new one")
        return scale(self.rows, dtype or self.dtype).T

    def astype(self, dtype: Any) -> "Pixels":
        """Return the same values as numbers of another dtype."""
        return Pixels(self.rows, dtype)

    @property
    def T(self) -> np.ndarray:
        """The array (m, D)."""
        return np.asarray(self).T

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # NumPy and the copy module ask for many of these
            raise AttributeError(name)
        return getattr(np.asarray(self), name)


AnyInputs = TypeVar("AnyInputs", Pixels, np.ndarray, Inputs)  # where inputs of a kind give inputs of that kind


def scale(pixels: NDArray[Any], dtype: Any = np.float32) -> NDArray[Any]:
    """Return `pixels`, 0 to 255 of any number type, divided by 255 in float32: C-contiguous and of `dtype`."""
    return np.divide(pixels, np.float32(255), dtype=np.float32, order="C").astype(dtype, copy=False)
