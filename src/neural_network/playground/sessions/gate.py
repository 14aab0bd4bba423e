"""The gate of a training thread: it lets the run make its steps up to a target, and waits there."""

import threading


class Ended(Exception):
    """Ends a run whose gate was closed."""


class Gate:
    """Holds a run before the step after `target`. Playing is a target far away, pausing one that is reached."""

    def __init__(self, target: int = 0) -> None:
        self._changed = threading.Condition()
        self._target, self._reached, self._waits, self._closed = target, target, False, False
        self._last_single = 0  # the step that `advance` has asked for last

    def pass_(self, step: int) -> None:
        """Wait until `step` may be made; raises Ended once the gate is closed."""
        with self._changed:
            self._reached = step - 1
            while step > self._target and not self._closed:
                self._waits = True
                self._changed.notify_all()
                self._changed.wait()
            self._waits = False
            if self._closed:
                raise Ended

    def open_until(self, target: int) -> None:
        """Let the run make its steps up to `target`."""
        with self._changed:
            self._target = target
            self._waits = self._waits and target <= self._reached  # it is about to go on
            self._changed.notify_all()

    def reopen_until(self, target: int) -> None:
        """Let the run make again the steps up to `target` that it was once let to: `advance` counts on from there."""
        with self._changed:
            self._last_single = target
            self.open_until(target)

    def advance(self) -> None:
        """Let the run make one more step than it was let to before, a step at a time."""
        with self._changed:
            self._last_single = max(self._reached, self._last_single) + 1
            self.open_until(self._last_single)

    def pause(self) -> None:
        """Hold the run after the step under way."""
        with self._changed:
            self._target = self._last_single = self._reached

    def close(self) -> None:
        """End the run before its next step; or note that it has ended."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_for_run(self) -> None:
        """Wait until the run waits here, or has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._waits or self._closed)

    @property
    def waits(self) -> bool:
        """Whether the run waits here."""
        return self._waits

    @property
    def target(self) -> int:
        """The step up to which the run may go."""
        return self._target
