"""Mini-batches: the equations of network.py with fewer arrays made on the way.

What a step of 64 samples costs is mostly not arithmetic but the making of arrays and the calls themselves. So sums are
added in place, and the output layer is done in one go. The order of the arithmetic stays, and with it every bit.
"""

import numpy as np

from ...network import Network
from . import output_layer
from .batch_result import Result


def compute(network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return what network.py computes for `X` (D, m) and labels `Y` (m,): the same bits, but for the loss's last."""
    W2, activation, m = network.W2, network.activation, X.shape[1]
    Z1 = network.W1 @ X
    Z1 += network.b1
    A1 = activation.g(Z1)
    Z2 = W2 @ A1
    Z2 += network.b2
    losses, correct, dZ2 = output_layer.error(network, Z2, Y)

    dZ1 = W2.T @ dZ2
    dZ1 *= activation.g_prime(Z1)
    gradients = {"b1": 1 / m * dZ1.sum(axis=1, keepdims=True), "b2": 1 / m * dZ2.sum(axis=1, keepdims=True)}
    dZ1 *= 1 / m
    dZ2 *= 1 / m
    gradients |= {"W1": dZ1 @ X.T, "W2": dZ2 @ A1.T}
    return Result(float(losses.mean(dtype=np.float64)), int(np.count_nonzero(correct)), gradients)
