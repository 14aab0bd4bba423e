"""Calibration: does the confidence of predictions fit their accuracy?

Of all predictions made with a confidence of 80 %, 80 % should be correct. And where the least confident ones are
rejected, the accuracy of the others should rise.
"""

from typing import NamedTuple

import numpy as np


class Reliability(NamedTuple):
    """The predictions in bins of their confidence; NaN in bins without samples."""

    edges: np.ndarray  # (bins + 1,) of confidence, from 0 to 1
    counts: np.ndarray  # (bins,) predictions
    confidence: np.ndarray  # (bins,) their mean confidence
    accuracy: np.ndarray  # (bins,) the share of them that is correct
    error: float  # the expected calibration error: mean |accuracy - confidence| over all predictions


def reliability(probabilities: np.ndarray, Y: np.ndarray, bins: int = 10) -> Reliability:
    """Sort the predictions of `probabilities` (C, m) into bins of equal width, and compare them with labels `Y` (m,).

    Source: Guo et al. 2017, 'On calibration of modern neural networks', equations (2) and (3).
    """
    confidence, correct = probabilities.max(axis=0).astype(np.float64), probabilities.argmax(axis=0) == Y
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)  # a bin includes its upper edge
    counts = np.bincount(place, minlength=bins)
    samples = np.where(counts, counts, np.nan)
    mean_confidence = np.bincount(place, confidence, bins) / samples
    accuracy = np.bincount(place, correct, bins) / samples
    error = float(np.nansum(counts * np.abs(accuracy - mean_confidence)) / len(Y))
    return Reliability(edges, counts, mean_confidence, accuracy, error)


def rejection_curve(probabilities: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the possible shares of rejected predictions, ascending, and the accuracy of the others.

    The least confident are rejected first; those of equal confidence together, so that their order does not matter.
    Source: El-Yaniv and Wiener 2010, 'On the foundations of noise-free selective classification'.
    """
    confidence, correct = probabilities.max(axis=0), probabilities.argmax(axis=0) == Y
    order = np.argsort(-confidence, kind="stable")
    kept = np.arange(1, len(Y) + 1)
    accuracy = np.cumsum(correct[order]) / kept
    last_of_equals = np.append(np.diff(confidence[order]) != 0, True)
    return 1 - kept[last_of_equals][::-1] / len(Y), accuracy[last_of_equals][::-1]
