"""The callback of the playground: it waits while the run is paused, and records losses and frames of the time line."""

import time
from typing import Protocol

from ...training.callback import Callback, Run
from ...training.history import History, Row
from .gate import Gate
from .series import Series
from .timeline import Frame, Timeline

INTERVAL = 0.05  # seconds between frames: the slider has no use for more
SHARE = 20  # of the time, a frame may take one in so many parts


class Record(Protocol):
    """What a recorder writes to."""

    gate: Gate
    timeline: Timeline
    losses: Series
    history: History
    step: int
    epochs: int
    steps_per_epoch: int
    deadline: float


class Recorder(Callback):
    """Records a run; it must be the last callback. It changes nothing, so the run has the bits of one without it."""

    process_safe = True

    def __init__(self, record: Record, resumed: bool) -> None:
        self._record, self._resumed = record, resumed
        self._due = 0.0

    def on_start(self, run: Run) -> None:
        record = self._record
        record.steps_per_epoch = run.steps_per_epoch
        if not self._resumed:  # otherwise the rows are about to be restored
            record.timeline.add(Frame.of(run))
        record.history = run.history

    def on_batch(self, run: Run) -> None:
        self._record.gate.pass_(run.step)

    def on_step(self, run: Run) -> None:
        record = self._record
        record.losses.add(run.step, run.loss)
        now = time.monotonic()
        last = run.step >= record.gate.target or run.step == run.epochs * run.steps_per_epoch
        if now >= self._due or last:
            record.timeline.add(Frame.of(run))
            done = time.monotonic()
            self._due = done + max(INTERVAL, SHARE * (done - now))
        record.step = run.step
        if now > record.deadline:
            record.gate.pause()

    def on_epoch(self, run: Run, row: Row) -> None:
        self._record.epochs = len(run.history)


class StopAt(Callback):
    """Ends a run after a step, and keeps the frame of that step."""

    process_safe = True

    def __init__(self, step: int) -> None:
        self.step = step
        self.frame: Frame | None = None

    def on_step(self, run: Run) -> None:
        if run.step == self.step:
            self.frame = Frame.of(run)
            run.stop = True
