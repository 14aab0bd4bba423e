"""The batch of a run's next step, and the optimizer as it is then, so that the step under glass is that very step."""

import copy

import numpy as np

from ...support.errors import DivergenceError, InputError
from ...training.callback import Callback, Run
from ...training.monitor import Monitor
from ...training.optimizers import Optimizer
from .training_run import TrainingRun


class CaptureBatch(Callback):
    """Keeps the batch of a step and a copy of the optimizer before it, and ends the run there."""

    process_safe = True

    def __init__(self, step: int) -> None:
        self.step = step
        self.indices: np.ndarray | None = None
        self.optimizer: Optimizer | None = None

    def on_batch(self, run: Run) -> None:
        if run.step == self.step:
            self.indices, self.optimizer = run.indices.copy(), copy.deepcopy(run.optimizer)

    def on_step(self, run: Run) -> None:
        run.stop = run.step >= self.step


def next_batch(run: TrainingRun, step: int) -> tuple[np.ndarray, Optimizer]:
    """Return which training samples step `step` + 1 of a run has, (batch,), and the optimizer that makes it.

    Raises InputError where the run ends before it, and DivergenceError where it diverges before it.
    """
    if step >= run.total:
        raise InputError(f"the run ends with step {run.total}: there is no batch after it; choose an earlier step")
    capture = CaptureBatch(step + 1)
    try:
        run.job.train(run.job.make_network(), [Monitor(), capture], run.frame_at(step).checkpoint(run.rows))
    except DivergenceError:  # in the step itself, or before it, in the validation samples
        if capture.indices is None:
            raise
    if capture.indices is None or capture.optimizer is None:
        raise InputError(f"step {step + 1} could not be computed again from step {step}")
    return capture.indices, capture.optimizer
