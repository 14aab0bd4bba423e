"""A subset of the samples, always the same, for measurements that take long."""

import numpy as np

from ...support.randomness import stream
from ...training.loop import Samples


def some_of(X: np.ndarray, Y: np.ndarray, count: int, seed: int = 0) -> Samples:
    """Return up to `count` columns of `X` (D, m) with their labels `Y` (m,), drawn at random, in their order."""
    if len(Y) <= count:
        return X, Y
    chosen = np.sort(stream(seed).permutation(len(Y))[:count])
    return X[:, chosen], Y[chosen]
