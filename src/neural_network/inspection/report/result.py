"""The results of a report: accuracies with their intervals, in total and for every class."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...functions.metrics import per_class
from ...runs.summary import EndedSummary
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
    accuracy: Share
    loss: float


def recorded_rows(summary: EndedSummary) -> list[Row]:
    """Return the metrics that the run recorded as it ended, on each part of its data, and of a mixture."""
    parts = {**summary.metrics, **{f"test: {name}": row for name, row in summary.parts.items()}}
    return [
        Row(part, share(round(row.accuracy * row.samples), row.samples), row.loss) for part, row in parts.items() if row
    ]


def evaluated_row(run: RunData, part: str) -> Row:
    """Return the metrics on the samples of the report, computed now."""
    counts = run.confusion
    return Row(part, share(np.trace(counts), counts.sum()), run.network.loss(*run.test))


@dataclass(frozen=True)
class ClassRow:
    """`recall` is the share of a class that is classified correctly, `precision` the correct share of its
    predictions."""

    name: str
    recall: Share
    precision: Share
    f1: float


def class_rows(run: RunData) -> list[ClassRow]:
    """Return a row for each class of the samples of the report."""
    counts = run.confusion
    labels, predictions = counts.sum(axis=1), counts.sum(axis=0)
    return [
        ClassRow(name, share(counts[c, c], labels[c]), share(counts[c, c], predictions[c]), row["f1"])
        for c, (name, row) in enumerate(zip(run.full_names, per_class(counts), strict=True))
    ]
