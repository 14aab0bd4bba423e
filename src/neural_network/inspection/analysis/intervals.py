"""Confidence intervals: how far a share in a sample may be from the true share."""

import numpy as np
from numpy.typing import ArrayLike


def wilson(correct: ArrayLike, trials: ArrayLike, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of Wilson's interval for the share `correct` / `trials`; z = 1.96 is 95 % confidence.

    Unlike p ± z √(p (1 - p) / n) it stays within 0 and 1 and does not shrink to a point where all trials are correct.
    Without trials it reaches from 0 to 1. Source: Wilson 1927, J. Amer. Statist. Assoc. 22, 209; Brown, Cai and
    DasGupta 2001.
    """
    k, n = np.asarray(correct, np.float64), np.asarray(trials, np.float64)
    p = k / np.maximum(n, 1)
    spread = z * np.sqrt(p * (1 - p) * n + z**2 / 4)
    middle = k + z**2 / 2
    total = n + z**2
    return np.maximum((middle - spread) / total, 0), np.minimum((middle + spread) / total, 1)


def paired_difference(newly_correct: int, newly_wrong: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return both ends of the interval for the difference of the accuracies of two networks on the same `trials`.

    One is added to each of the counts `newly_correct` and `newly_wrong`, which makes the interval good for few trials
    too, and wider than a point where nothing changed. Source: Bonett and Price 2012,
    'Adjusted Wald confidence interval for a difference of binomial proportions based on paired data', J. Educ. Behav.
    Statist. 37, 479.
    """
    n = trials + 2
    up, down = (newly_correct + 1) / n, (newly_wrong + 1) / n
    spread = z * float(np.sqrt((up + down - (up - down) ** 2) / n))
    return max(up - down - spread, -1.0), min(up - down + spread, 1.0)
