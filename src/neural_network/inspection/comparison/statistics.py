"""Two networks on the same images: is one better, or were the images kind to it?

An image that both read right, or both wrong, does not tell which is better. One that only one of them reads right does:
if they are equally good, such an image falls to either like a coin (McNemar 1947, 'Note on the sampling error of the
difference between correlated proportions or percentages').
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..analysis.intervals import paired_difference


class Comparison(NamedTuple):
    """What a second network reads otherwise than a first; the images are those whose label counted most first."""

    gained: np.ndarray  # indices of the images that only the second reads right
    lost: np.ndarray  # and of those that only the first does
    difference: float  # accuracy of the second minus that of the first
    interval: tuple[float, float]  # for that difference, 95 %
    p: float  # of McNemar's test


def compare(first: np.ndarray, second: np.ndarray, Y: np.ndarray) -> Comparison:
    """Compare the probabilities (C, m) that two networks give to the same images, with labels `Y` (m,).

    The images that changed sides are sorted by how far the probability of their label went up, or down.
    """
    was_right, is_right = (probabilities.argmax(axis=0) == Y for probabilities in (first, second))
    places = np.arange(len(Y))
    rise = second[Y, places].astype(np.float64) - first[Y, places]
    gained, lost = np.flatnonzero(is_right & ~was_right), np.flatnonzero(was_right & ~is_right)
    return Comparison(
        gained[np.argsort(-rise[gained], kind="stable")],
        lost[np.argsort(rise[lost], kind="stable")],
        (len(gained) - len(lost)) / len(Y),
        paired_difference(len(gained), len(lost), len(Y)),
        mcnemar(len(gained), len(lost)),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Return the p-value of McNemar's exact test: that coins fall as unevenly as `gained` to `lost`, or more so.

    It is the two-sided binomial test of `gained` of gained + lost at 1/2, summed exactly whatever their number, where
    the usual χ² is an approximation. Its p is never too small; for few images it is rather large (Fagerland, Lydersen
    and Laake 2013, 'The McNemar test for binary matched-pairs data').
    """
    n, k = gained + lost, min(gained, lost)
    most = math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2))
    j = np.arange(k, 0, -1)
    tail = most * (1 + np.cumprod(j / (n - j + 1)).sum())  # P(j - 1) = P(j) j / (n - j + 1), from P(k) down to P(0)
    return min(1.0, 2 * float(tail))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that allow for their number: below 0.05, of all of them together at most 5 % are there by chance.

    Source: Holm 1979, 'A simple sequentially rejective multiple test procedure', Scand. J. Statist. 6, 65.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted.tolist()
