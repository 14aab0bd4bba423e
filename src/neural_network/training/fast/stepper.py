"""A step of training by this process alone: the usual way."""

import numpy as np

from ...network import Network, Parameters
from ...support.byte_pixels import Pixels
from ..optimizers import Optimizer
from .batch_result import Compute, Result
from .finite import check_finite


class Solo:
    """Gathers batches, computes gradients, and lets the optimizer step.

    `threads` says whether the BLAS may use threads of its own.
    """

    threads = True

    def __init__(self, compute: Compute) -> None:
        self._compute = compute

    def gather(self, X: np.ndarray, order: np.ndarray, start: int, size: int) -> np.ndarray:
        """Return the batch (D, m) of the samples `order[start : start + size]` of `X` (D, all)."""
        indices = order[start : start + size]
        # Each sample is one piece of memory.
        return X[:, indices] if isinstance(X, Pixels) else X.T.take(indices, axis=0).T

    def compute(self, network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
        """Return loss, correct and gradients of a batch."""
        return self._compute(network, X, Y)

    def step(self, optimizer: Optimizer, parameters: Parameters, gradients: Parameters) -> None:
        """Let `optimizer` move the parameters; raises FloatingPointError where they are no longer finite."""
        optimizer.step(parameters, gradients)
        check_finite(parameters)

    def close(self) -> None:
        """Leave the network with arrays of its own."""
