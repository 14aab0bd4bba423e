"""What came out: shares that were right, each with its interval, in all and for every class."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...functions.metrics import per_class
from ...runs.folder import Summary
from ..analysis.intervals import wilson
from ..figures import RunData
from .formats import percent


class Share(NamedTuple):
    """A share `correct` / `trials`, with the ends of its 95 % interval (Wilson)."""

    correct: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.correct / max(self.trials, 1)

    @property
    def interval(self) -> str:
        return f"{100 * self.low:.2f} to {percent(self.high)}"


def share(correct: int, trials: int) -> Share:
    """Return `correct` of `trials` with their interval."""
    low, high = wilson(correct, trials)
    return Share(int(correct), int(trials), float(low), float(high))


@dataclass(frozen=True)
class Row:
    """Accuracy and mean loss, in nats, on some samples."""

    part: str
    right: Share
    loss: float


def recorded_rows(summary: Summary) -> list[Row]:
    """Return what the run itself measured as it ended: on each part of its data, and of a mixture."""
    parts = {**summary["metrics"], **{f"test: {name}": row for name, row in summary.get("parts", {}).items()}}
    return [
        Row(part, share(round(row["accuracy"] * row["samples"]), row["samples"]), row["loss"])
        for part, row in parts.items()
        if row
    ]


def measured_row(run: RunData, part: str) -> Row:
    """Return what is measured now, on the samples that the report judges by."""
    counts = run.confusion
    return Row(part, share(np.trace(counts), counts.sum()), run.network.loss(*run.test))


@dataclass(frozen=True)
class ClassRow:
    """What became of a class: `recall` is the share of it that was read as it, `precision` the share of what was read
    as it that was it."""

    name: str
    recall: Share
    precision: Share
    f1: float


def class_rows(run: RunData, names: list[str]) -> list[ClassRow]:
    """Return a row for each class of the samples that the report judges by."""
    counts = run.confusion
    of_class, read_as = counts.sum(axis=1), counts.sum(axis=0)
    return [
        ClassRow(name, share(counts[c, c], of_class[c]), share(counts[c, c], read_as[c]), row["f1"])
        for c, (name, row) in enumerate(zip(names, per_class(counts), strict=True))
    ]
