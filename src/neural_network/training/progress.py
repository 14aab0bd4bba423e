"""The progress bar of a training run: a callback that draws, on standard error, with Rich."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .callback import Callback, Run
from .history import Row


class ProgressBar(Callback):
    """Shows epoch, loss, validation accuracy and the time left, and disappears at the end."""

    process_safe = True

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(stderr=True),
            transient=True,
        )

    def on_start(self, run: Run) -> None:
        self._task = self._bar.add_task("training", total=run.epochs, figures="")
        self._bar.start()

    def on_step(self, run: Run) -> None:
        done = run.epoch - 1 + (run.step - 1) % run.steps_per_epoch / run.steps_per_epoch
        self._bar.update(self._task, completed=done)

    def on_epoch(self, run: Run, row: Row) -> None:
        figures = f"loss {row['loss']:.4f}"
        if "validation_accuracy" in row:
            figures += f"  validation {row['validation_accuracy']:.2%}"
        self._bar.update(self._task, completed=run.epoch, figures=figures)

    def on_end(self, run: Run) -> None:
        self._bar.stop()
