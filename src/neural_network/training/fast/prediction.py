"""Predicting many samples: piece by piece, shared among threads, so that what a layer computes stays in the cache."""

from queue import SimpleQueue

import numpy as np

from ...network import PIECE, Network
from ...support import blas_threads, threads


def probabilities(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the probabilities (C, m) of the classes for `X` (D, m), by equations (1) to (4)."""
    result = np.empty((network.output_size, X.shape[1]), network.dtype)
    buffers: SimpleQueue[np.ndarray] = SimpleQueue()  # as many as there are threads, which make them when they need one

    def compute(start: int) -> None:
        piece = X[:, start : start + PIECE]
        Z1 = np.empty((network.hidden_size, PIECE), network.dtype) if buffers.empty() else buffers.get()
        sums = np.matmul(network.W1, piece, out=Z1.ravel()[: len(Z1) * piece.shape[1]].reshape(len(Z1), -1))
        sums += network.b1
        Z2 = network.W2 @ network.activation.g(sums)
        buffers.put(Z1)
        Z2 += network.b2
        result[:, start : start + PIECE] = network.output_function(Z2)

    with blas_threads.threads_for(0):
        threads.share(compute, range(0, X.shape[1], PIECE))
    return result
