"""A stopwatch for steps: is a partner worth hiring, and once it is there, is it worth keeping?"""

import time
from collections import deque

import numpy as np

FIRST = 5  # steps that are timed before one is hired
LONG = 1.0  # seconds that must be left for one to be hired
WINDOW = 40  # steps that are timed to see whether one is worth it
BEARABLE = 1.0  # how long steps may take with one, as a share of what they took alone
PATIENCE = 3  # how often in a row they may take longer, before it is let go


class Stopwatch:
    """Notes when steps begin.

    Parameters
    ----------
    steps : int
        How many there will be.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._times: deque[float] = deque(maxlen=WINDOW + 1)
        self._alone, self._slow = 0.0, 0

    def note(self) -> None:
        """Note that a step begins."""
        self._times.append(time.perf_counter())

    def has_seen(self, steps: int) -> bool:
        """Return whether so many steps have been timed since the beginning, or since somebody joined."""
        return len(self._times) > steps

    def is_long(self) -> bool:
        """Return whether the steps to come will take long enough for somebody to be hired."""
        return self._median() * (self._steps - FIRST) > LONG

    def somebody_joins(self) -> None:
        """Forget the steps until now, but for how long they took."""
        self._alone = self._median()
        self._times.clear()

    def is_slower(self) -> bool:
        """Return whether steps have been slower than alone for PATIENCE windows, of which another is over now."""
        self._slow = self._slow + 1 if self._median() > BEARABLE * self._alone else 0
        self._times.clear()
        return self._slow >= PATIENCE

    def _median(self) -> float:
        """Return the median of the seconds of the last steps, WINDOW of them at most."""
        return float(np.median(np.diff(self._times)))
