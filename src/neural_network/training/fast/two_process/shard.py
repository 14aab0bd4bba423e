"""Half a network: some of the hidden units, with all that belongs to them.

What belongs to a hidden unit, its row of W1 and its entry of b1, meets that of others only in the output layer. So
two halves of the hidden units can be computed apart, here or in two processes, if whoever computes the output layer
sees the answers A1 of both. Optimizers that go entry by entry do not notice a cut at all, wherever it is.

All parameters lie in one flat array, in the order W1, W2, b1, b2, and so do their gradients and each of the optimizer's
arrays: two pieces of each, one for every half, are all that has to be updated.
"""

import copy
from typing import NamedTuple

import numpy as np

from ....functions.activations import Activation
from ....network import Parameters
from ...optimizers import Optimizer
from ..finite import check_finite

READY, FORWARD, BACKWARD, UPDATE, REST = range(5)


class Task(NamedTuple):
    """What a half is to do.

    READY and REST mean nothing to a half: they begin and end the work of a partner. FORWARD is for the first `samples`
    in `place` of X, BACKWARD for the same, and UPDATE for the step that follows `steps` others, with the learning rate
    `rate`.
    """

    command: int
    place: int = 0
    samples: int = 0
    steps: int = 0
    rate: float = 0.0


class Sizes(NamedTuple):
    """How many inputs, hidden units and classes there are, and at which unit the halves are cut."""

    D: int
    H: int
    C: int
    cut: int


class Half:
    """The first hidden units of a network, up to the cut, or else the others.

    `arrays` has flat ones: "θ", the parameters; "dθ", their gradients; each of the optimizer's, such as "m"; "A1"
    (H, m) and "dZ2" (C, m), of the batch. One is not flat: "X" (2, B, D), the pixels of two batches.
    """

    def __init__(
        self, arrays: Parameters, sizes: Sizes, *, first: bool, activation: Activation, optimizer: Optimizer
    ) -> None:
        D, H, C, cut = sizes
        units = self.units = slice(0, cut) if first else slice(cut, H)
        θ, dθ = (unflatten(arrays[name], sizes) for name in ("θ", "dθ"))
        self.W1, self.b1, self.W2 = θ["W1"][units], θ["b1"][units], θ["W2"][:, units]
        self.dW1, self.db1 = dθ["W1"][units], dθ["b1"][units]
        self.arrays, self.sizes, self.activation = arrays, sizes, activation

        weights, all_weights = cut * D, H * D + C * H
        # The second half updates all of W2 and the biases with its part of W1. Biases go by a name of their own,
        # because AdamW treats them in its own way.
        pieces = {"W": slice(weights)} if first else {"W": slice(weights, all_weights), "b": slice(all_weights, None)}
        self.parameters, self.gradients, *state = (
            {name: arrays[kind][piece] for name, piece in pieces.items()}
            for kind in ("θ", "dθ", *optimizer.state_names)
        )
        self.optimizer = copy.copy(optimizer)
        self.optimizer.state = dict(zip(optimizer.state_names, state, strict=True))

    def carry_out(self, task: Task) -> None:
        """Do what is asked for."""
        if task.command == FORWARD:
            self.forward(task.place, task.samples)
        if task.command == BACKWARD:
            self.backward()
        if task.command == UPDATE:
            self.update(task.steps, task.rate)

    def forward(self, place: int, m: int) -> None:
        """Set this half's rows of A1, equations (1) and (2), for the first `m` samples in `place` of X."""
        self.X = self.arrays["X"][place, :m].T
        self.Z1 = self.W1 @ self.X
        self.Z1 += self.b1
        as_matrix(self.arrays["A1"], self.sizes.H, m)[self.units] = self.activation.g(self.Z1)

    def backward(self) -> None:
        """Set this half's rows of dW1 and db1, equations (8) to (10)."""
        m = self.X.shape[1]
        dZ2 = as_matrix(self.arrays["dZ2"], self.sizes.C, m)
        dZ1 = self.W2.T @ dZ2
        dZ1 *= self.activation.g_prime(self.Z1)
        np.multiply(1 / m, dZ1.sum(axis=1, keepdims=True), out=self.db1)
        dZ1 *= 1 / m
        np.matmul(dZ1, self.X.T, out=self.dW1)

    def update(self, steps: int, rate: float) -> None:
        """Move this half's parameters; raises FloatingPointError where they are no longer finite."""
        self.optimizer.steps, self.optimizer.learning_rate = steps, rate
        self.optimizer.step(self.parameters, self.gradients)
        check_finite(self.parameters)


def as_matrix(flat: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return the beginning of a flat array as a matrix."""
    return flat[: rows * columns].reshape(rows, columns)


def unflatten(flat: np.ndarray, sizes: Sizes) -> Parameters:
    """Return W1, b1, W2 and b2, or what else has their shapes, as views of a flat array."""
    D, H, C, _ = sizes
    W1, W2, b1, b2 = np.split(flat, np.cumsum([H * D, C * H, H]))
    return {"W1": W1.reshape(H, D), "b1": b1.reshape(H, 1), "W2": W2.reshape(C, H), "b2": b2.reshape(C, 1)}
