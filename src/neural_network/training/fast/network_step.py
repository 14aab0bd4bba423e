"""The plain way: forward, then backward, by the equations of network.py as they stand."""

import numpy as np

from ...network import Network
from .batch_result import Result


def compute(network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return mean loss, correct and gradients for `X` (D, m) and labels `Y` (m,)."""
    forward = network.forward(X)
    correct = int(np.count_nonzero(forward.A2.argmax(axis=0) == Y))
    return Result(network.mean_loss(forward, Y), correct, network.backward(X, Y, forward))
