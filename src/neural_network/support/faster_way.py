"""Times two ways to make the steps of a loop and takes the faster; what else runs may change which one that is."""

import contextlib
import math
import time
from pathlib import Path

import numpy as np

from . import threads

WINDOW = 0.1  # seconds of steps timed together
REST = 0.4  # seconds of the usual way after a window in which the other was slower; twice as many each time


def has_free_processor() -> bool:
    """Return whether another processor is free now, as Linux counts what runs; True where that is not known."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0]) < threads.size()
    return True


class FasterWay:
    """Asked at the beginning of each step whether it should take another way, which needs one more processor.

    `is_free` says whether there was one at the end of the last window; the other way is begun only then.
    """

    def __init__(self) -> None:
        self._is_other, self.is_free = False, False
        self._times = [time.perf_counter()]  # when the steps of this window began
        self._usual = math.inf  # seconds of a step
        self._rest, self._next_rest = 0.0, REST  # until when it is the usual way; for how long the next time

    def is_other(self, possible: bool) -> bool:
        """Return whether to take the other way, if it is possible; it is tried again after each rest."""
        now = time.perf_counter()
        self._times.append(now)
        if now - self._times[0] >= WINDOW:
            median, self._times = float(np.median(np.diff(self._times))), [now]
            self.is_free = has_free_processor()
            if not self._is_other:
                self._usual = median if self._rest else min(self._usual, median)
            elif median <= self._usual:
                self._next_rest = REST
            else:
                self._rest, self._next_rest = now + self._next_rest, 2 * self._next_rest
            self._is_other = possible and now > self._rest and (self._is_other or self.is_free)
        return self._is_other and possible
