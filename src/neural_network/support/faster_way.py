"""Times two ways to make the steps of a loop and takes the faster; what else runs may change which one that is."""

import math
import time

import numpy as np

WINDOW, PATIENCE = 0.1, 2  # seconds of steps timed together, and such windows in a row that may be the slower ones
REST = 1.5  # seconds after them in which the usual way is taken


class FasterWay:
    """Asked at the beginning of each step whether it should take another way than the usual one."""

    def __init__(self) -> None:
        self._is_other, self._times = False, [time.perf_counter()]  # when the steps of this window began
        self._usual, self._slow_windows, self._rest = math.inf, 0, 0.0  # seconds of a step; until when it is usual

    def is_other(self, possible: bool) -> bool:
        """Return whether to take the other way, if it is possible; it is tried again after each rest."""
        now = time.perf_counter()
        self._times.append(now)
        if now - self._times[0] >= WINDOW:
            median, self._times = float(np.median(np.diff(self._times))), [now]
            if not self._is_other:
                self._usual, self._slow_windows = median if self._rest else min(self._usual, median), 0
            else:
                self._slow_windows = self._slow_windows + 1 if median > self._usual else 0
                self._rest = now + REST if self._slow_windows == PATIENCE else self._rest
            self._is_other = possible and now > self._rest
        return self._is_other and possible
