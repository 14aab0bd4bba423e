"""A tray for two batches: one is computed with, and meanwhile the next is fetched, a few samples at a time."""

import numpy as np

from ....support.byte_pixels import Pixels

FEW = 32  # samples


class Tray:
    """The places of two batches, and what is to be fetched next.

    Parameters
    ----------
    places : array (2, B, D)
        Where they lie, a sample in each row.

    Attributes
    ----------
    place : int
        Where the batch lies that is computed with: 0 or 1.
    """

    def __init__(self, places: np.ndarray) -> None:
        self._places, self.place = places, 0
        self._order, self._start = np.empty(0, np.intp), -1

    def get(self, X: np.ndarray, order: np.ndarray, start: int, size: int) -> np.ndarray:
        """Return the samples `order[start : start + size]` of `X` (D, all); those that follow are fetched from now on.

        The array (D, m) is good for this step, and overwritten in the next.
        """
        if order is not self._order or start != self._start:
            self._seek(X, order, start, size)
        self.fetch(size)
        batch = self._rows.T
        self.place = 1 - self.place
        self._seek(X, order, start + size, size)
        return batch

    def _seek(self, X: np.ndarray, order: np.ndarray, start: int, size: int) -> None:
        self._X, self._order, self._start = X, order, start
        self._indices = order[start : start + size]
        self._rows = self._places[1 - self.place, : len(self._indices)]
        self._fetched = 0

    def fetch(self, most: int = FEW) -> bool:
        """Fetch some more of the next batch; return whether there was anything left to fetch."""
        indices = self._indices[self._fetched :][:most]
        rows = self._rows[self._fetched :][:most]
        if isinstance(self._X, Pixels):
            rows[...] = self._X[:, indices].T
        else:
            self._X.T.take(indices, axis=0, out=rows, mode="clip")  # "raise" would copy the rows once more
        self._fetched += len(indices)
        return len(indices) > 0
