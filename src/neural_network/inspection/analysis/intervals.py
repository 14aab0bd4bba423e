"""Intervals: how far a share that was counted may be from the share that is meant."""

import numpy as np
from numpy.typing import ArrayLike


def wilson(correct: ArrayLike, trials: ArrayLike, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """Return lower and upper ends of the interval for the share behind `correct` of `trials`; z = 1.96 is 95 %.

    Unlike p ± z √(p (1 - p) / n) it stays within 0 and 1 and does not shrink to a point where all is right. Without
    trials it is all of 0 to 1. Source: Wilson 1927, J. Amer. Statist. Assoc. 22, 209; Brown, Cai and DasGupta 2001.
    """
    k, n = np.asarray(correct, np.float64), np.asarray(trials, np.float64)
    p = k / np.maximum(n, 1)
    spread = z * np.sqrt(p * (1 - p) * n + z**2 / 4)
    middle = k + z**2 / 2
    total = n + z**2
    return np.maximum((middle - spread) / total, 0), np.minimum((middle + spread) / total, 1)


def paired_difference(gained: int, lost: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return lower and upper ends of the interval for the difference between two shares of the same `trials`.

    Of these, `gained` hit only the second time and `lost` only the first. One of each is added, which makes the
    interval good for few trials too, and wider than a point where nothing changed. Source: Bonett and Price 2012,
    'Adjusted Wald confidence interval for a difference of binomial proportions based on paired data', J. Educ. Behav.
    Statist. 37, 479.
    """
    n = trials + 2
    up, down = (gained + 1) / n, (lost + 1) / n
    spread = z * float(np.sqrt((up + down - (up - down) ** 2) / n))
    return max(up - down - spread, -1.0), min(up - down + spread, 1.0)
