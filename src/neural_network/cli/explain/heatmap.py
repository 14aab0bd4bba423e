"""Heatmaps in a terminal: two values in each character, one above the other.

Negative numbers are blue and positive ones orange, both darker towards zero; pictures of digits are grey. Without
colors, each value is one character: a block if positive, a stroke if negative, denser for larger values.
"""

import math
from collections.abc import Iterator

import numpy as np
from rich.text import Text

from ...support.picture_format import Shape

Color = tuple[int, int, int]
ZERO, BELOW, ABOVE, WHITE = (34, 34, 38), (86, 180, 233), (255, 159, 28), (240, 240, 240)
POSITIVE, NEGATIVE = " ░▒▓█", " ·-=≡"
SMALL_SIDE = 14  # pixels: the side to which many pictures are scaled down
GAP = 2  # characters between pictures side by side
SCALE = "each array has its own scale, up to its largest absolute value"
LEGENDS = {  # with colors, and without
    True: f"Colors: orange is positive, blue negative, dark near 0; {SCALE}.",
    False: f"Shades: {' '.join(POSITIVE[1:])} are positive, {' '.join(NEGATIVE[1:])} negative, blank near 0; {SCALE}.",
}


def heatmap(values: np.ndarray, *, colors: bool, grey: bool = False, largest: float | None = None) -> list[Text]:
    """Return a matrix as lines of text: a value is one character wide, and with `colors` half of one high.

    The scale goes from -`largest` to `largest`, by default the largest absolute value; that of grey ones begins at 0.
    """
    scaled = values / (largest or np.abs(values).max(initial=0) or 1)
    if not colors:
        return [Text("".join(_character(value) for value in row)) for row in scaled]
    if len(scaled) % 2:
        scaled = np.vstack([scaled, np.full((1, scaled.shape[1]), np.nan)])
    lines = []
    for upper, lower in zip(scaled[::2], scaled[1::2], strict=True):
        line = Text()
        for pair in zip(upper, lower, strict=True):
            top, bottom = (as_hex(color_of(value, grey)) for value in pair)
            line.append("▀", style=f"{top} on {bottom}" if not math.isnan(pair[1]) else top)
        lines.append(line)
    return lines


def side_by_side(width: int, room: int) -> int:
    """Return how many pictures of this width fit side by side, at least one."""
    return max(1, (room + GAP) // (width + GAP))


def in_rows(pictures: list[list[Text]], width: int) -> Iterator[Text]:
    """Yield the lines of pictures of equal size, as many side by side as fit, with an empty line between rows."""
    across = side_by_side(len(pictures[0][0]), width)
    for start in range(0, len(pictures), across):
        if start:
            yield Text(" ")
        for lines in zip(*pictures[start : start + across], strict=True):
            yield Text(" " * GAP).join(lines)


def as_pictures(rows: np.ndarray, shape: Shape, *, small: bool) -> list[np.ndarray]:
    """Return rows of pixels as pictures of this shape; the pixels of small ones are means of neighbors."""
    height, width = shape
    step = max(1, max(shape) // SMALL_SIDE) if small else 1
    if height % step or width % step:
        step = 1
    return [row.reshape(height // step, step, width // step, step).mean(axis=(1, 3)) for row in rows]


def fitted(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a matrix of at most this size: each entry is the one of its neighbors with the largest absolute value."""
    for axis, most in ((0, height), (1, width)):
        parts = np.array_split(values, min(most, values.shape[axis]), axis=axis)
        strongest = [np.take_along_axis(p, np.abs(p).argmax(axis=axis, keepdims=True), axis=axis) for p in parts]
        values = np.concatenate(strongest, axis=axis)
    return values


def color_of(value: float, grey: bool = False) -> Color:
    """Return the color of a value between -1 and 1."""
    if math.isnan(value):
        return ZERO
    end = WHITE if grey else ABOVE if value > 0 else BELOW
    share = min(1.0, abs(float(value)))
    red, green, blue = (round(start + share * (stop - start)) for start, stop in zip(ZERO, end, strict=True))
    return red, green, blue


def as_hex(color: Color) -> str:
    """Return a color as Rich and CSS write it: #ff9f1c."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def _character(value: float) -> str:
    shades = POSITIVE if value > 0 else NEGATIVE
    return shades[math.ceil(min(1.0, abs(value)) * (len(shades) - 1) - 0.25)] if value else " "
