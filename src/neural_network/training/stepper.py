"""A step of training in one process: gather a batch, compute its gradients, let the optimizer move the parameters."""

import copy
import math
from collections.abc import Callable
from functools import partial

import numpy as np

from ..network import Network, Parameters
from ..support.byte_pixels import Inputs, Pixels
from .blockwise import LARGE, compute_blockwise, compute_bytes, is_mean_of_blocks
from .byte_inputs import ByteInputs, pack
from .callback import Callback, Run, is_process_safe
from .gradients import Result, compute
from .optimizers import SGD
from .trial import agrees


class Stepper:
    """Makes the steps of a run."""

    def __init__(self) -> None:
        self._is_mean: bool | None = None  # of the gradients of its blocks, in large batches; unknown before the first
        self._full: Inputs | None = None  # the batch of every step, if there is just one
        self._bytes: ByteInputs | None = None  # the same as bytes

    def gather(self, X: Inputs, indices: np.ndarray) -> np.ndarray:
        """Return the batch (D, m) of the samples `indices` (m,) of `X` (D, all)."""
        return X[:, indices] if isinstance(X, Pixels) else X.T.take(indices, axis=0).T

    def compute(self, run: Run) -> Result:
        """Return loss, correct predictions and gradients of the run's batch."""
        network, X, options = run.network, run.X, (run.Y, run.mask, run.weights)
        if len(run.Y) >= LARGE and self._is_mean is None:
            self._is_mean = is_mean_of_blocks(network, X, *options)
            if self._is_mean and run.steps_per_epoch == 1 and all(map(_keeps_batch, run.callbacks)):
                self._full, self._bytes = X, pack(X)
        if len(run.Y) < LARGE or not self._is_mean:
            return compute(network, np.asarray(X), *options)
        if self._bytes and X is self._full:
            return compute_bytes(network, self._bytes, *options)
        return compute_blockwise(network, X, *options)

    def step(self, run: Run) -> None:
        """Let the optimizer move the parameters; raises FloatingPointError where one is no longer finite."""
        run.optimizer.step(run.network.parameters, run.gradients)
        check_finite(run.network.parameters)

    def close(self) -> None:
        """End what belongs to the steps."""


def is_plain(run: Run, make: Callable[[Run], Stepper]) -> bool:
    """Return whether another stepper makes the steps that network.py and the run's optimizer make.

    Compared are a step of plain gradient descent, which shows the gradients as they are, and one of the optimizer.
    """

    def steps(network: Network, make: Callable[[Run], Stepper]) -> list[Result]:
        results = [compute(network, np.asarray(run.X), run.Y)]
        for optimizer in (SGD(1.0), copy.deepcopy(run.optimizer)):
            trial = copy.copy(run)
            trial.network, trial.optimizer = copy.deepcopy(network), optimizer
            stepper = make(trial)
            result = stepper.compute(trial)
            trial.gradients = result.gradients
            stepper.step(trial)
            results.append(result._replace(gradients=trial.network.parameters))
        return results

    return agrees(run.network, partial(steps, make=make), partial(steps, make=lambda trial: Stepper()))


def _keeps_batch(callback: Callback) -> bool:
    """Return whether a callback leaves the numbers in the batch's array as they are."""
    return is_process_safe(callback) or type(callback).on_batch is Callback.on_batch


def check_finite(parameters: Parameters) -> None:
    """Raise FloatingPointError, with the name, where an array holds infinite or NaN values."""
    for name, θ in parameters.items():
        # The sum of squares is finite for all parameters but enormous ones, which are looked at one by one.
        if not (math.isfinite(np.vdot(θ, θ)) or np.isfinite(θ).all()):
            raise FloatingPointError(f"{name} holds infinite or NaN values")
