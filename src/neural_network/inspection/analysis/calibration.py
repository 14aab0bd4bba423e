"""Calibration: does the network mean its probabilities, and is it right where it is sure?

Of all answers given with 80 %, 80 % should be right. And whoever may leave the least certain pictures to a human should
see the accuracy on the others rise.
"""

from typing import NamedTuple

import numpy as np


class Reliability(NamedTuple):
    """What became of the answers, by the probability they were given with; NaN in bins without samples."""

    edges: np.ndarray  # (bins + 1,) of probability, from 0 to 1
    counts: np.ndarray  # (bins,) answers
    confidence: np.ndarray  # (bins,) their mean probability
    accuracy: np.ndarray  # (bins,) the share of them that was right
    error: float  # the expected calibration error: mean |accuracy - confidence| over all answers


def reliability(probabilities: np.ndarray, Y: np.ndarray, bins: int = 10) -> Reliability:
    """Sort the answers behind `probabilities` (C, m) into bins of equal width, and compare with labels `Y` (m,).

    Source: Guo et al. 2017, 'On calibration of modern neural networks', equations (2) and (3).
    """
    confident, right = probabilities.max(axis=0).astype(np.float64), probabilities.argmax(axis=0) == Y
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confident, side="left") - 1, 0, bins - 1)  # a bin has its upper edge
    counts = np.bincount(place, minlength=bins)
    samples = np.where(counts, counts, np.nan)
    confidence = np.bincount(place, confident, bins) / samples
    accuracy = np.bincount(place, right, bins) / samples
    error = float(np.nansum(counts * np.abs(accuracy - confidence)) / len(Y))
    return Reliability(edges, counts, confidence, accuracy, error)


def rejection_curve(probabilities: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which shares of the answers may be rejected, ascending, and the accuracy of the others.

    The least probable go first. Answers of the same probability go together, so that their order makes no difference.
    Source: El-Yaniv and Wiener 2010, 'On the foundations of noise-free selective classification'.
    """
    confident, right = probabilities.max(axis=0), probabilities.argmax(axis=0) == Y
    order = np.argsort(-confident, kind="stable")
    kept = np.arange(1, len(Y) + 1)
    accuracy = np.cumsum(right[order]) / kept
    last_of_its_probability = np.append(np.diff(confident[order]) != 0, True)
    return 1 - kept[last_of_its_probability][::-1] / len(Y), accuracy[last_of_its_probability][::-1]
