"""Callbacks that make training steadier, or know when to end it."""

import math

import numpy as np

from ..data.augment import AUGMENTATIONS, Augmentation
from ..network import Parameters
from ..support.arguments import check_count, check_fraction, check_positive
from ..support.errors import InputError
from ..support.in_place import assign
from ..support.norms import norm
from ..support.picture_format import is_deskewed
from .callback import Callback, Run, State
from .history import Row


class Augment(Callback):
    """Shows the network each image deformed, anew in every epoch (see data/augment.py).

    In the last `light_epochs` epochs the deformation is light, so that the network ends with images like the real ones.
    A network of deskewed images sees the deformed ones deskewed too.
    """

    process_safe = True

    def __init__(self, augmentation: Augmentation, light_epochs: int = 0) -> None:
        self.augmentation = augmentation
        self.light_epochs = check_count("light_epochs", light_epochs, 0)

    def on_batch(self, run: Run) -> None:
        form = run.network.picture_format
        shape = form.shape if form else None
        is_light = run.epoch > run.epochs - self.light_epochs
        augmentation = AUGMENTATIONS["light"] if is_light else self.augmentation
        run.X = augmentation.apply(run.X, run.seed, run.epoch, run.indices, shape, deskew=is_deskewed(form))


class ClipGradients(Callback):
    """Scales all gradients down together where their length exceeds `limit` (Pascanu et al. 2013)."""

    def __init__(self, limit: float) -> None:
        self.limit = check_positive("limit of clipping", limit)

    def on_gradients(self, run: Run) -> None:
        length = math.sqrt(sum(float(np.square(dθ, dtype=np.float64).sum()) for dθ in run.gradients.values()))
        if math.isinf(length):  # its square is
            length = math.hypot(*map(norm, run.gradients.values()))
        if length > self.limit:
            run.gradients = {name: dθ * (self.limit / length) for name, dθ in run.gradients.items()}


class EarlyStopping(Callback):
    """Ends the run when the validation loss is `patience` epochs past its best, and restores the best parameters."""

    process_safe = True

    def __init__(self, patience: int = 10) -> None:
        self.patience = check_count("patience", patience)

    def on_start(self, run: Run) -> None:
        self._best_loss, self._best_epoch = math.inf, 0
        self._best: Parameters = {}

    def on_epoch(self, run: Run, row: Row) -> None:
        if "validation_loss" not in row:
            raise InputError("early stopping needs validation samples: hold some out, or train without it")
        if row["validation_loss"] < self._best_loss:
            self._best_loss, self._best_epoch = row["validation_loss"], run.epoch
            self._best = _copy(run.network.parameters)
        run.stop = run.stop or run.epoch - self._best_epoch >= self.patience

    def on_end(self, run: Run) -> None:
        if self._best:
            assign(run.network.parameters, self._best)

    def state(self) -> State:
        return {"best loss": self._best_loss, "best epoch": self._best_epoch, **self._best}

    def restore(self, state: State) -> None:
        self._best = _arrays(state)
        self._best_loss, self._best_epoch = float(state["best loss"]), int(state["best epoch"])


class MovingAverage(Callback):
    """Ends the run with an exponential moving average of the parameters (Polyak and Juditsky 1992).

    After each step θ̄ := β θ̄ + (1 - β) θ. It begins at 0, which is made up for by dividing by 1 - βᵗ in the end.
    While the run goes on, the history tells of the parameters themselves.
    """

    process_safe = True

    def __init__(self, decay: float = 0.99) -> None:
        self.decay = check_fraction("decay of the moving average", decay)

    def on_start(self, run: Run) -> None:
        self._sums = {name: np.zeros_like(θ) for name, θ in run.network.parameters.items()}

    def on_step(self, run: Run) -> None:
        for name, θ in run.network.parameters.items():
            self._sums[name] += (1 - self.decay) * (θ - self._sums[name])

    def on_end(self, run: Run) -> None:
        if run.step:
            share = 1 - self.decay**run.step
            assign(run.network.parameters, {name: total / share for name, total in self._sums.items()})

    def state(self) -> State:
        return {**self._sums}

    def restore(self, state: State) -> None:
        self._sums = _arrays(state)


def _arrays(state: State) -> Parameters:
    return {name: value for name, value in state.items() if isinstance(value, np.ndarray)}


def _copy(parameters: Parameters) -> Parameters:
    return {name: θ.copy() for name, θ in parameters.items()}
