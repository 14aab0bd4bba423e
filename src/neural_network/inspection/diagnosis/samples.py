"""Comparisons of samples: how far two sets of them lie apart, and which of them are the same."""

import numpy as np

from ...network import PIECE
from ...support.byte_pixels import Inputs


def difference(A: np.ndarray, B: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return how many standard errors `A` (D, m), whose samples may have weights (m,), and `B` (D, n) lie apart."""
    A, B = A.astype(np.float64), B.astype(np.float64)
    weights = np.ones(A.shape[1]) if weights is None else weights
    weights = weights / weights.sum()
    center, results = (A @ weights)[:, None], []
    for a, b in ((A, B), (np.abs(A - center), np.abs(B - center))):
        mean = a @ weights
        variance, varying = np.square(a - mean[:, None]) @ weights, a.var(axis=1)
        errors = np.sqrt(variance * np.square(weights).sum() + b.var(axis=1) / b.shape[1])
        chosen = (varying > 1e-4 * varying.max()) & (errors > 0)
        results.append(float(np.mean(np.abs(mean - b.mean(axis=1))[chosen] / errors[chosen])) if chosen.any() else 0.0)
    return max(results)


def digests(X: Inputs) -> np.ndarray:
    """Return a number (m,) for each sample of `X` (D, m), equal where the samples are."""
    pieces = (np.ascontiguousarray(X[:, start : start + PIECE].T) for start in range(0, X.shape[1], PIECE))
    return np.array([hash(row.tobytes()) for piece in pieces for row in piece])
