"""Many networks at once: their weights lie on top of each other, and one wide product serves them all.

Networks that learn from the same samples read the same pixels. Stacked, sixteen networks of ten hidden units are one
layer of 160 rows, whose products keep the processor busy where ten rows mostly wait for memory. From there on each
network is by itself: its hidden units meet only its own second layer. The networks' parameters become views into the
stack, so that an optimizer that moves a network moves the stack.
"""

from collections.abc import Sequence

import numpy as np

from ...network import Network, Parameters
from ...support.threads import share
from . import output_layer
from .batch_result import Result
from .byte_inputs import SCALE, pack

BLOCK = 2048  # samples


class Stack:
    """`N` networks of one shape, dtype, activation, output layer and loss, which learn from the samples `X` (D, m)."""

    def __init__(self, networks: Sequence[Network], X: np.ndarray) -> None:
        self.networks = networks
        packed = pack(X)
        self.rows = packed.rows if packed else X.T  # (m, k)
        self.inputs = packed.inputs if packed else slice(None)  # which k of the D inputs they are
        self.scale = networks[0].dtype.type(1 / SCALE if packed else 1)
        self.W1 = np.concatenate([network.W1 for network in networks])  # (N H, D)
        self.b1 = np.concatenate([network.b1 for network in networks])  # (N H, 1)
        self.W2 = np.stack([network.W2 for network in networks])  # (N, C, H)
        self.b2 = np.stack([network.b2 for network in networks])  # (N, C, 1)

    def parameters(self) -> list[Parameters]:
        """Return each network's parameters, as views into the stack."""
        return self._split(self.W1, self.b1, self.W2, self.b2)

    def compute(self, Y: np.ndarray) -> list[Result]:
        """Return what network.py computes for each network on the samples with labels `Y` (m,), but for rounding."""
        W1, m = self.W1[:, self.inputs] * self.scale, len(Y)
        blocks = [slice(start, start + BLOCK) for start in range(0, m, BLOCK)]
        parts = share(lambda block: self._block(W1, self.rows[block], Y[block], m), blocks)
        losses, correct, dW1, db1, dW2, db2 = (sum(values[1:], start=values[0]) for values in zip(*parts, strict=True))
        dW1_of_all = np.zeros_like(self.W1)
        dW1_of_all[:, self.inputs] = dW1 * self.scale
        gradients = self._split(dW1_of_all, db1, dW2, db2)
        return [Result(float(losses[i]) / m, int(correct[i]), gradients[i]) for i in range(len(self.networks))]

    def _block(self, W1: np.ndarray, rows: np.ndarray, Y: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
        """Return what a block, `rows` of `m` samples in all, adds to losses, correct, dW1, db1, dW2 and db2."""
        network, N, k = self.networks[0], len(self.networks), len(rows)
        H, C = network.hidden_size, network.output_size
        rows = rows.astype(network.dtype, copy=False)
        Z1 = W1 @ rows.T
        Z1 += self.b1
        A1 = network.activation.g(Z1).reshape(N, H, k)
        Z2 = self.W2 @ A1
        Z2 += self.b2
        losses, correct, dZ2 = output_layer.error(network, Z2.transpose(1, 0, 2).reshape(C, N * k), np.tile(Y, N))
        dZ2 *= 1 / m

        dZ2 = np.ascontiguousarray(dZ2.reshape(C, N, k).transpose(1, 0, 2))
        dZ1 = (self.W2.transpose(0, 2, 1) @ dZ2).reshape(N * H, k)
        dZ1 *= network.activation.g_prime(Z1)
        return (
            losses.reshape(N, k).sum(axis=1, dtype=np.float64),
            np.count_nonzero(correct.reshape(N, k), axis=1),
            dZ1 @ rows,
            dZ1.sum(axis=1, keepdims=True),
            dZ2 @ A1.transpose(0, 2, 1),
            dZ2.sum(axis=2, keepdims=True),
        )

    def _split(self, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> list[Parameters]:
        H = self.networks[0].hidden_size
        units = [slice(i * H, (i + 1) * H) for i in range(len(self.networks))]
        return [{"W1": W1[u], "b1": b1[u], "W2": W2[i], "b2": b2[i]} for i, u in enumerate(units)]
