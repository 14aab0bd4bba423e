"""The history of a training run: one row of numbers for each epoch."""

import csv
import io
import math
import numbers
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..support.arguments import plain
from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from ..support.html import html_curves, html_table

Row = dict[str, float]

REQUIRED = ("epoch", "step", "loss", "accuracy", "seconds")  # a row in which one of these is no number is damaged
FORMER_NAMES = {"silent_units": "dead_units"}  # columns that version 0.1.0 called otherwise
SHOWN = 4  # rows of the beginning and of the end that a notebook shows
LONGEST_TEXT = 1000  # characters in a cell; the csv module reads 131,072


class History:
    """A table with one row for each epoch. `history["loss"]` is a column, `history.rows[-1]` the newest row.

    Attributes
    ----------
    rows : list of dict
        `epoch` and `step`, counted from 1; `loss` and `accuracy` (0 to 1) on the training samples, each measured
        before its batch's update; `validation_loss` and `validation_accuracy` after the epoch, if there are validation
        samples; `seconds` since the run began. Callbacks may add columns.
    interrupted : bool
        Whether Ctrl-C ended the run before its last epoch.
    diverged_at : int or None
        The step in which the run diverged. The network is then worthless, even if its parameters are finite.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.interrupted = False
        self.diverged_at: int | None = None

    def __getitem__(self, column: str) -> list[float]:
        """Return a column: a number for each row, NaN where the row has none."""
        if column not in self.columns:
            raise InputError(
                f"history has no column {column!r}; its columns are {', '.join(self.columns) or 'none yet'}"
            )
        values = [row.get(column, math.nan) for row in self.rows]
        return [value if isinstance(value, numbers.Real) else math.nan for value in values]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> list[str]:
        """The names of all columns, in order of appearance."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def _repr_html_(self) -> str:
        """Show the loss as a curve, and the first and the last rows, in a notebook."""
        losses: dict[str, list[float]] = {
            name: self[name] for name in ("loss", "validation_loss") if name in self.columns
        }
        few = self.rows if len(self) <= 2 * SHOWN else [*self.rows[:SHOWN], {}, *self.rows[-SHOWN:]]
        rows = [[_short(row.get(name, "" if row else "…")) for name in self.columns] for row in few]
        end = ", interrupted" if self.interrupted else ""
        end += "" if self.diverged_at is None else f", diverged at step {self.diverged_at:,}"
        return f"<p>{len(self):,} epochs{end}</p>{html_curves(losses)}{html_table(self.columns, rows)}"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table as CSV. Every number reads back as the same float; a missing value is an empty cell."""
        rows = [plain_values(row) for row in self.rows]
        text = io.StringIO()
        writer = csv.DictWriter(text, [plain(str(name)) for name in self.columns], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        with atomic_write(path, check=type(self).load) as file:
            file.write(text.getvalue().encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "History":
        """Read what `save` wrote, leaving out cells of callbacks' columns that are not numbers.

        Raises InputError, naming the line, if the file is not such a table.
        """
        history = cls()
        try:
            lines = csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8")), strict=True)
            for number, row in enumerate(lines, start=2):
                history.rows.append(_numbers(row, history.rows, f"{path}, line {number}"))
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path} is not a table of numbers: {error}") from None
        return history


def _short(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def plain_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row in which every value is one that CSV and JSON can hold: a Python number, text or None.

    Callbacks may put anything into a row. That must not keep a run from being saved.
    """
    return {plain(str(name)): _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> float | str | None:
    if isinstance(value, np.ndarray | np.generic) and value.size == 1:
        value = value.item()
    if value is None:
        return None
    if isinstance(value, numbers.Integral) and -(2**63) < int(value) < 2**63:
        return int(value)
    if isinstance(value, numbers.Real):
        return _float(value)
    return plain(str(value))[:LONGEST_TEXT]


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _numbers(row: dict[str, Any], before: list[Row], place: str) -> Row:
    """Return a row of the file as numbers, or raise InputError: `epoch` counts the rows, and `step` must rise."""
    if None in row or None in row.values():  # how csv reports too many cells, or too few
        raise InputError(f"{place} has {'more' if None in row else 'fewer'} columns than line 1 has names")
    found: Row = {}
    for name, text in row.items():
        try:
            found[FORMER_NAMES.get(name, name)] = int(text) if text.isdigit() else float(text)
        except ValueError:
            if name in REQUIRED:
                raise InputError(f"{place}: {name} should be a number, not {text!r}") from None
    before_step = before[-1]["step"] if before and "step" in found else 0
    if found.get("epoch", len(before) + 1) != len(before) + 1:
        raise InputError(f"{place}: expected epoch {len(before) + 1}, found {found['epoch']}")
    if "step" in found and not before_step < found["step"] < math.inf:
        raise InputError(f"{place}: expected a step after {before_step}, found {found['step']}")
    return found
