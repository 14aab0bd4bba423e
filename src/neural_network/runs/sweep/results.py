"""The results of a sweep: each trial's mean and standard deviation over its seeds, and which trial is the best."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from ..settings import Settings
from .jobs import DIVERGED, DONE, Outcome


@dataclass(frozen=True)
class Spread:
    """A quantity of several networks: a value for each, and their mean and standard deviation (0 for a single one)."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return statistics.fmean(self.values)

    @property
    def std(self) -> float:
        """The standard deviation of the values, from their number minus one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else 0.0


@dataclass(frozen=True)
class Trial:
    """A setting that was tried, by its number from 1, and an outcome for each seed."""

    number: int
    settings: Settings
    outcomes: tuple[Outcome, ...]

    @property
    def status(self) -> str:
        """DONE where all seeds are done, else DIVERGED or FAILED, whichever happened first."""
        return next((each.status for each in self.outcomes if each.status != DONE), DONE)

    @property
    def accuracy(self) -> float | None:
        """The mean validation accuracy, by which trials are compared; None where a seed diverged or failed."""
        spread = self.spread("validation", "accuracy")
        return spread.mean if spread and self.status == DONE else None

    def spread(self, part: str, quantity: str) -> Spread | None:
        """Return the "accuracy" or "loss" of "train" or "validation" for the seeds that are done; None if none is."""
        metrics = [getattr(each, part) for each in self.outcomes if each.status == DONE]
        return Spread(tuple(getattr(row, quantity) for row in metrics)) if metrics else None

    @property
    def seconds(self) -> float:
        """The mean training time of a network that did not fail, NaN where there is none."""
        seconds = [each.seconds for each in self.outcomes if each.status in (DONE, DIVERGED)]
        return statistics.fmean(seconds) if seconds else float("nan")


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials, the best first: by mean validation accuracy, then loss, then number.

    Those of which a seed diverged or failed come last.
    """

    def key(trial: Trial) -> tuple[float, float, int]:
        loss = trial.spread("validation", "loss")
        accuracy = -1.0 if trial.accuracy is None else round(trial.accuracy, 9)  # the mean of equal shares is equal
        return -accuracy, loss.mean if loss else 0.0, trial.number

    return sorted(trials, key=key)
