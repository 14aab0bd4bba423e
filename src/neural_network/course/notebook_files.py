"""An exercise as a Jupyter notebook: its page, a cell for the learner's lines, and cells for hints."""

import hashlib
from typing import Any

from .exercise import Exercise

Cell = dict[str, Any]


def notebook(exercise: Exercise) -> dict[str, Any]:
    """Return the notebook of an exercise, in the JSON of nbformat 4.5."""
    cells = [
        _markdown(f"# {exercise.number}. {exercise.title}\n\n{exercise.page}"),
        _code("%load_ext neural_network.course.notebook"),
        _markdown("Replace `...` by your own lines, and run the cell: it is checked in a process of its own."),
        _code(f"%%exercise {exercise.name}\n{exercise.stub}".rstrip()),
        _markdown("Three hints, one after the other:"),
        _code(f"%hint {exercise.name}"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.sha256(f"{exercise.name} {number}".encode()).hexdigest()[:8]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> Cell:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}
