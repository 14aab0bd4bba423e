"""Loss, correct predictions and gradients of a batch, by the lines of network.py."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..network import Network, Parameters

TOLERANCE = 1e-3  # relative to the largest entry: float32 differs by some 1e-6, a wrong equation by much more


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


def calls(network: Network, *names: str) -> bool:
    """Return whether the network's forward or backward calls a function of one of these names."""
    codes = [getattr(method, "__code__", None) for method in (network.forward, network.backward)]
    return any(code and name in code.co_names for code in codes for name in names)


def agree(way: Callable[[], Sequence[Result]], expected: Callable[[], Sequence[Result]]) -> bool:
    """Return whether another way to compute results gives the expected losses and gradients, but for rounding."""
    try:
        return all(map(_is_same, way(), expected()))
    except Exception:  # whatever is wrong with the equations is raised again where a batch is computed as a whole
        return False


def _is_same(result: Result, expected: Result) -> bool:
    some, others = ({"loss": np.array(each.loss), **each.gradients} for each in (result, expected))
    return some.keys() == others.keys() and all(
        np.shape(some[name]) == np.shape(other)
        and np.allclose(some[name], other, 0, TOLERANCE * float(np.nanmax(np.abs(other), initial=0)), equal_nan=True)
        for name, other in others.items()
    )
