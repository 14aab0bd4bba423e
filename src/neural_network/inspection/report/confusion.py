"""The confusion matrix, with the images behind each of its cells.

The mistakes of a good network all fit into a page. Where they do not, each cell shows as many as there is room for, and
says so. Of the correctly classified images, there is always only a sample.
"""

import bisect
from dataclasses import dataclass

import numpy as np

from ..figures import RunData
from .formats import percent
from .sprite import Sprite

MAX_DIAGONAL = 60  # images of a cell on the diagonal
MAX_PIXELS = 2_000_000  # of all images: at most as many bytes, so that the page stays below 5 MB


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix; `first` and `shown` are the place and the number of its images in the sprite."""

    row: int
    column: int
    count: int
    shade: float  # 0 to 1/2: it grows with the root of its share of the row, so that rare mistakes are visible
    first: int
    shown: int
    title: str
    note: str

    @property
    def right(self) -> bool:
        return self.row == self.column


def confusion_cells(run: RunData, what: str, sprite: Sprite | None) -> list[list[Cell]]:
    """Return the cells of the confusion matrix, a row for each label, and put their images into `sprite`.

    Parameters
    ----------
    what : str
        What is counted, such as "test images".
    sprite : Sprite, optional
        Without one, as for inputs that are not pictures, no image is shown.
    """
    counts, Y, names = run.confusion, run.test[1], run.full_names
    predicted, confidence = run.probabilities.argmax(axis=0), run.probabilities.max(axis=0)
    limits = _limits(counts, len(run.test[0]))
    in_row = counts.sum(axis=1)
    shares = counts / np.maximum(in_row[:, None], 1)
    darkest = np.where(np.eye(len(names), dtype=bool), 1, _off_diagonal(shares).max(initial=0) or 1)
    shades = 0.06 + 0.44 * np.sqrt(shares / darkest)
    cells: list[list[Cell]] = [[] for _ in names]
    for (row, column), count in np.ndenumerate(counts):
        indices = np.flatnonzero((row == Y) & (column == predicted))
        by_confidence = indices[np.argsort(-confidence[indices], kind="stable")]
        chosen = (by_confidence[::-1] if row == column else by_confidence)[: limits[row, column]]
        first = shown = 0
        if sprite:
            captions = (f"image {index}, {percent(confidence[index], 1)}" for index in chosen)
            first, shown = sprite.add(chosen, captions)
        title = f"{names[row]}, predicted {names[column]}: {count:,} of {in_row[row]:,} {what}"
        note, shade = _note(count, shown, row == column), float(shades[row, column])
        cells[row].append(Cell(row, column, int(count), shade, first, shown, title, note))
    return cells


def _limits(counts: np.ndarray, pixels: int) -> np.ndarray:
    """Return how many images each cell may show, (C, C): the same number for all cells off the diagonal."""
    room, classes = MAX_PIXELS // pixels, len(counts)
    diagonal = min(MAX_DIAGONAL, room // (2 * classes))
    wrong = _off_diagonal(counts)
    largest = int(wrong.max(initial=0))
    left = room - diagonal * classes
    most = bisect.bisect_right(range(1, largest + 1), left, key=lambda limit: int(np.minimum(wrong, limit).sum()))
    return np.where(np.eye(classes, dtype=bool), diagonal, most)


def _off_diagonal(matrix: np.ndarray) -> np.ndarray:
    return matrix[~np.eye(len(matrix), dtype=bool)]


def _note(count: int, shown: int, right: bool) -> str:
    """Return which of a cell's images are shown."""
    order = "least confident" if right else "most confident"
    return f"All of them, the {order} first." if shown == count else f"The {shown:,} {order} of {count:,}."
