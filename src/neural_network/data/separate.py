"""Several digits in one picture: which pieces of ink belong together, and in which order they are read.

The digits of a number stand side by side, and numbers stand in lines below each other. A digit may consist of several
pieces: a stroke beside, above or below the others is shorter than the line is high. Two pieces as high as the line are
two digits, unless they are the halves of a broken 0.
"""

import itertools
from collections.abc import Callable

import numpy as np

from .measure_ink import FAINT, extents, label_pieces, stroke_width

LOW = 0.4  # of the highest line's height: what is lower is no line; and of its line's: what is lower is no digit
LEADING = 0.04  # of the height of two lines that lies between them at least
SHORT = 0.7  # of its line's height: a piece that is lower may be part of the digit beside it ...
NEAR = 0.15  # ... if it is nearer than this share of the line's height ...
WIDE = 1.1  # ... and both together are not wider than this
HOLLOW = 1.2  # times the gap at both ends of the halves of a 0 that the gap in their middle is wide at least

Pieces = list[int]


def separate(picture: np.ndarray) -> list[np.ndarray]:
    """Return the digits in a picture of nothing but ink, each in a picture of the same shape, line by line."""
    pieces = label_pieces(picture > FAINT)
    digits = [digit for line in _split_lines(pieces, stroke_width(picture)) for digit in _split_line(pieces, line)]
    return [np.where(np.isin(pieces, np.add(digit, 1)), picture, 0) for digit in digits]


def _split_lines(pieces: np.ndarray, pen: float) -> list[Pieces]:
    """Return the pieces of each line, from the top down: between lines there is a gap."""
    top, _, bottom, _ = extents(pieces)
    lines: list[Pieces] = []
    for piece in np.argsort(top).tolist():
        if not lines or top[piece] - bottom[lines[-1]].max() > 0.75 * pen:
            lines.append([])
        lines[-1].append(piece)

    def height(*parts: Pieces) -> int:
        whole = [piece for part in parts for piece in part]
        return int(bottom[whole].max() - top[whole].min())

    def is_one(upper: Pieces, lower: Pieces) -> bool:
        gap = top[lower].min() - bottom[upper].max()
        low = min(height(upper), height(lower)) < LOW * max(map(height, lines))
        return bool(low or gap < LEADING * height(upper, lower))

    return _merge(lines, is_one, lambda upper, lower: int(top[lower].min() - bottom[upper].max()))


def _split_line(pieces: np.ndarray, line: Pieces) -> list[Pieces]:
    """Return the pieces of each digit of a line, from left to right."""
    top, left, bottom, right = extents(pieces)
    height = bottom[line].max() - top[line].min()

    def gap(first: Pieces, second: Pieces) -> int:
        return int(left[second].min() - right[first].max())

    def is_one(first: Pieces, second: Pieces) -> bool:
        heights = [bottom[digit].max() - top[digit].min() for digit in (first, second)]
        width = right[first + second].max() - left[first + second].min()
        if min(heights) < LOW * height:
            return True
        if min(heights) < SHORT * height:
            return bool(gap(first, second) < NEAR * height and width < WIDE * height)
        return bool(width < height and _is_hollow(*(np.isin(pieces, np.add(half, 1)) for half in (first, second))))

    digits = [[piece] for piece in sorted(line, key=lambda piece: left[piece] + right[piece])]
    return _merge(digits, is_one, gap)


def _merge(
    parts: list[Pieces], is_one: Callable[[Pieces, Pieces], bool], gap: Callable[[Pieces, Pieces], int]
) -> list[Pieces]:
    """Join neighbors that are one, the nearest first."""
    while places := [place for place, pair in enumerate(itertools.pairwise(parts)) if is_one(*pair)]:
        place = min(places, key=lambda place: gap(parts[place], parts[place + 1]))
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return parts


def _is_hollow(left: np.ndarray, right: np.ndarray) -> bool:
    """Return whether the gap between two pieces is widest in the middle, as between the halves of a 0."""
    rows = np.flatnonzero(left.any(axis=1) & right.any(axis=1))
    if len(rows) < 3:
        return False
    width = left.shape[1]
    gap = right[rows].argmax(axis=1) - (width - left[rows, ::-1].argmax(axis=1))
    upper, middle, lower = (part.mean() for part in np.array_split(gap, 3))
    return bool(middle > HOLLOW * max(upper, lower))
