"""The output layer's softmax, and the loss that is minimised: the mean cross-entropy.

Both are written so that no input makes them overflow. `softmax` subtracts each sample's largest entry first, which
cancels in the quotient; the loss is log Σ e^z - z_label, computed from Z2 itself, so that log(0) never happens.
"""

import numpy as np


def softmax(Z: np.ndarray) -> np.ndarray:
    """Return e^z / Σ e^z for every column of `Z` (C, m): positive numbers that sum to one in each column.

    Shape and dtype are those of `Z`.
    """
    E = np.exp(Z - Z.max(axis=0))  # the largest of its own column: another column's could push all of this one to 0
    return E / E.sum(axis=0)


def cross_entropy(Z2: np.ndarray, Y: np.ndarray) -> float:
    """Return the mean over samples of -log softmax(Z2)[label], in nats.

    Parameters
    ----------
    Z2 : array (C, m)
        The output layer's sums, before the softmax.
    Y : array (m,) of integers
        Labels 0 to C - 1.
    """
    highest = Z2.max(axis=0)
    log_sum = highest + np.log(np.exp(Z2 - highest).sum(axis=0))
    return float(np.mean(log_sum - Z2[Y, np.arange(len(Y))], dtype=np.float64))


def one_hot(Y: np.ndarray, classes: int, dtype: np.dtype[np.floating] | type[np.floating]) -> np.ndarray:
    """Return the array (classes, m) that is 1 in each sample's column at its label `Y` (m,) and 0 elsewhere."""
    return np.eye(classes, dtype=dtype)[:, Y]
