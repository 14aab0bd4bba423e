"""Ink: which pixels of a picture did the pen write?

Paper is most of the picture, ink is the little that stands out from it, and a digit is a few large pieces of ink. Each
step takes one grey picture, floats in [0, 1] of shape (height, width), and returns one.
"""

import numpy as np

from ..support.errors import InputError
from .measure_ink import FAINT, SPECK, border_of, label_pieces, otsu, stroke_width

CONTRAST = 8.0  # standard deviations of the noise by which ink must stand out; noise cut in two stands out by 6.5
PALEST = 0.05  # the least by which ink stands out, where white is 1
MOST_PIECES = 30  # of ink in a number
TABLE = 0.26  # of the picture's border that a dark table covers at least; the bar of a digit cut out closely has less
MIN_LENGTH = 2.5  # of its strokes' width that a digit's longer side has at least; a disc has 2
INSIDE = 0.1  # of the picture's longer side that a digit has at least if ink at the border is left out for it


class NoDigitError(InputError):
    """There is no digit in a picture.

    Attributes
    ----------
    steps : list of (str, array)
        The steps that `normalize` had done by then: their names and pictures.
    """

    def __init__(self, why: str) -> None:
        self.steps: list[tuple[str, np.ndarray]] = []
        super().__init__(f"no digit found in the picture: {why}")


def invert(picture: np.ndarray) -> np.ndarray:
    """Make ink bright and paper 0, whichever was brighter: ink is far brighter, or far darker, than most pixels."""
    difference = picture - np.median(picture)
    return np.clip(difference * np.sign((difference**3).sum()), 0, 1)


def threshold(picture: np.ndarray) -> np.ndarray:
    """Make ink 1 and paper 0, with soft edges. Raises NoDigitError if nothing stands out from the noise."""
    cut = otsu(picture)
    ink, paper = picture[picture > cut], picture[picture <= cut]
    level = np.median(ink) if ink.size else 0.0
    noise = _measure_noise(picture)
    if level < PALEST or level - paper.mean() < CONTRAST * noise or ink.size > picture.size / 2:
        raise NoDigitError("no ink stands out from the background; write larger or darker")
    low = max(0.25 * level, np.median(paper) + 3 * noise)
    return np.clip((picture - low) / max(0.75 * level - low, 0.1 * level), 0, 1)


def _measure_noise(picture: np.ndarray) -> float:
    """Return the standard deviation of the noise (Immerkaer 1996).

    Second differences along both axes are 0 for lines and edges along either of them, so only noise has many of them.
    """
    response = np.diff(np.diff(picture, n=2, axis=0), n=2, axis=1)
    return float(np.median(np.abs(response))) / 0.6745 / 6 if response.size else 0.0


def despeckle(picture: np.ndarray) -> np.ndarray:
    """Keep the large pieces of ink, except a table around the paper and a finger on it.

    Raises NoDigitError if there are none, or more than a number has.
    """
    pieces = label_pieces(picture > FAINT)
    ink = np.bincount(pieces.ravel(), picture.ravel())
    ink[0] = 0
    ink = _without_table(ink, pieces)
    ink[ink < max(SPECK * ink.max(), 1)] = 0
    large = _without_finger(ink, pieces, picture) > 0
    if not 1 <= large.sum() <= MOST_PIECES:
        found = f"{large.sum()} pieces of ink" if large.any() else "no ink"
        raise NoDigitError(f"it shows {found}; write one digit, on plain paper")
    return np.where(large[pieces], picture, 0)


def _without_table(ink: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Return the amount of ink of each piece, 0 for what lies around the paper, unless there is nothing else."""
    border = border_of(pieces)
    table = np.bincount(border, minlength=len(ink)) > TABLE * border.size
    rest = np.where(table, 0, ink)
    return rest if rest.max() > SPECK * ink.max() else ink


def _without_finger(ink: np.ndarray, pieces: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Return the amount of ink of each piece, 0 for what reaches over the border and is no stroke.

    Such a piece is a blot, or much wider than the strokes of a large piece that does not touch the border.
    """
    outside = np.unique(border_of(pieces))
    inside = ink.copy()
    inside[outside] = 0
    if not inside.any():
        return ink
    side, pen = _measure(picture, pieces == inside.argmax())
    if side < INSIDE * max(picture.shape):
        return ink
    rest = ink.copy()
    for label in outside[ink[outside] > 0]:
        length, width = _measure(picture, pieces == label)
        if width > 1.5 * pen or length < MIN_LENGTH * width:
            rest[label] = 0
    return rest


def _measure(picture: np.ndarray, piece: np.ndarray) -> tuple[int, float]:
    """Return the longer side of the box around a piece of ink, and the width of its strokes."""
    side = max(np.ptp(places) + 1 for places in np.nonzero(piece))
    return int(side), stroke_width(np.where(piece, picture, 0))
