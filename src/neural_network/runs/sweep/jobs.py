"""The trainings of a sweep, each a piece of work that a process can do by itself.

A job names its data instead of holding them: each process reads them once, and whatever process does the job, and
however often, the result is the same. Seeds that can be stacked (see training/multi_seed.py) are one job.
"""

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...data.preprocess import format_of
from ...support.arguments import plain
from ...support.error_state import own_error_state
from ...support.errors import InputError, WorkError
from ..checkpoint_files import fingerprint
from ..settings import Settings
from ..summary import Metrics

if TYPE_CHECKING:
    from ...data import Dataset

DONE, DIVERGED, FAILED = "done", "diverged", "failed"
LONGEST_ERROR = 300  # characters


@dataclass(frozen=True)
class Source:
    """The data of a sweep: a value of --data, how many samples to hold out, and the SHA-256 of all its samples."""

    spec: str
    validation: int
    sha256: str


@dataclass(frozen=True)
class Job:
    """The training of one trial, by its number, with one or more seeds."""

    trial: int
    settings: Settings
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one trial with one seed: DONE with its metrics, DIVERGED, or FAILED with an error.

    `seconds` are those of the training; networks that are trained at once share them equally.
    """

    trial: int
    seed: int
    status: str
    epochs: int = 0
    seconds: float = math.nan
    train: Metrics | None = None
    validation: Metrics | None = None
    error: str = ""


def jobs_of(trial: int, settings: Settings, seeds: Sequence[int]) -> list[Job]:
    """Return the jobs of a trial: one for all seeds if they can be stacked, else one for each."""
    try:
        stacked = settings.can_be_stacked
    except InputError:  # of which the training will say what is wrong
        stacked = False
    groups = [tuple(seeds)] if stacked else [(seed,) for seed in seeds]
    return [Job(trial, settings, group) for group in groups]


@functools.lru_cache(maxsize=1)
def read_data(spec: str) -> "tuple[Dataset, str]":
    """Return the data set, which the process keeps in memory, and the SHA-256 of its training samples."""
    from ...data import load

    dataset = load(spec)
    arrays: list[Any] = [*dataset.train]
    return dataset, fingerprint(arrays)


@own_error_state
def do_job(job: Job, source: Source) -> list[Outcome]:
    """Train the networks of a job and return an outcome for each of its seeds; the test samples are not used.

    Whatever the settings cause is an outcome. Raises WorkError where the data are not those that the sweep began with,
    what reading them raises, and KeyboardInterrupt after Ctrl-C.
    """
    dataset, sha256 = read_data(source.spec)
    if sha256 != source.sha256:
        raise WorkError(f"--data {source.spec} is not the same for all processes: the SHA-256 of its samples differs")
    try:
        return _train(job, dataset, source.validation)
    except Exception as error:
        message = plain(" ".join(f"{type(error).__name__}: {error}".split()))[:LONGEST_ERROR]
        return [Outcome(job.trial, seed, FAILED, error=message) for seed in job.seeds]


def _train(job: Job, dataset: "Dataset", validation: int) -> list[Outcome]:
    samples, held_out = dataset.split(validation)
    if held_out is None:
        raise InputError("a sweep needs validation samples")
    started = time.perf_counter()
    networks, histories = job.settings.train_seeds(
        job.seeds, samples, held_out, dataset.classes, format_of(dataset), progress=False
    )
    seconds = (time.perf_counter() - started) / len(job.seeds)
    if any(history.interrupted for history in histories):
        raise KeyboardInterrupt
    outcomes = []
    for seed, network, history in zip(job.seeds, networks, histories, strict=True):
        outcome = Outcome(job.trial, seed, DIVERGED, len(history), seconds)
        if history.diverged_at is None:
            metrics = [Metrics.of(network, *part) for part in (samples, held_out)]
            if all(math.isfinite(part.loss) for part in metrics):
                outcome = replace(outcome, status=DONE, train=metrics[0], validation=metrics[1])
        outcomes.append(outcome)
    return outcomes
