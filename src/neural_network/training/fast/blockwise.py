"""Large batches, block by block: forward and backward while a block's pixels are in the cache.

The gradient of a mean is the mean of its parts' gradients, so the equations of network.py can be worked through for one
block of samples after the other, where the plain way reads all pixels twice from memory. With few hidden units, the two
products with pixels, (1) and (9), are done in panels of 64 or 32 samples: for so small a product the BLAS has kernels
that do not copy their operands first. Threads share the blocks, whose results are added up in their order.
"""

import functools
import operator
from itertools import pairwise
from typing import Any

import numpy as np

from ...network import Network
from ...support.threads import share
from . import output_layer
from .batch_result import Result
from .byte_inputs import SCALE, Packed

BLOCK = 2048  # samples: 6 MB of pixels
SMALL = 1200  # hidden units times samples up to which the BLAS takes a product for a small one


def compute(network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
    """Return what network.py computes for `X` (D, m) and labels `Y` (m,), the same but for rounding."""
    return _compute(network, network.W1, np.ascontiguousarray(X.T), Y)


def compute_packed(network: Network, packed: Packed, Y: np.ndarray) -> Result:
    """Return what `compute` does for pixels that were packed."""
    scale = network.dtype.type(1 / SCALE)
    W1 = network.W1[:, packed.inputs] * scale  # W1 (X / 255) = (W1 / 255) X
    loss, correct, gradients = _compute(network, W1, packed.rows, Y)
    dW1 = np.zeros_like(network.W1)
    dW1[:, packed.inputs] = gradients["W1"] * scale
    return Result(loss, correct, gradients | {"W1": dW1})


def _compute(network: Network, W1: np.ndarray, rows: np.ndarray, Y: np.ndarray) -> Result:
    """Return loss, correct and gradients for samples `rows` (m, k), which may be bytes, and first weights `W1` (H, k)."""
    m, panel = len(rows), panel_size(network.hidden_size)
    whole = m - m % panel
    cuts = [*range(0, whole, BLOCK), whole, m]
    blocks = [slice(start, stop) for start, stop in pairwise(cuts) if start < stop]
    parts = share(lambda block: compute_block(network, W1, rows[block], Y[block], m, panel), blocks)
    loss, correct, dW1, db1, dW2, db2 = (functools.reduce(operator.add, values) for values in zip(*parts, strict=True))
    return Result(loss, correct, {"W1": dW1, "b1": db1[:, None], "W2": dW2, "b2": db2[:, None]})


def panel_size(hidden_size: int) -> int:
    """Return how many samples go into one product, for so many hidden units: a whole block where they are many."""
    return next((size for size in (64, 32) if size * hidden_size <= SMALL), BLOCK)


def compute_block(
    network: Network, W1: np.ndarray, rows: np.ndarray, Y: np.ndarray, m: int, panel: int
) -> tuple[Any, ...]:
    """Return what a block, `rows` (k, D) of `m` samples in all, adds to loss, correct, dW1, db1, dW2 and db2.

    The arrays of the hidden layer are stacks of panels here: (n, H, panel).
    """
    k, D = rows.shape
    rows = rows.astype(network.dtype, copy=False)
    panels = rows.reshape(k // panel, panel, D) if k % panel == 0 else rows[None]
    n, C, W2 = len(panels), network.output_size, network.W2

    Z1 = W1 @ panels.transpose(0, 2, 1)
    Z1 += network.b1
    A1 = network.activation.g(Z1)
    Z2 = W2 @ A1
    Z2 += network.b2
    losses, correct, dZ2 = output_layer.error(network, Z2.transpose(1, 0, 2).reshape(C, k), Y)
    dZ2 *= 1 / m
    db2 = dZ2.sum(axis=1)

    dZ2 = np.ascontiguousarray(dZ2.reshape(C, n, -1).transpose(1, 0, 2))
    dW2 = (dZ2 @ A1.transpose(0, 2, 1)).sum(axis=0)
    dZ1 = W2.T @ dZ2
    dZ1 *= network.activation.g_prime(Z1)
    dW1 = (dZ1 @ panels).sum(axis=0)
    loss = float(losses.sum(dtype=np.float64)) / m
    return loss, int(np.count_nonzero(correct)), dW1, dZ1.sum(axis=(0, 2)), dW2, db2
