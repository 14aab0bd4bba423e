"""A sweep: settings × seeds, trained by any number of processes, and continued from the folder where its results are.

runs/NAME/sweep.json   what the sweep is: data, settings, what is varied, and how
          trials.csv   a row for each trial and seed
          best.toml    the best setting, a recipe for `mnist-nn train --recipe`
          parallel_coordinates.png   written by `mnist-nn sweep`
"""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...support.atomic_files import write_json
from ...support.errors import InputError
from ..settings import Settings
from .jobs import Source, jobs_of
from .results import Trial
from .search import SEARCHES, Plan
from .space import Choice
from .trials_file import TrialsFile
from .workers import Workers

DEFINITION, TRIALS, BEST, FIGURE = "sweep.json", "trials.csv", "best.toml", "parallel_coordinates.png"


@dataclass(frozen=True)
class Sweep:
    """What a sweep is: the data, what is varied and how, and with how many seeds.

    `samples` are the numbers of samples to train and to validate with.
    """

    source: Source
    samples: tuple[int, int]
    plan: Plan
    search: str = "grid"
    seeds: int = 1

    def definition(self) -> dict[str, Any]:
        """Return, as JSON values, what decides the trials. Their number and that of the seeds may grow later."""
        varied = {each.name: each.values if isinstance(each, Choice) else asdict(each) for each in self.plan.space}
        data = {
            "data": self.source.spec,
            "validation": self.source.validation,
            "SHA-256 of the data": self.source.sha256,
        }
        return json.loads(
            json.dumps({**data, "settings": asdict(self.plan.base), "vary": varied, "search": self.search})
        )


class Listener:
    """What is called as a sweep proceeds; each method may be overridden, and does nothing by itself."""

    def planned(self, trainings: int, known: int) -> None:
        """Called with the number of trainings that are planned, and of those that were done earlier."""

    def trained(self, trainings: int) -> None:
        """Called with the number of trainings that have just ended."""

    def ended(self, trial: Trial) -> None:
        """Called with each trial when the last of its seeds has ended."""

    def say(self, line: str) -> None:
        """Called with what else happens."""


def take_folder(folder: Path, sweep: Sweep, overwrite: bool) -> None:
    """Make `folder` that of a sweep: a new one, or the same one, which continues.

    Raises InputError if something else is there already, and another sweep only where `overwrite` is false.
    """
    file = folder / DEFINITION
    if folder.exists() and not file.is_file() and any(folder.iterdir()):
        raise InputError(f"{folder} exists already and is not a sweep; choose another --name")
    if file.is_file() and overwrite:
        for name in (TRIALS, BEST, FIGURE):
            (folder / name).unlink(missing_ok=True)
    if overwrite or not file.is_file():
        write_json(file, sweep.definition())
        return
    try:
        before = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is damaged: {error}; replace the sweep with --overwrite") from None
    if difference := _difference(sweep.definition(), before):
        raise InputError(
            f"{folder} is another sweep: {difference}; choose another --name, or replace it with --overwrite"
        )


def _difference(now: Any, then: Any, name: str = "it") -> str:
    """Return in words the first value that differs between two JSON values; empty if none does."""
    if isinstance(now, dict) and isinstance(then, dict):
        differences = (_difference(now.get(key), then.get(key), key) for key in {**now, **then})
        return next(filter(None, differences), "")
    words = ["not set" if value is None else json.dumps(value)[:100] for value in (now, then)]
    return "" if now == then else f"{name.replace('_', '-')} is {words[0]} now, and {words[1]} there"


def remove_if_empty(folder: Path) -> None:
    """Remove the folder of a sweep that ended before the first of its results."""
    if (folder / TRIALS).is_file() and (folder / TRIALS).read_bytes().count(b"\n") > 1:
        return
    for name in (TRIALS, DEFINITION):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def run_sweep(sweep: Sweep, folder: Path, workers: Workers, listener: Listener) -> list[Trial]:
    """Train what is missing in `folder`, save each outcome as it comes, and return all trials.

    Raises
    ------
    InputError
        The files in `folder` are of another sweep.
    WorkError
        A file cannot be written, or the processes cannot be had.
    KeyboardInterrupt
        Ctrl-C: what was done is in `folder`.
    """
    file = TrialsFile(folder / TRIALS, [varied.name for varied in sweep.plan.space], sweep.samples)
    first = sweep.plan.base.seed
    seeds = range(first, first + sweep.seeds)
    trials: list[Trial] = []
    accuracies: list[float | None] = []
    for batch in SEARCHES[sweep.search](sweep.plan, accuracies):
        numbered = dict(enumerate(batch, start=len(trials) + 1))
        jobs = [job for number, settings in numbered.items() for job in jobs_of(number, settings, seeds)]
        missing = [job for job in jobs if not file.has(job)]
        file.start(missing)
        listener.planned(sum(len(job.seeds) for job in jobs), sum(len(j.seeds) for j in jobs if j not in missing))
        for job, outcomes in workers.do(missing, sweep.source, listener.say):
            file.add(job, outcomes)
            listener.trained(len(outcomes))
            known = [file.outcomes.get((job.trial, seed)) for seed in seeds]
            if all(known):
                listener.ended(Trial(job.trial, numbered[job.trial], tuple(filter(None, known))))
        for number, settings in numbered.items():
            trials.append(Trial(number, settings, tuple(file.outcomes[number, seed] for seed in seeds)))
            accuracies.append(trials[-1].accuracy)
    return trials


def check_plan(plan: Plan, search: str) -> None:
    """Raise InputError, before any training, if there can be no trials, or a value is wrong in all of its own.

    A value that is wrong only beside another one, as warm-up steps beside a constant rate, makes those trials fail.
    """
    errors: dict[tuple[str, Any], InputError | None] = {}
    for settings in next(SEARCHES[search](plan, [])):
        error = None
        try:
            Settings.from_json(asdict(settings)).check()
        except InputError as wrong:
            error = wrong
        for varied in plan.space:
            value = varied.name, getattr(settings, varied.name)
            errors[value] = error and errors.get(value, error)
    for found in filter(None, errors.values()):
        raise found
