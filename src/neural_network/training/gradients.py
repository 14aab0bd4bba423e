"""Loss, correct predictions and gradients of a batch, by the lines of network.py."""

from typing import NamedTuple

import numpy as np

from ..network import Network, Parameters


class Result(NamedTuple):
    """Mean loss of a batch, number of correct predictions, and the gradients by the parameters' names."""

    loss: float
    correct: int
    gradients: Parameters


def compute(
    network: Network, X: np.ndarray, Y: np.ndarray, mask: np.ndarray | None = None, weights: np.ndarray | None = None
) -> Result:
    """Return the result for `X` (D, m) and labels `Y` (m,); for a stack (n, D, m) with the gradients of each batch.

    `mask` is dropout's, `weights` are those of the samples: see network.py.
    """
    if mask is None and weights is None:  # two arguments fewer, as most networks with equations of their own have them
        forward = network.forward(X)
        loss, gradients = network.mean_loss(forward, Y), network.backward(X, Y, forward)
    else:
        forward = network.forward(X, mask)
        loss, gradients = network.mean_loss(forward, Y, weights), network.backward(X, Y, forward, mask, weights)
    return Result(loss, count_correct(forward.A2, Y), gradients)


def count_correct(A2: np.ndarray, Y: np.ndarray) -> int:
    """Return how many of the samples with probabilities `A2` (C, m) have the largest at their label `Y` (m,)."""
    if A2.ndim > 2:  # where argmax takes long
        largest = A2.max(axis=-2, keepdims=True) == A2
        if np.count_nonzero(largest) == Y.size:  # otherwise the first of equal ones counts
            return int(np.count_nonzero(np.take_along_axis(largest, Y[..., None, :], axis=-2)))
    return int(np.count_nonzero(A2.argmax(axis=-2) == Y))
