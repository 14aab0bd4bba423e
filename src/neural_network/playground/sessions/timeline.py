"""The time line of a run: its state after some of its steps, from which every other step can be computed again.

A frame is a checkpoint (see training/checkpoint.py), so a run continues from it to the same bits. Frames are thinned
where they become too many: every second one goes, but never the first or the newest.
"""

import bisect
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...network import Parameters
from ...training.callback import Run
from ...training.checkpoint import Checkpoint, capture
from ...training.history import Row, plain_values

HISTORY = "history"
LEAST = 3  # frames that are kept, however large


@dataclass(frozen=True)
class Frame:
    """The state of a run after `step`, all but the rows of its history, of which it had `epochs`."""

    step: int
    epochs: int
    values: dict[str, Any]
    tensors: dict[str, np.ndarray]

    @staticmethod
    def of(run: Run) -> "Frame":
        """Return a copy of the state of a run, in a place where `capture` may be called."""
        checkpoint = capture(run)
        tensors = {name: array.copy() for name, array in checkpoint.tensors.items() if name != HISTORY}
        return Frame(run.step, len(run.history), checkpoint.values, tensors)

    @property
    def parameters(self) -> Parameters:
        """The parameters by name. Do not write to them."""
        prefix = "parameters/"
        return {name.removeprefix(prefix): θ for name, θ in self.tensors.items() if name.startswith(prefix)}

    @property
    def bytes(self) -> int:
        """How much memory the arrays take."""
        return sum(array.nbytes for array in self.tensors.values())

    def checkpoint(self, rows: Sequence[Row]) -> Checkpoint:
        """Return the checkpoint of this frame, given the history of the run."""
        known = [plain_values(row) for row in rows[: self.epochs]]
        return Checkpoint(self.values, {**self.tensors, HISTORY: np.frombuffer(json.dumps(known).encode(), np.uint8)})


class Timeline:
    """Frames in order of their steps, within `budget()` bytes. Several threads may use it."""

    def __init__(self, budget: Callable[[], int]) -> None:
        self._budget = budget
        self._frames: list[Frame] = []
        self._lock = threading.Lock()

    @property
    def steps(self) -> list[int]:
        """The steps of the frames, ascending."""
        return [frame.step for frame in self._frames]

    def add(self, frame: Frame) -> None:
        """Insert a frame, and thin the others where they take too much memory."""
        with self._lock:
            place = bisect.bisect_left(self.steps, frame.step)
            if place < len(self._frames) and self._frames[place].step == frame.step:
                return
            self._frames.insert(place, frame)
            while len(self._frames) > LEAST and sum(each.bytes for each in self._frames) > self._budget():
                self._frames[1:-1] = self._frames[2:-1:2]

    def before(self, step: int) -> Frame:
        """Return the last frame that is not after `step`."""
        with self._lock:
            return self._frames[bisect.bisect_right(self.steps, step) - 1]

    def until(self, step: int) -> "Timeline":
        """Return a time line of the frames that are not after `step`."""
        timeline = Timeline(self._budget)
        with self._lock:
            timeline._frames = [frame for frame in self._frames if frame.step <= step]
        return timeline
