"""The history of a run: one row of numbers for each epoch."""

import csv
import io
import math
import os
from pathlib import Path
from typing import Any

from ..support.atomic_files import atomic_write
from ..support.errors import InputError

Row = dict[str, float]


class History:
    """A table that grows by a row each epoch. `history["loss"]` is a column, `history.rows[-1]` the newest row.

    Attributes
    ----------
    rows : list of dict
        `epoch` and `step` (counted from 1), `loss` and `accuracy` (0 to 1) on the training samples as they were
        met during the epoch, before each update; `validation_loss` and `validation_accuracy` after it, where there are
        validation samples; `seconds` since the run began.
    interrupted : bool
        Whether Ctrl-C ended the run before its last epoch.
    diverged_at : int or None
        The step in which the run diverged; the network is then worthless, even where its parameters are finite.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.interrupted = False
        self.diverged_at: int | None = None

    def __getitem__(self, column: str) -> list[float]:
        if column not in self.columns:
            raise InputError(
                f"history has no column {column!r}; its columns are {', '.join(self.columns) or 'none yet'}"
            )
        return [row[column] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of the file."""
        return list(self.rows[0]) if self.rows else []

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table as CSV. Every number reads back as the same float."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        with atomic_write(path) as file:
            file.write(text.getvalue().encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "History":
        """Read what `save` wrote. Raises InputError, naming the line, where it is not such a table."""
        history = cls()
        try:
            lines = csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8")), strict=True)
            for number, row in enumerate(lines, start=2):
                history.rows.append(_numbers(row, history.rows, f"{path}, line {number}"))
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path} is not a table of numbers: {error}") from None
        return history


def _numbers(row: dict[str, Any], before: list[Row], place: str) -> Row:
    """Return a row of the file as numbers; `epoch` counts the rows, and `step` rises from one to the next."""
    if None in row or None in row.values():  # how csv tells of what is too much, or missing
        raise InputError(f"{place} has {'more' if None in row else 'fewer'} columns than line 1 has names")
    numbers: Row = {}
    for name, text in row.items():
        try:
            numbers[name] = int(text) if text.isdigit() else float(text)
        except ValueError:
            raise InputError(f"{place}: {name} should be a number, not {text!r}") from None
    before_step = before[-1]["step"] if before and "step" in numbers else 0
    if numbers.get("epoch", len(before) + 1) != len(before) + 1:
        raise InputError(f"{place}: expected epoch {len(before) + 1}, found {numbers['epoch']}")
    if "step" in numbers and not before_step < numbers["step"] < math.inf:
        raise InputError(f"{place}: expected a step after {before_step}, found {numbers['step']}")
    return numbers
