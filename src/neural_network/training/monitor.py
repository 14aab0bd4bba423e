"""The monitor: a callback that takes the pulse of a run, so that the diagnosis can say since which step it is ill.

Once an epoch, at its first step, it notes how long the gradients are, by what share of themselves the weights move, and
how far the hidden units let a gradient pass. The first row of the history thus tells of the network as it started.
"""

import numpy as np

from ..functions.activations import Activation
from ..network import Parameters
from ..support.norms import norm
from .callback import Callback, Run, State
from .history import Row

COLUMNS = ("gradient_W1", "gradient_W2", "update_W1", "update_W2", "hidden_slope", "dead_units")
SAMPLES = 100  # of the batch: enough to tell a silent unit from one that speaks up now and then
DEAD = 1e-3  # a unit with less of its activation's largest slope than this, on every sample, no longer learns


class Monitor(Callback):
    """Adds to each row of the history what it measured at the first step of that epoch.

    `gradient_W1`, `gradient_W2`
        Length (Euclidean) of the gradient as the optimizer is handed it.
    `update_W1`, `update_W2`
        Length of the step, divided by that of the weights: 0.001 is usual.
    `hidden_slope`
        Mean of |g'(Z1)| over units and samples, as a share of the largest slope of g.
    `dead_units`
        How many hidden units had no slope on any sample looked at.
    """

    process_safe = True

    def on_start(self, run: Run) -> None:
        self._measured: Row = {}
        self._weights: Parameters = {}

    def on_gradients(self, run: Run) -> None:
        if (run.step - 1) % run.steps_per_epoch:
            return
        θ = run.network.parameters
        slopes = hidden_slopes(run.network.activation, run.network.forward(run.X[:, :SAMPLES]).Z1)
        self._weights = {name: θ[name].copy() for name in ("W1", "W2")}
        self._measured = {
            "gradient_W1": norm(run.gradients["W1"]),
            "gradient_W2": norm(run.gradients["W2"]),
            "hidden_slope": float(slopes.mean()),
            "dead_units": len(dead_units(slopes)),
        }

    def on_step(self, run: Run) -> None:
        for name, before in self._weights.items():
            moved = norm(run.network.parameters[name] - before)
            self._measured[f"update_{name}"] = moved / (norm(before) or 1.0)
        self._weights = {}

    def on_epoch(self, run: Run, row: Row) -> None:
        row.update({column: self._measured[column] for column in COLUMNS})

    def state(self) -> State:
        return {**self._measured}

    def restore(self, state: State) -> None:
        self._measured = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}


def hidden_slopes(activation: Activation, Z1: np.ndarray) -> np.ndarray:
    """Return |g'(Z1)| (H, m) as a share of the largest slope that g has around 0."""
    around_zero = np.linspace(-5, 5, 101, dtype=Z1.dtype)
    return np.abs(activation.g_prime(Z1)) / np.abs(activation.g_prime(around_zero)).max()


def dead_units(slopes: np.ndarray) -> np.ndarray:
    """Return the indices of the hidden units whose `slopes` (H, m) let no gradient pass on any sample."""
    return np.flatnonzero(slopes.max(axis=1) < DEAD)
