"""The same gradients, faster: a large batch is computed in blocks that stay in the cache, on all processors at once.

The gradient of a mean is the mean of its parts' gradients, so the equations of network.py can be worked through block
by block: forward and backward while a block's pixels are in the cache, where the plain way reads all pixels twice from
memory. The two products with pixels, (1) and (9), are done in panels of 64 samples: for so small a product the BLAS
has kernels that do not copy their operands first. Python threads share the blocks; which thread computes a block makes
no difference, and the blocks' results are added up in their order, so the bits do not depend on the number of threads.
"""

import functools
import operator
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .activations import ACTIVATIONS
from .losses import LOSSES
from .network import Parameters, TwoLayerNN

PANEL = 64  # samples in one small product
BLOCK = 16 * PANEL  # samples in a block: 3 MB of pixels
LARGEST_PRODUCT = 10**6  # multiplications: above, the BLAS itself is fast and uses all processors
VECTOR = 4  # hidden units are filled up with zeros to a multiple of this many


class Result(NamedTuple):
    """Mean loss of a batch, how many samples were right, and the gradients."""

    loss: float
    hits: int
    gradients: Parameters


def pays_off(network: TwoLayerNN, samples: int) -> bool:
    """Return whether blocks are the faster way for a batch of so many samples, and a possible one.

    An activation or a loss that a callback put in place for this batch, as dropout does, treats each sample in its own
    way, and cannot be applied to a block.
    """
    ours = ACTIVATIONS.has(network.activation) and LOSSES.has(network.criterion)
    small = PANEL * network.input_size * _padded(network.hidden_size) <= LARGEST_PRODUCT
    return ours and small and samples >= 4 * BLOCK


def compute(network: TwoLayerNN, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return what network.py computes for `X` (D, m) and labels `Y` (m,), the same but for rounding."""
    m, H = X.shape[1], network.hidden_size
    rows = np.ascontiguousarray(X.T)
    wide = _Padded(network)
    cuts = [*range(0, m - m % PANEL, BLOCK), m - m % PANEL, m]
    blocks = [slice(start, stop) for start, stop in pairwise(cuts) if start < stop]

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(threads.map(lambda block: wide.compute_block(rows[block], Y[block], m), blocks))
    loss, hits, dW1, db1, dW2, db2 = (functools.reduce(operator.add, values) for values in zip(*parts, strict=True))
    return Result(loss, hits, {"W1": dW1[:H], "b1": db1[:H, None], "W2": dW2[:, :H], "b2": db2})


def _padded(hidden_size: int) -> int:
    return -(-hidden_size // VECTOR) * VECTOR


class _Padded:
    """The network's parameters with hidden units added whose weights are 0, so that nothing comes of them."""

    def __init__(self, network: TwoLayerNN) -> None:
        self.network = network
        width, H = _padded(network.hidden_size), network.hidden_size
        self.W1T = np.zeros((network.input_size, width), network.dtype)
        self.b1 = np.zeros(width, network.dtype)
        self.W2 = np.zeros((network.output_size, width), network.dtype)
        self.W1T[:, :H], self.b1[:H], self.W2[:, :H] = network.W1.T, network.b1[:, 0], network.W2

    def compute_block(self, rows: np.ndarray, Y: np.ndarray, m: int) -> tuple[Any, ...]:
        """Return what a block, `rows` (k, D) of `m` samples in all, adds to loss, hits, dW1, db1, dW2 and db2.

        The hidden layer's arrays have samples in rows here, as the pixels do.
        """
        network, W2 = self.network, self.W2
        carry_back = network.criterion.carry_back[network.output]
        k, D = rows.shape
        panels = rows.reshape(-1, PANEL, D) if k % PANEL == 0 else rows[None]
        T = network.targets(Y)

        with np.errstate(over="ignore", invalid="ignore"):  # threads begin without the one of the training loop
            Z1 = (panels @ self.W1T + self.b1).reshape(k, -1)
            A1 = network.activation.g(Z1)
            Z2 = W2 @ A1.T + network.b2
            A2 = network.output_function(Z2)
            loss = float(network.criterion.value(Z2, A2, T).sum(dtype=np.float64)) / m
            hits = int(np.count_nonzero(A2.argmax(axis=0) == Y))

            dZ2 = A2 - T
            if carry_back:
                dZ2 = carry_back(dZ2, A2)
            dZ2 *= 1 / m
            dZ1 = dZ2.T @ W2 * network.activation.g_prime(Z1)
            dW1 = (dZ1.reshape(*panels.shape[:2], -1).transpose(0, 2, 1) @ panels).sum(axis=0)
            return loss, hits, dW1, dZ1.sum(axis=0), dZ2 @ A1, dZ2.sum(axis=1, keepdims=True)
