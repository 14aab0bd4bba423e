"""A run of the playground: a thread that trains, and what is known of it so far.

NumPy lets go of Python's lock in its products, so that the server answers while the thread computes. Everything that
others read is either whole (a frame, a row) or a number.
"""

import contextlib
import threading
import time
from typing import Literal

from ...network import Network, Parameters
from ...runs.settings import Settings
from ...support.error_state import own_error_state
from ...support.errors import DivergenceError, InputError
from ...support.in_place import assign
from ...training.history import History, Row
from ...training.model import TwoLayerNN
from ...training.monitor import Monitor
from .data import SessionData
from .gate import Ended, Gate
from .job import Job
from .recorder import Recorder, StopAt
from .series import Series
from .timeline import Frame, Timeline

LONGEST = 3600.0  # seconds that a run may train until it is played again
PATIENCE = 30.0  # seconds that one who asks for a coming step may wait

Status = Literal["running", "paused", "finished", "diverged", "failed"]


class TrainingRun:
    """A run that waits, before its first step, to be played.

    Attributes
    ----------
    step, epochs : int
        The last step, and the epochs that are complete.
    timeline, losses : Timeline, Series
        The frames, and the loss of each batch.
    version : int
        Grows when the run is rewound, so that what was sent of it before is void.
    last_network : TwoLayerNN
        The network that the thread trains: do not look before it has ended.
    error : str
        Why the run diverged or failed.
    offset : int
        How many steps its weights had been trained for when it began, where it is a branch of `parent`.
    """

    def __init__(self, job: Job, timeline: Timeline) -> None:
        self.job, self.timeline = job, timeline
        self.losses, self.history, self.gate = Series(), History(), Gate()
        self.step = self.epochs = self.version = 0
        self.steps_per_epoch = 1
        self.deadline = 0.0
        self.error, self._end = "", ""
        self.offset, self.parent = 0, ""
        self.last_network: TwoLayerNN
        self._final: Network | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._begin(None)

    # ------------------------------------------------------------------ what it knows

    @property
    def settings(self) -> Settings:
        """The settings of the run."""
        return self.job.settings

    @property
    def data(self) -> SessionData:
        """The samples of the run."""
        return self.job.data

    @property
    def rows(self) -> list[Row]:
        """The rows of the history that are complete."""
        return self.history.rows[: self.epochs]

    @property
    def total(self) -> int:
        """The number of the last step that the settings ask for."""
        return self.settings.epochs * self.steps_per_epoch

    @property
    def status(self) -> Status:
        """Whether it runs, waits, or has come to one of its ends."""
        match self._end:
            case "finished" | "diverged" | "failed" as end:
                return end
            case _:
                return "paused" if self.gate.waits else "running"

    def network_at(self, step: int) -> Network:
        """Return a copy of the network with the weights of a step of the time line: 0 is before the first.

        Raises InputError if the run has not made this step.
        """
        frame = self.frame_at(step)
        final = self._final
        return self._with(final.parameters if final is not None and step == self.step else frame.parameters)

    def frame_at(self, step: int) -> Frame:
        """Return the state after a step, computed again from the frame before it if it was not kept.

        Waits for a step that the run is about to make; raises InputError for one that it is not.
        """
        deadline = time.monotonic() + PATIENCE
        while self.step < step <= self.gate.target and self.status == "running" and time.monotonic() < deadline:
            time.sleep(0.02)
        if not 0 <= step <= self.step:
            raise InputError(f"step must be 0 to {self.step}, as far as the run has come, not {step}")
        frame = self.timeline.before(step)
        if frame.step == step:
            return frame
        stop = StopAt(step)
        with contextlib.suppress(DivergenceError):  # of the validation samples, which are measured after the step
            self.job.train(self.job.make_network(), [Monitor(), stop], frame.checkpoint(self.rows))
        if stop.frame is None:
            raise InputError(f"step {step} could not be computed again from step {frame.step}")
        self.timeline.add(stop.frame)
        return stop.frame

    def _with(self, parameters: Parameters) -> Network:
        network = self.job.make_network()
        assign(network.parameters, parameters)
        return network

    # ------------------------------------------------------------------ what it can be told

    def play(self, until: int | None = None) -> None:
        """Train up to step `until`, or to the end, for an hour at most."""
        self.deadline = time.monotonic() + LONGEST
        self.gate.open_until(self.total if until is None else min(until, self.total))

    def train_again(self, until: int) -> None:
        """Train up to step `until`, to which the run had come before: one step further is the step after that."""
        self.deadline = time.monotonic() + LONGEST
        self.gate.reopen_until(min(until, self.total))

    def advance(self) -> None:
        """Train one step further; several calls in a row are as many steps."""
        self.deadline = time.monotonic() + LONGEST
        self.gate.advance()

    def pause(self) -> None:
        """Wait after the step under way."""
        self.gate.pause()

    def rewind(self, step: int) -> None:
        """Go back to an earlier step and wait there; what follows is trained again, to the same bits."""
        with self._lock:
            frame = self.frame_at(step)
            self.close()
            rows = self.rows
            self.timeline, self.losses = self.timeline.until(step), self.losses.until(step)
            self.step, self.epochs, self.error, self._end, self._final = step, frame.epochs, "", "", None
            self.version += 1
            self._begin(frame, rows)

    def close(self) -> None:
        """End the thread, after the step under way."""
        self.gate.close()
        if self._thread is not None:
            self._thread.join()

    def _begin(self, frame: Frame | None, rows: list[Row] | None = None) -> None:
        self.gate = Gate(target=frame.step if frame else 0)
        self._thread = threading.Thread(target=self._train, args=(frame, rows or []), daemon=True, name="training")
        self._thread.start()
        self.gate.wait_for_run()

    @own_error_state
    def _train(self, frame: Frame | None, rows: list[Row]) -> None:
        gate = self.gate
        try:
            network = self.last_network = self.job.make_network()
            resume = frame.checkpoint(rows) if frame else None
            self.job.train(network, [Monitor(), Recorder(self, frame is not None)], resume)
            self._final, self._end = network, "finished"
        except Ended:
            pass
        except DivergenceError as error:
            self.error, self._end = str(error), "diverged"
        except Exception as error:  # of a plugin, for example: the page says so, and the server goes on
            self.error, self._end = f"{type(error).__name__}: {error}", "failed"
        finally:
            gate.close()
