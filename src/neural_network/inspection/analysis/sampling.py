"""A sample of the samples: what takes long is measured on some of them, always the same ones."""

import numpy as np

from ...support.randomness import stream

Pair = tuple[np.ndarray, np.ndarray]


def some_of(X: np.ndarray, Y: np.ndarray, count: int, seed: int = 0) -> Pair:
    """Return up to `count` columns of `X` (D, m) with their labels `Y` (m,), drawn at random, in their order."""
    if len(Y) <= count:
        return X, Y
    chosen = np.sort(stream(seed).permutation(len(Y))[:count])
    return X[:, chosen], Y[chosen]
