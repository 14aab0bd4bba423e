"""Callbacks: how a run is watched and changed without touching the loop.

The training loop tells its callbacks what it is about to do and what it did, and hands them the run itself. A callback
that swaps `run.X` augments, one that scales `run.gradients` clips, and one that sets `run.stop` ends the training.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias, TypeVar

import numpy as np

from ..network import Network, Parameters
from ..support.byte_pixels import Inputs
from ..support.registry import Registry
from .history import History, Row
from .optimizers import Optimizer

State: TypeAlias = dict[str, float | np.ndarray]


@dataclass
class Run:
    """The state of a training run, as the callbacks see it.

    Attributes
    ----------
    network, optimizer, history
        What is trained, what moves it, and what has been recorded.
    epochs, steps_per_epoch : int
        How long the run will be.
    seed : int
        The seed of the run's random streams.
    epoch, step : int
        Where it is; both count from 1, and steps go on over the epochs.
    loss_sum, correct, samples_seen : float, int, int
        Sums over the batches of this epoch: of the samples' losses, of those that were right, and of all of them.
    stop : bool
        Set to True to end the run after this step.
    interrupt : bool
        Whether Ctrl-C was pressed, which ends the run after a step.
    callbacks : sequence of Callback
        All that are called, in their order.
    started : float
        When the run began, by `time.perf_counter`.
    indices : array (batch,)
        Which of the training samples are in the batch.
    X, Y : arrays (D, batch), (batch,)
        The batch. In full batches `X` may be Pixels, if all callbacks are `process_safe`.
    mask, weights : array (H, batch), array (batch,), or None
        What the hidden activations are multiplied by (dropout), and how much each sample counts; None is neither.
    loss : float
        The batch's loss, before the update, in nats.
    gradients : dict of arrays
        What `backward` gave; empty where two processes have half of them each (see `Callback.process_safe`).
    """

    network: Network
    optimizer: Optimizer
    history: History
    epochs: int
    steps_per_epoch: int
    seed: int
    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    samples_seen: int = 0
    stop: bool = False
    interrupt: bool = False
    callbacks: "Sequence[Callback]" = ()
    started: float = 0.0
    indices: np.ndarray = field(init=False)
    X: Inputs = field(init=False)
    Y: np.ndarray = field(init=False)
    mask: np.ndarray | None = None
    weights: np.ndarray | None = None
    loss: float = field(init=False, default=math.nan)
    gradients: Parameters = field(init=False)


class Callback:
    """Does nothing at every stage of a run; override the stages of interest.

    Attributes
    ----------
    process_safe : bool
        A class sets it to True to say that it changes nothing but `stop`, the batch (by other arrays of the same
        shapes and dtypes) and, before the gradients are computed, the learning rate; that it can do without
        `run.gradients`, which are then empty; and that it does not fork. Large networks may then be trained by two
        processes (see two_process); otherwise each callback sees and may change everything. Subclasses do not inherit
        it, since they may do more.
    """

    process_safe: ClassVar[bool] = False

    def on_start(self, run: Run) -> None:
        """Called once, before the first step."""

    def on_batch(self, run: Run) -> None:
        """Called with a new batch in `run.X` and `run.Y`, before the forward pass."""

    def on_gradients(self, run: Run) -> None:
        """Called with fresh `run.gradients`, before the update."""

    def on_step(self, run: Run) -> None:
        """Called after each update."""

    def on_epoch(self, run: Run, row: Row) -> None:
        """Called after each epoch with its row of the history, which may be added to."""

    def on_end(self, run: Run) -> None:
        """Called once at the end, even when the run was interrupted or failed."""

    def state(self) -> State:
        """Return what it keeps from one stage to the next: numbers and arrays, by name, that a checkpoint holds."""
        return {}

    def restore(self, state: State) -> None:
        """Take up what `state` returned, in a run that is resumed; called after `on_start`."""


def is_process_safe(callback: Callback) -> bool:
    """Return whether the class of a callback, and not just one that it is derived from, says `process_safe`."""
    return bool(vars(type(callback)).get("process_safe", False))


CALLBACKS: Registry[type[Callback]] = Registry("callback")

AnyCallback = TypeVar("AnyCallback", bound=type[Callback])


def register_callback(name: str) -> Callable[[AnyCallback], AnyCallback]:
    """Decorate a callback's class, whose arguments have defaults, to make it known under `name` to the command."""

    def register(callback: AnyCallback) -> AnyCallback:
        CALLBACKS.register(name, callback)
        return callback

    return register
