"""Regularizers: what keeps a network from learning its training samples by heart.

L1 and L2 add a penalty on the weights to the loss, so that each weight has to earn its size. Max-norm sets a limit to
the weights of a unit. Dropout lets units miss at random, so that none can rely on another. All of them are callbacks,
handed to `train` like any other; biases are left alone, since they hardly fit noise.
"""

from typing import ClassVar

import numpy as np

from ..network import Parameters
from ..support.arguments import check_fraction, check_positive
from ..support.error_state import own_error_state
from ..support.norms import norm
from ..support.randomness import DROPOUT, stream
from .callback import Callback, Run
from .history import Row


class Penalty(Callback):
    """A function of the weights that is added to the loss, and its gradient to the gradients.

    A penalty defines `value(W)` and `gradient(W)` for one matrix of weights. The history's `loss` stays the loss on the
    data; what the penalties add to it is in the column `penalty`.
    """

    kinks: ClassVar[tuple[float, ...]] = ()  # weights at which it has no derivative

    def __init__(self, strength: float) -> None:
        self.strength = check_positive(f"{type(self).__name__.lower()} strength", strength)

    def value(self, W: np.ndarray) -> float:
        """Return the penalty of one matrix of weights."""
        raise NotImplementedError

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Return its gradient, of the shape of `W`."""
        raise NotImplementedError

    def total(self, parameters: Parameters) -> float:
        """Return the penalty of all weights, W1 and W2."""
        return sum(self.value(parameters[name]) for name in ("W1", "W2"))

    def on_gradients(self, run: Run) -> None:
        for name in ("W1", "W2"):
            run.gradients[name] += self.gradient(run.network.parameters[name])

    def on_epoch(self, run: Run, row: Row) -> None:
        row["penalty"] = row.get("penalty", 0.0) + self.total(run.network.parameters)


class L1(Penalty):
    """λ Σ |w|, with gradient λ sign(w): pulls weights to exactly zero."""

    kinks = (0.0,)

    def value(self, W: np.ndarray) -> float:
        return self.strength * float(np.abs(W).sum(dtype=np.float64))

    def gradient(self, W: np.ndarray) -> np.ndarray:
        return self.strength * np.sign(W)


class L2(Penalty):
    """λ/2 Σ w², with gradient λ w: keeps all weights small."""

    @own_error_state  # infinite where it overflows
    def value(self, W: np.ndarray) -> float:
        return self.strength / 2 * float(np.square(W, dtype=np.float64).sum())

    def gradient(self, W: np.ndarray) -> np.ndarray:
        return self.strength * W


class MaxNorm(Callback):
    """Scales a unit's incoming weights back after each step where their length exceeds `limit` (Srebro et al. 2005)."""

    def __init__(self, limit: float) -> None:
        self.limit = check_positive("limit", limit)

    @own_error_state
    def on_step(self, run: Run) -> None:
        for name in ("W1", "W2"):
            W = run.network.parameters[name]
            length = np.sqrt(np.square(W).sum(axis=1, keepdims=True))
            for unit in np.flatnonzero(np.isinf(length)):  # whose squares overflow
                length[unit] = norm(W[unit])
            W *= self.limit / np.maximum(length, self.limit)


class Dropout(Callback):
    """Drops every input and hidden unit with a given probability, anew in each step (Srivastava et al. 2014).

    What is left is scaled up by 1 / (1 - probability), so that sums keep their size and prediction, which drops
    nothing, needs no correction ("inverted" dropout).

    Parameters
    ----------
    hidden, inputs : float
        The probability of being dropped, from 0 to below 1.
    """

    def __init__(self, hidden: float = 0.5, inputs: float = 0.0) -> None:
        self.hidden = check_fraction("dropout of hidden units", hidden)
        self.inputs = check_fraction("dropout of inputs", inputs)

    def on_batch(self, run: Run) -> None:
        rng = stream(run.seed, DROPOUT, run.step)
        if self.inputs:
            run.X = np.asarray(run.X) * draw_mask(run.X.shape, self.inputs, rng, run.X.dtype)
        if self.hidden:
            run.mask = draw_mask((run.network.hidden_size, run.X.shape[1]), self.hidden, rng, run.X.dtype)


def draw_mask(
    shape: tuple[int, ...], probability: float, rng: np.random.Generator, dtype: np.dtype[np.floating]
) -> np.ndarray:
    """Return an array of 0, with this probability, and 1 / (1 - probability)."""
    return (rng.random(shape, dtype=np.float32) >= probability) / dtype.type(1 - probability)
