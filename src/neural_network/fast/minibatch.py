"""Mini-batches: the equations of network.py with fewer arrays made on the way.

What a step of 64 samples costs is mostly not arithmetic but the making of arrays and the calls themselves. So sums are
added in place, 1/m is multiplied into the smallest array, and the output layer is done in one go.
"""

import numpy as np

from ..network import TwoLayerNN
from . import output
from .result import Result


def compute(network: TwoLayerNN, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return what network.py computes for `X` (D, m) and labels `Y` (m,), the same but for rounding."""
    W2, activation = network.W2, network.activation
    Z1 = network.W1 @ X
    Z1 += network.b1
    A1 = activation.g(Z1)
    Z2 = W2 @ A1
    Z2 += network.b2
    losses, hits, dZ2 = output.error(network, Z2, Y, X.shape[1])

    dZ1 = W2.T @ dZ2
    dZ1 *= activation.g_prime(Z1)
    return Result(
        float(losses.mean(dtype=np.float64)),
        int(np.count_nonzero(hits)),
        {
            "W1": dZ1 @ X.T,
            "b1": dZ1.sum(axis=1, keepdims=True),
            "W2": dZ2 @ A1.T,
            "b2": dZ2.sum(axis=1, keepdims=True),
        },
    )
