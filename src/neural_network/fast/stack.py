"""Many networks at once: their weights lie on top of each other, and one wide product serves them all.

Networks that learn from the same samples read the same pixels. Stacked, sixteen networks of ten hidden units are one
layer of 160 rows, whose products keep the processor busy where ten rows mostly wait for memory. From there on each
network is by itself: its hidden units meet only its own second layer. The networks' parameters become views into the
stack, so that an optimizer that moves a network moves the stack.
"""

from collections.abc import Sequence

import numpy as np

from ..network import Parameters, TwoLayerNN
from . import output
from .crew import share
from .result import Result

BLOCK = 2048  # samples


class Stack:
    """`N` networks of one shape, dtype, activation, output layer and loss."""

    def __init__(self, networks: Sequence[TwoLayerNN]) -> None:
        self.networks = networks
        self.W1 = np.concatenate([network.W1 for network in networks])  # (N H, D)
        self.b1 = np.concatenate([network.b1 for network in networks])  # (N H, 1)
        self.W2 = np.stack([network.W2 for network in networks])  # (N, C, H)
        self.b2 = np.stack([network.b2 for network in networks])  # (N, C, 1)

    def parameters(self) -> list[Parameters]:
        """Return each network's parameters, as views into the stack."""
        return self._split(self.W1, self.b1, self.W2, self.b2)

    def compute(self, X: np.ndarray, Y: np.ndarray) -> list[Result]:
        """Return what network.py computes for each network on `X` (D, m) and labels `Y` (m,), but for rounding."""
        m, rows = X.shape[1], X.T
        blocks = [slice(start, start + BLOCK) for start in range(0, m, BLOCK)]
        parts = share(lambda block: self._block(rows[block], Y[block], m), blocks)
        losses, hits, dW1, db1, dW2, db2 = (sum(values[1:], start=values[0]) for values in zip(*parts, strict=True))
        gradients = self._split(dW1, db1, dW2, db2)
        return [Result(float(losses[i]) / m, int(hits[i]), gradients[i]) for i in range(len(self.networks))]

    def _block(self, rows: np.ndarray, Y: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
        """Return what a block, `rows` (k, D) of `m` samples in all, adds to losses, hits, dW1, db1, dW2 and db2."""
        network, N, (k, _) = self.networks[0], len(self.networks), rows.shape
        H, C = network.hidden_size, network.output_size
        Z1 = self.W1 @ rows.T
        Z1 += self.b1
        A1 = network.activation.g(Z1).reshape(N, H, k)
        Z2 = self.W2 @ A1
        Z2 += self.b2
        losses, hits, dZ2 = output.error(network, Z2.transpose(1, 0, 2).reshape(C, N * k), np.tile(Y, N))
        dZ2 *= 1 / m

        dZ2 = np.ascontiguousarray(dZ2.reshape(C, N, k).transpose(1, 0, 2))
        dZ1 = (self.W2.transpose(0, 2, 1) @ dZ2).reshape(N * H, k)
        dZ1 *= network.activation.g_prime(Z1)
        return (
            losses.reshape(N, k).sum(axis=1, dtype=np.float64),
            np.count_nonzero(hits.reshape(N, k), axis=1),
            dZ1 @ rows,
            dZ1.sum(axis=1, keepdims=True),
            dZ2 @ A1.transpose(0, 2, 1),
            dZ2.sum(axis=2, keepdims=True),
        )

    def _split(self, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> list[Parameters]:
        H = self.networks[0].hidden_size
        units = [slice(i * H, (i + 1) * H) for i in range(len(self.networks))]
        return [{"W1": W1[u], "b1": b1[u], "W2": W2[i], "b2": b2[i]} for i, u in enumerate(units)]
