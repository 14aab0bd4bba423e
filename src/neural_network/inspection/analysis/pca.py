"""Principal components: the directions in which a cloud of points is widest.

They are the eigenvectors of the covariance matrix; the eigenvalue is the variance along each (Pearson 1901, Hotelling
1933). Nothing here is random, so the result is the same every time.
"""

from typing import NamedTuple

import numpy as np


class Components(NamedTuple):
    """The first `k` principal components of `m` points in `D` dimensions."""

    mean: np.ndarray  # (D, 1) the center of the cloud
    directions: np.ndarray  # (D, k) orthonormal, the widest first
    places: np.ndarray  # (k, m) the coordinates of the points along these directions
    shares: np.ndarray  # (k,) of the total variance


def principal_components(X: np.ndarray, count: int = 2) -> Components:
    """Return the first `count` principal components of the columns of `X` (D, m).

    There are no more than D or m of them; where there are fewer than `count`, the rest are zeros. The sign of a
    direction is arbitrary: its largest entry is made positive.
    """
    X = X.astype(np.float64)
    D, m = X.shape
    mean = X.mean(axis=1, keepdims=True)
    centered = X - mean
    k = min(count, D, m)
    if m >= D:
        variances, vectors = np.linalg.eigh(centered @ centered.T)  # ascending
        directions = vectors[:, ::-1][:, :k]
    else:  # the same directions from the smaller matrix: if K v = λ v for K = XᵀX, then X v is an eigenvector of X Xᵀ
        variances, vectors = np.linalg.eigh(centered.T @ centered)
        directions = centered @ vectors[:, ::-1][:, :k]
        norms = np.linalg.norm(directions, axis=0)
        directions = np.where(norms > 1e-9 * max(norms.max(), 1e-300), directions / np.maximum(norms, 1e-300), 0)
    directions = directions * np.where(directions[np.abs(directions).argmax(axis=0), np.arange(k)] < 0, -1, 1)
    directions = np.pad(directions, ((0, 0), (0, count - k)))
    total = max(float(np.square(centered).sum()), 1e-300)
    shares = np.pad(np.maximum(variances[::-1][:k], 0) / total, (0, count - k))
    return Components(mean, directions, directions.T @ centered, shares)
