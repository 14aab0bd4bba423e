"""Two networks on the same images: is one better, or does chance explain the difference?

An image that both classify correctly, or both wrongly, does not tell which is better. One that only one of them
classifies correctly does: if both are equally good, such an image falls to either like a coin (McNemar 1947, 'Note on
the sampling error of the difference between correlated proportions or percentages').
"""

import math
from collections.abc import Sequence

import numpy as np


def changed_sides(first: np.ndarray, second: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the newly correct and of the newly wrong images of a second network.

    Both are sorted by how much the probability of the label changed, the largest change first.

    Parameters
    ----------
    first, second : arrays (C, m)
        The probabilities that the two networks give to the same images.
    Y : array (m,)
        The labels.
    """
    was_correct, is_correct = (probabilities.argmax(axis=0) == Y for probabilities in (first, second))
    columns = np.arange(len(Y))
    rise = second[Y, columns].astype(np.float64) - first[Y, columns]
    correct, wrong = np.flatnonzero(is_correct & ~was_correct), np.flatnonzero(was_correct & ~is_correct)
    return correct[np.argsort(-rise[correct], kind="stable")], wrong[np.argsort(rise[wrong], kind="stable")]


def mcnemar(newly_correct: int, newly_wrong: int) -> float:
    """Return the p-value of McNemar's exact test: the probability that coins fall at least as unevenly as these counts.

    It is the two-sided binomial test at 1/2, summed exactly, where the usual χ² is an approximation. Its p is never too
    small; for few images it is rather large (Fagerland, Lydersen and Laake 2013, 'The McNemar test for binary
    matched-pairs data').
    """
    n, k = newly_correct + newly_wrong, min(newly_correct, newly_wrong)
    most = math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2))
    j = np.arange(k, 0, -1)
    tail = most * (1 + np.cumprod(j / (n - j + 1)).sum())  # P(j - 1) = P(j) j / (n - j + 1), from P(k) down to P(0)
    return min(1.0, 2 * float(tail))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number: the chance that any of them falls below 0.05 by luck is then 5 %.

    Source: Holm 1979, 'A simple sequentially rejective multiple test procedure', Scand. J. Statist. 6, 65.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted.tolist()
