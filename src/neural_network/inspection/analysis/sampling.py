"""A subset of the samples, always the same, for measurements that take long."""

import numpy as np

from ...support.byte_pixels import Inputs
from ...support.randomness import stream
from ...training.loop import Arrays


def some_of(X: Inputs, Y: np.ndarray, count: int, seed: int = 0) -> Arrays:
    """Return up to `count` columns of `X` (D, m) with their labels `Y` (m,), drawn at random, in their order."""
    if len(Y) <= count:
        return np.asarray(X), Y
    chosen = np.sort(stream(seed).permutation(len(Y))[:count])
    return np.asarray(X[:, chosen]), Y[chosen]
