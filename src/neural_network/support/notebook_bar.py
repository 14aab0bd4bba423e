"""The progress bar in a Jupyter notebook: HTML that is replaced while the cell runs. It needs no ipywidgets."""

import importlib
import sys
import time
from html import escape
from typing import Any

REDRAW = 0.15  # seconds between two drawings


def in_notebook() -> bool:
    """Return whether this is a Jupyter kernel, whose cells show HTML."""
    shell = sys.modules.get("IPython.core.getipython")
    return "ipykernel" in sys.modules and shell is not None and hasattr(shell.get_ipython(), "kernel")


class NotebookBar:
    """A bar that shows how much of `total` is done; None if that is unknown."""

    def __init__(self, what: str, total: float | None) -> None:
        self.what, self.total, self.note, self.done = what, total, "", 0.0
        self._display: Any = None
        self._drawn = self._started = 0.0

    def start(self) -> None:
        """Show the bar below the cell."""
        self._started = time.monotonic()
        self._display = _display().display(_html(self._text()), display_id=True)

    def advance(self, amount: float) -> None:
        """Add `amount` to the work that is done."""
        self._show(self.done + amount, self.what, self.note)

    def update(self, done: float, what: str, note: str) -> None:
        """Show that `done` of the work is done."""
        self._show(done, what, note)

    def stop(self) -> None:
        """Remove the bar."""
        self._display.update(_html(""))

    def _show(self, done: float, what: str, note: str) -> None:
        self.done, self.what, self.note = done, what, note
        if self._display is not None and time.monotonic() > self._drawn + REDRAW:
            self._drawn = time.monotonic()
            self._display.update(_html(self._text()))

    def _text(self) -> str:
        share = "" if not self.total else f' value="{self.done:g}" max="{self.total:g}"'
        text = f"{escape(self.what)} <progress{share}></progress> {escape(self.note)}"
        if self.total and self.done:
            left = (time.monotonic() - self._started) * (self.total / self.done - 1)
            text += f" {max(0, round(left))} s left"
        return f"<div>{text}</div>"


def _display() -> Any:
    return importlib.import_module("IPython.display")


def _html(text: str) -> Any:
    return _display().HTML(text)
