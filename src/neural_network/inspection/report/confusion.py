"""The confusion matrix, and which images stand behind each of its cells.

A network that is any good errs so rarely that every one of its mistakes fits into a page. Where it does not, each cell
shows as many as there is room for, and says so; of what was read right, there is always only a sample.
"""

import bisect
from dataclasses import dataclass

import numpy as np

from ..figures import RunData
from .formats import percent
from .sprite import Sprite

RIGHT = 60  # images of a cell on the diagonal
ROOM = 2_000_000  # pixels of all images: at most as many bytes, so that the page stays below 5 MB


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix; `first` and `shown` say where its images are in the sprite, and how many."""

    row: int
    column: int
    count: int
    shade: float  # 0 to 1/2: it grows with the root of its share of the row, so that rare mistakes are seen too
    first: int
    shown: int
    title: str
    note: str

    @property
    def right(self) -> bool:
        return self.row == self.column


def confusion_cells(run: RunData, names: list[str], what: str, sprite: Sprite | None) -> list[list[Cell]]:
    """Return the cells of the confusion matrix, labels down and readings across, and put their images into `sprite`.

    Parameters
    ----------
    names : list of str
        The names of the classes.
    what : str
        What is counted, such as "test images".
    sprite : Sprite, optional
        Of the samples; without one, as for inputs that are no pictures, no image is shown.
    """
    counts, Y = run.confusion, run.test[1]
    read, sure = run.probabilities.argmax(axis=0), run.probabilities.max(axis=0)
    limits = _limits(counts, len(run.test[0]))
    in_row = counts.sum(axis=1)
    shares = counts / np.maximum(in_row[:, None], 1)
    darkest = np.where(np.eye(len(names), dtype=bool), 1, _off_diagonal(shares).max(initial=0) or 1)
    shades = 0.06 + 0.44 * np.sqrt(shares / darkest)
    cells: list[list[Cell]] = [[] for _ in names]
    for (row, column), count in np.ndenumerate(counts):
        indices = np.flatnonzero((row == Y) & (column == read))
        surest = indices[np.argsort(-sure[indices], kind="stable")]
        chosen = (surest[::-1] if row == column else surest)[: limits[row, column]]
        first = shown = 0
        if sprite:
            captions = (f"image {index}, {percent(sure[index], 1)} sure" for index in chosen)
            first, shown = sprite.add(chosen, captions)
        reading = "right" if row == column else f"as {names[column]}"
        title = f"{names[row]} read {reading}: {count:,} of {in_row[row]:,} {what}"
        note, shade = _note(count, shown, row == column), float(shades[row, column])
        cells[row].append(Cell(row, column, int(count), shade, first, shown, title, note))
    return cells


def _limits(counts: np.ndarray, pixels: int) -> np.ndarray:
    """Return how many images each cell may show, (C, C): the same for all cells where the network was wrong."""
    room, classes = ROOM // pixels, len(counts)
    right = min(RIGHT, room // (2 * classes))
    wrong = _off_diagonal(counts)
    largest = int(wrong.max(initial=0))
    left = room - right * classes
    most = bisect.bisect_right(range(1, largest + 1), left, key=lambda limit: int(np.minimum(wrong, limit).sum()))
    return np.where(np.eye(classes, dtype=bool), right, most)


def _off_diagonal(matrix: np.ndarray) -> np.ndarray:
    return matrix[~np.eye(len(matrix), dtype=bool)]


def _note(count: int, shown: int, right: bool) -> str:
    """Say which of a cell's images are shown."""
    order = "least sure" if right else "surest"
    return f"All of them, the {order} first." if shown == count else f"The {shown:,} {order} of {count:,}."
