"""The table of allographs as arrays, and the smooth curves through their points (Catmull-Rom splines).

A sample of such a curve is a weighted mean of the four control points around it. Which four, and with which weights,
depends on the style alone, so it is computed once; the curves of a batch of digits are then four multiplications.
"""

from collections import Counter
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .glyphs import ALLOGRAPHS, Allograph

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SAMPLES = 112  # of the curve in each digit: about half a pixel apart in the longest digits


class Splines(NamedTuple):
    """The `A` allographs as arrays, each padded to the `K` points and `E` free ends of the largest."""

    digits: Integers  # (A,) the digit that each style writes
    shares: Floats  # (A,) the frequency of the style within its digit
    points: Floats  # (A, K, 2) distinct control points, the box being 1 high and centered on 0
    ends: Integers  # (A, E) which of the points are free ends ...
    before: Integers  # (A, E) ... and the next points of their strokes; padding names one point as both
    support: Integers  # (A, SAMPLES, 4) the control points around each sample of the curve ...
    weights: Floats  # (A, SAMPLES, 4) ... and their weights in it


def interpolate(points: Floats, support: Integers, weights: Floats) -> Floats:
    """Return the curves (n, SAMPLES, 2) through the control points (n, K, 2)."""
    row = np.arange(len(points))[:, None]
    curve = np.zeros((*support.shape[:2], 2))
    for k in range(4):  # in this order, so that the rounding is the same everywhere
        curve += weights[..., k, None] * points[row, support[..., k]]
    return curve


@cache
def splines() -> Splines:
    """Return the arrays of ALLOGRAPHS."""
    total = {a.digit: sum(b.weight for b in ALLOGRAPHS if b.digit == a.digit) for a in ALLOGRAPHS}
    points, ends, before, support, weights = zip(*map(_prepare, ALLOGRAPHS), strict=True)
    return Splines(
        digits=np.array([a.digit for a in ALLOGRAPHS]),
        shares=np.array([a.weight / total[a.digit] for a in ALLOGRAPHS]),
        points=_padded(points),
        ends=_padded(ends),
        before=_padded(before),
        support=np.stack(support),
        weights=np.stack(weights),
    )


def _prepare(allograph: Allograph) -> tuple[Floats, Integers, Integers, Integers, Floats]:
    """Return points, ends, before, support and weights of one style."""
    strokes = allograph.strokes
    uses = Counter(point for stroke in strokes for point in stroke)
    index = {point: k for k, point in enumerate(uses)}
    free = [pair for s in strokes for pair in ((s[0], s[1]), (s[-1], s[-2])) if uses[pair[0]] == 1]

    steps = [_lengths(np.array(stroke)) for stroke in strokes]
    reach = np.cumsum([step.sum() for step in steps])
    share = np.diff(np.rint(SAMPLES * reach / reach[-1]).astype(int), prepend=0)  # samples in proportion to length
    curves = [_catmull_rom(step, n) for step, n in zip(steps, share, strict=True)]
    support = [np.array([index[p] for p in s])[near] for s, (near, _) in zip(strokes, curves, strict=True)]
    return (
        np.array(list(uses)) / 100 - 0.5,
        np.array([index[end] for end, _ in free], dtype=np.int64),
        np.array([index[neighbor] for _, neighbor in free], dtype=np.int64),
        np.concatenate(support),
        np.concatenate([weights for _, weights in curves]),
    )


def _lengths(points: Integers) -> Floats:
    """Return the distances between neighboring points."""
    x, y = np.diff(points, axis=0).T
    return np.sqrt(x * x + y * y)  # not np.hypot, whose last bit depends on the machine


def _catmull_rom(steps: Floats, samples: int) -> tuple[Integers, Floats]:
    """Return the four points of a stroke, by position in it, around each of its samples, and their weights."""
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    distance = np.arange(samples) * (reach[-1] / (samples - 1))
    segment = np.searchsorted(reach[1:-1], distance, side="right")
    t = np.minimum((distance - reach[segment]) / steps[segment], 1)
    near = np.clip(segment[:, None] + np.arange(-1, 3), 0, len(steps))  # an end stands for the missing point after it
    weights = [t * (t * (2 - t) - 1), t * t * (3 * t - 5) + 2, t * (t * (4 - 3 * t) + 1), t * t * (t - 1)]
    return near, np.stack(weights, axis=1) / 2


def _padded(rows: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    """Stack arrays of different lengths, the shorter ones filled up with zeros."""
    stacked = np.zeros((len(rows), max(map(len, rows)), *rows[0].shape[1:]), rows[0].dtype)
    for k, row in enumerate(rows):
        stacked[k, : len(row)] = row
    return stacked
