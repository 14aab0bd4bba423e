"""Pen strokes, as a mouse, a finger or a tablet records them, drawn as a picture with a round pen and soft edges.

The ink of a pixel depends on its distance from the nearest line between two recorded points: full within the radius of
the pen, none beyond it, and falling over one pixel in between.
"""

from collections.abc import Sequence

import numpy as np

from ..support.arguments import check_count, check_positive
from ..support.errors import InputError
from .resample import to_bytes

Strokes = Sequence[Sequence[Sequence[float]]]


def rasterize(
    strokes: Strokes,
    *,
    size: int = 128,
    width: float = 9.0,
    y_up: bool = False,
    box: tuple[float, float, float, float] | None = None,
) -> np.ndarray:
    """Draw strokes as bright ink on black.

    Parameters
    ----------
    strokes : list of lists of (x, y)
        The points of each stroke in any unit; a stroke of one point is a dot.
    size : int
        Height and width of the picture in pixels.
    width : float
        Width of the pen's line in pixels of the picture.
    y_up : bool
        Whether y grows upwards, as on tablets, and not downwards, as on screens.
    box : (x, y, x, y), optional
        Two opposite corners of the square that the picture shows, in the unit of the points; by default the smallest
        square around all of the ink, in its middle.

    Returns
    -------
    uint8 array (size, size)

    Raises
    ------
    InputError
        There are no points, or some are not pairs of finite numbers, or `box` is not a square.
    """
    check_count("size", size)
    check_positive("width", width)
    starts, ends = _segments(strokes)
    if y_up:
        starts, ends = starts * (1, -1), ends * (1, -1)
    if box is None:
        low, high = starts.min(axis=0), starts.max(axis=0)
        scale = max(size - width, 1) / max((high - low).max(), 1e-9)
        corner = (low + high) / 2 - size / 2 / scale
    else:
        corners = _corners(box) * (1, -1 if y_up else 1)
        corner = corners.min(axis=0)
        scale = size / np.ptp(corners, axis=0).max()
    starts, ends = (starts - corner) * scale, (ends - corner) * scale

    ink = np.zeros((size, size))
    for start, end in zip(starts, ends, strict=True):
        _draw_segment(ink, start, end, width / 2)
    return to_bytes(ink)


def _segments(strokes: Strokes) -> tuple[np.ndarray, np.ndarray]:
    """Return the start and end points of all lines between points, each (count, 2); every stroke ends in a dot."""
    points = [_points(stroke) for stroke in strokes if len(stroke)]
    if not points:
        raise InputError("strokes must hold at least one point; draw a digit first")
    return np.concatenate(points), np.concatenate([np.concatenate([each[1:], each[-1:]]) for each in points])


def _points(stroke: Sequence[Sequence[float]]) -> np.ndarray:
    try:
        points = np.array(stroke, np.float64)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise InputError(f"each stroke must be a list of points (x, y), both finite numbers, not {stroke!r:.80}")
    return points


def _corners(box: Sequence[float]) -> np.ndarray:
    """Return the two corners of the box, (x, y) each."""
    try:
        corners = np.array(box, np.float64).reshape(2, 2)
    except (TypeError, ValueError):
        corners = np.zeros((2, 2))
    if not np.isfinite(corners).all() or not np.ptp(corners, axis=0).all():
        raise InputError(f"box must be two opposite corners (x, y, x, y) of a square, finite numbers, not {box!r:.80}")
    return corners


def _draw_segment(ink: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> None:
    """Add the line from `start` to `end`, (x, y) in pixels, to `ink`, touching only the pixels around it."""
    size = len(ink)
    low = np.clip(np.floor(np.minimum(start, end) - radius - 1), 0, size).astype(int)
    high = np.clip(np.ceil(np.maximum(start, end) + radius + 1), 0, size).astype(int)
    y = np.arange(low[1], high[1])[:, None] + 0.5
    x = np.arange(low[0], high[0]) + 0.5
    along = end - start
    length_squared = max(along @ along, 1e-12)
    nearest = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length_squared, 0, 1)
    distance = np.hypot(x - start[0] - nearest * along[0], y - start[1] - nearest * along[1])
    part = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(part, np.clip(radius + 0.5 - distance, 0, 1), out=part)
