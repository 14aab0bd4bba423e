"""The course in Jupyter: `%load_ext neural_network.course.notebook`, then `%%exercise NAME` and `%hint NAME`.

A cell that begins with `%%exercise softmax` is written to the file of that exercise and graded there, by the same code
as `mnist-nn course check`. If it is right, it also runs in the notebook.
"""

from html import escape
from pathlib import Path
from typing import Any

from ..support.errors import InputError
from .catalog import find_exercise
from .verdict_text import verdict_lines
from .workspace import Workspace


class Shown:
    """Text that Jupyter shows as HTML, and a terminal as it is."""

    def __init__(self, paragraphs: list[str], color: str) -> None:
        self.paragraphs, self.color = paragraphs, color

    def __repr__(self) -> str:
        return "\n\n".join(self.paragraphs)

    def _repr_html_(self) -> str:
        inner = "".join(f'<p style="white-space: pre-wrap">{escape(each)}</p>' for each in self.paragraphs)
        return f'<div style="border-left: 4px solid {self.color}; padding-left: 1em">{inner}</div>'


def load_ipython_extension(ipython: Any) -> None:
    """Register the magics; IPython calls this for %load_ext."""

    def exercise(line: str, cell: str) -> Shown:
        try:
            chosen, workspace = find_exercise(line.strip()), Workspace(Path())
        except InputError as error:
            return Shown([str(error)], "#b00020")
        (workspace.folder / chosen.file).write_text(cell if cell.endswith("\n") else f"{cell}\n", encoding="utf-8")
        verdict = workspace.check(chosen)
        if verdict.passed:
            ipython.run_cell(cell)
        return Shown(verdict_lines(chosen, verdict, notebook=True), "#1b7f3b" if verdict.passed else "#b00020")

    def hint(line: str) -> Shown:
        try:
            chosen, workspace = find_exercise(line.strip()), Workspace(Path())
        except InputError as error:
            return Shown([str(error)], "#b00020")
        return Shown([f"Hint {i}. {text}" for i, text in enumerate(workspace.next_hint(chosen), start=1)], "#555555")

    ipython.register_magic_function(exercise, "cell", "exercise")
    ipython.register_magic_function(hint, "line", "hint")
