"""The progress bar of a training run, as a callback."""

from ..support.progress import Progress
from .callback import Callback, Run
from .history import Row


class ProgressBar(Callback):
    """Shows epoch, loss, validation accuracy and the time left, and disappears at the end."""

    process_safe = True

    def on_start(self, run: Run) -> None:
        self._bar, self._figures = Progress("epoch 1", run.epochs, show=True), ""
        self._bar.start()

    def on_step(self, run: Run) -> None:
        done = run.epoch - 1 + (run.step - 1) % run.steps_per_epoch / run.steps_per_epoch
        self._bar.update(done, f"epoch {run.epoch}/{run.epochs}", self._figures)

    def on_epoch(self, run: Run, row: Row) -> None:
        self._figures = f"loss {row['loss']:.4f}"
        if "validation_accuracy" in row:
            self._figures += f"  validation {row['validation_accuracy']:.2%}"
        self._bar.update(run.epoch, f"epoch {run.epoch}/{run.epochs}", self._figures)

    def on_end(self, run: Run) -> None:
        self._bar.stop()
