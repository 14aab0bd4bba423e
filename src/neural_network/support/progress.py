"""The progress bar of everything that may take more than a second; it is gone when the work is done.

It is drawn on standard error, or in Jupyter below the cell.
"""

import sys
from typing import Any

from .notebook_bar import NotebookBar, in_notebook

_shown: list["Progress"] = []  # of bars within bars, only the last is drawn


def is_wanted() -> bool:
    """Return whether somebody sees a bar: standard error is a terminal, or this is a notebook."""
    return sys.stderr.isatty() or in_notebook()


class Progress:
    """A bar that shows how much of some work is done: `with Progress("drawing", 18) as bar: ... bar.advance()`.

    Parameters
    ----------
    what : str
        The text before the bar.
    total : float or None
        How much work there is, in any unit; None if that is unknown.
    show : bool or None
        Whether to draw the bar; None draws it in a terminal and in a notebook.
    """

    def __init__(self, what: str, total: float | None = None, show: bool | None = None) -> None:
        self.show = is_wanted() if show is None else show
        self._bar: NotebookBar | _TerminalBar = (NotebookBar if in_notebook() else _TerminalBar)(what, total)

    def start(self) -> None:
        """Draw the bar, instead of one within which it starts."""
        if not self.show:
            return
        if _shown:
            _shown[-1]._bar.stop()
        _shown.append(self)
        self._bar.start()

    def advance(self, amount: float = 1) -> None:
        """Add `amount` to the work that is done."""
        if self in _shown:
            self._bar.advance(amount)

    def update(self, done: float, what: str, note: str = "") -> None:
        """Show that `done` of the work is done, with `what` before the bar and `note` after it."""
        if self in _shown:
            self._bar.update(done, what, note)

    def stop(self) -> None:
        """Remove the bar, and draw the one within which it started."""
        if self in _shown:
            self._bar.stop()
            _shown.remove(self)
            if _shown:
                _shown[-1]._bar.start()

    def __enter__(self) -> "Progress":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


class _TerminalBar:
    """The bar on standard error, drawn by Rich."""

    def __init__(self, what: str, total: float | None) -> None:
        self._what, self._total = what, total
        self._bar: Any = None

    def start(self) -> None:
        if self._bar is None:
            self._make()
        self._bar.start()

    def _make(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        what, note = (TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[note]"))
        known = (TaskProgressColumn(), note, TimeRemainingColumn()) if self._total else ()
        self._bar = Progress(what, BarColumn(), *known, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._what, total=self._total, note="")

    def advance(self, amount: float) -> None:
        self._bar.advance(self._task, amount)

    def update(self, done: float, what: str, note: str) -> None:
        self._bar.update(self._task, completed=done, description=what, note=note)

    def stop(self) -> None:
        self._bar.stop()
