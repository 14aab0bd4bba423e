"""trials.csv: a row for each trial and seed, written as soon as it is known, from which a sweep continues.

A process that is killed while it writes leaves half a line at the end of the file. It is left out when the file is
read, and so is all that is not the whole of a job: what is missing is done again.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...support.atomic_files import atomic_write
from ...support.errors import InputError, WorkError
from ..settings import Settings
from ..summary import Metrics
from .jobs import DIVERGED, DONE, FAILED, Job, Outcome
from .space import as_text

RESULTS = ("status", "epochs", "seconds", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


class TrialsFile:
    """The rows of trials.csv, each with a trial, a seed, what is varied and the results; `outcomes` by trial and seed.

    Parameters
    ----------
    path : Path
        The file; it need not exist.
    varied : sequence of str
        The names of the settings that are varied.
    samples : int, int
        How many samples the metrics of training and validation are of.
    """

    def __init__(self, path: Path, varied: Sequence[str], samples: tuple[int, int]) -> None:
        self.path, self.varied, self.samples = path, tuple(varied), samples
        self.columns = ("trial", "seed", *self.varied, *RESULTS, "error")
        self.outcomes: dict[tuple[int, int], Outcome] = {}
        self._lines: dict[tuple[int, int], list[str]] = {}
        if path.exists():
            self._read()

    def has(self, job: Job) -> bool:
        """Return whether the outcomes of all seeds of a job are known. What failed is not: it is tried again.

        Raises InputError where the file has other settings for this trial.
        """
        rows = [self._lines.get((job.trial, seed)) for seed in job.seeds]
        for row in rows:
            there = row and tuple(row[2 : 2 + len(self.varied)])
            if there and there != self._values(job.settings):
                raise InputError(f"{self.path}: trial {job.trial} has the settings {there}, not those of this sweep")
        known = [self.outcomes.get((job.trial, seed)) for seed in job.seeds]
        return all(outcome and outcome.status != FAILED for outcome in known)

    def start(self, jobs: Iterable[Job]) -> None:
        """Write the file anew, without the rows of these `jobs`, which will be done, and without half a line."""
        for job in jobs:
            for seed in job.seeds:
                self.outcomes.pop((job.trial, seed), None)
                self._lines.pop((job.trial, seed), None)
        with atomic_write(self.path) as file:
            file.write(_as_csv([self.columns, *self._lines.values()]))

    def add(self, job: Job, outcomes: Sequence[Outcome]) -> None:
        """Append the outcomes of a job, and let them reach the disk. Raises WorkError where that is not possible."""
        lines = [[str(each.trial), str(each.seed), *self._values(job.settings), *_cells(each)] for each in outcomes]
        try:
            with self.path.open("ab") as file:
                file.write(_as_csv(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise WorkError(f"cannot write {self.path}: {error.strerror or error}") from error
        for outcome, line in zip(outcomes, lines, strict=True):
            self._keep(outcome, line)

    def _keep(self, outcome: Outcome, line: list[str]) -> None:
        self.outcomes[outcome.trial, outcome.seed] = outcome
        self._lines[outcome.trial, outcome.seed] = line

    def _values(self, settings: Settings) -> tuple[str, ...]:
        return tuple(as_text(getattr(settings, name)) for name in self.varied)

    def _read(self) -> None:
        whole = self.path.read_bytes().rpartition(b"\n")[0]
        if not whole:
            return
        try:
            header, *lines = csv.reader(io.StringIO(whole.decode()), strict=True)
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{self.path} is not the table of a sweep: {error}") from None
        if tuple(header) != self.columns:
            raise InputError(f"{self.path} is the table of another sweep: its columns are {', '.join(header)}")
        for number, line in enumerate(lines, start=2):
            try:
                self._keep(self._outcome(line), line)
            except (ValueError, IndexError):
                raise InputError(
                    f"{self.path}, line {number} is damaged; remove it, and the sweep does this trial again"
                ) from None

    def _outcome(self, line: list[str]) -> Outcome:
        row = dict(zip(self.columns, line, strict=True))
        if row["status"] not in (DONE, DIVERGED, FAILED):
            raise ValueError(row["status"])
        train, validation = (
            Metrics(samples, float(row[f"{part}_accuracy"]), float(row[f"{part}_loss"]))
            if row["status"] == DONE
            else None
            for part, samples in zip(("train", "validation"), self.samples, strict=True)
        )
        numbers = int(row["trial"]), int(row["seed"]), row["status"], int(row["epochs"]), float(row["seconds"])
        return Outcome(*numbers, train, validation, row["error"])


def _cells(outcome: Outcome) -> list[str]:
    """Return the results of a row. Each number reads back as the same one."""
    parts = outcome.train, outcome.validation
    metrics = [cell for part in parts for cell in ([repr(part.loss), repr(part.accuracy)] if part else ["", ""])]
    return [outcome.status, str(outcome.epochs), f"{outcome.seconds:.3f}", *metrics, outcome.error]


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
