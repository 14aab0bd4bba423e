"""Neighbors: the most confident mistakes, and the training images nearest to them."""

import numpy as np

from ...support.byte_pixels import Inputs


def confident_mistakes(probabilities: np.ndarray, Y: np.ndarray, count: int) -> np.ndarray:
    """Return the indices of up to `count` wrong predictions of `probabilities` (C, m), the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=0) != Y)
    order = np.argsort(-probabilities.max(axis=0)[wrong], kind="stable")
    return wrong[order[:count]]


def nearest(queries: np.ndarray, X: Inputs, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of `queries` (D, q) the `count` nearest columns of `X` (D, m), nearest first.

    Returns
    -------
    indices, distances : arrays (q, count)
        The distance is Euclidean: |x - q|² = |x|² - 2 qᵀx + |q|², one matrix product for all of them.
    """
    X = np.asarray(X)
    squares = np.einsum("dm,dm->m", X, X)
    from_each = squares - 2 * (queries.T @ X) + np.einsum("dq,dq->q", queries, queries)[:, None]
    indices = np.argsort(from_each, axis=1, kind="stable")[:, :count]
    distances = np.linalg.norm(X.T[indices] - queries.T[:, None, :], axis=2)  # without the cancellation
    return indices, distances
