"""The monitor: a callback that measures gradients, steps and hidden units, for the diagnosis of a run.

It measures once an epoch, at its first steps. The first row of the history thus describes the network as it started.
"""

import numpy as np

from ..functions.activations import Activation
from ..network import Parameters
from ..support.norms import norm
from .callback import Callback, Run, State
from .history import Row
from .regularizers import Dropout, MaxNorm

COLUMNS = (
    *("batch_loss", "batch_classes"),
    *("gradient_W1", "gradient_W2", "update_W1", "update_W2", "hidden_slope", "dead_units"),
)
MONITORED_SAMPLES = 100  # enough to tell a dead unit from one that is active now and then
DEAD_SLOPE = 1e-3  # a unit with less of its activation's largest slope than this, on every sample, no longer learns


class Monitor(Callback):
    """Adds to each row of the history what it measured at the first step of that epoch.

    `batch_loss`, `batch_classes`
        Loss of the epoch's first batch, before the step, and how many classes its samples have.
    `gradient_W1`, `gradient_W2`
        Euclidean norm of the gradient as the optimizer receives it.
    `update_W1`, `update_W2`
        Norm of the step, divided by that of the weights: 0.001 is usual.
    `hidden_slope`
        Mean of |g'(Z1)| over units and up to 100 samples of that batch, as a share of the largest slope of g.
    `dead_units`
        How many hidden units had no slope on any of the epoch's first 100 samples.
    `dropout`, `input_dropout`, `max_norm`
        The settings of these regularizers, only where they are used.
    """

    process_safe = True

    def on_start(self, run: Run) -> None:
        self._measured: Row = {}
        self._weights: Parameters = {}
        self._samples = 0
        self._largest_slopes = np.zeros(run.network.hidden_size)
        self._regularizers: Row = {}
        for callback in run.callbacks:
            if isinstance(callback, Dropout):
                self._regularizers |= {"dropout": callback.hidden, "input_dropout": callback.inputs}
            elif isinstance(callback, MaxNorm):
                self._regularizers["max_norm"] = callback.limit

    def on_gradients(self, run: Run) -> None:
        if (run.step - 1) % run.steps_per_epoch == 0:
            self._weights = {name: run.network.parameters[name].copy() for name in ("W1", "W2")}
            gradients = run.gradients or run.network.backward(np.asarray(run.X), run.Y)
            self._measured = {"batch_loss": run.loss, "batch_classes": int(np.count_nonzero(np.bincount(run.Y)))}
            self._measured |= {f"gradient_{name}": norm(gradients[name]) for name in ("W1", "W2")}
            self._samples = 0
        if 0 <= self._samples < MONITORED_SAMPLES:  # where batches are small, several of them
            X = np.asarray(run.X[:, : MONITORED_SAMPLES - self._samples])
            slopes = hidden_slopes(run.network.activation, run.network.forward(X).Z1)
            if self._samples == 0:
                self._measured["hidden_slope"] = float(slopes.mean())
                self._largest_slopes[:] = 0
            self._largest_slopes = np.maximum(self._largest_slopes, slopes.max(axis=1))
            self._samples += X.shape[1]

    def on_step(self, run: Run) -> None:
        for name, before in self._weights.items():
            moved = norm(run.network.parameters[name] - before)
            self._measured[f"update_{name}"] = moved / (norm(before) or 1.0)
        self._weights = {}

    def on_epoch(self, run: Run, row: Row) -> None:
        if self._samples > 0:
            self._measured["dead_units"] = int(np.count_nonzero(self._largest_slopes < DEAD_SLOPE))
        measured = {c: self._measured[c] for c in COLUMNS if c in self._measured} | self._regularizers
        first = run.history.rows[0]  # has fewer columns where an earlier version began the run
        row.update(measured if first is row else {name: measured[name] for name in measured if name in first})

    def state(self) -> State:
        return {**self._measured, "samples": self._samples, "largest_slopes": self._largest_slopes}

    def restore(self, state: State) -> None:
        self._measured = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}
        self._samples = int(self._measured.pop("samples", -1))  # -1: version 0.1.0 has measured this epoch
        self._largest_slopes = np.asarray(state.get("largest_slopes", self._largest_slopes))


def hidden_slopes(activation: Activation, Z1: np.ndarray) -> np.ndarray:
    """Return |g'(Z1)| (H, m) as a share of the largest slope that g has around 0."""
    around_zero = np.linspace(-5, 5, 101, dtype=Z1.dtype)
    return np.abs(activation.g_prime(Z1)) / np.abs(activation.g_prime(around_zero)).max()


def dead_units(slopes: np.ndarray) -> np.ndarray:
    """Return the indices of the hidden units whose `slopes` (H, m) let no gradient pass on any sample."""
    return np.flatnonzero(slopes.max(axis=1) < DEAD_SLOPE)
