"""What `mnist-nn train` is about to do: the settings of a run, and the data that it learns from."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...network import Network
from ...runs.settings import Settings
from ...runs.summary import check_recordable
from ...support.errors import InputError
from ...training.schedules import cosine
from .. import terminal
from .fine_tune import fit_dataset

if TYPE_CHECKING:
    from ...data import Dataset, Samples


@dataclass(frozen=True)
class Task:
    """Settings and data of a run: `data` is its option --data, and `validation` the number of samples held out."""

    settings: Settings
    data: str
    dataset: "Dataset"
    validation: int

    @property
    def spec(self) -> str:
        """The option --data that finds the same data again, whatever `auto` may find by then."""
        from ...data.catalog import found_by

        return found_by(self.data, self.dataset)

    @property
    def samples(self) -> "tuple[Samples, Samples | None]":
        """The samples to train on, and those that are held out."""
        return self.dataset.split(self.validation)

    @property
    def parts(self) -> "dict[str, Samples | None]":
        """The samples that the run is measured on, by the names of the parts."""
        train, held_out = self.samples
        return {"train": train, "validation": held_out, "test": self.dataset.test}


def read_task(settings: Settings, data: str, validation: int | None, start: Network | None) -> Task:
    """Return the task, with the labels of the network that training starts with, and print notes on the data.

    Raises InputError where data and settings do not go together, and what `load` raises.
    """
    from ...data import load
    from ...data.sample_checks import dataset_warnings

    if settings.early_stopping and validation == 0:
        raise InputError("--early-stopping needs validation samples, but --validation is 0")
    with terminal.busy("reading the data"):
        dataset = fit_dataset(load(data, start.picture_format), start) if start else load(data)
    task = Task(settings, data, dataset, _held_out(validation, len(dataset.train.Y)))
    if settings.warmup_steps:  # the schedule refuses too many, here before anything is printed
        samples = len(task.samples[0].Y)
        steps = settings.epochs * math.ceil(samples / (settings.batch_size or samples))
        cosine(1, steps, warmup_steps=settings.warmup_steps)
    for note in filter(None, [dataset.note, *dataset_warnings(dataset)]):
        terminal.note(note)
    check_recordable(settings, dataset, task.spec, task.validation)
    return task


def _held_out(validation: int | None, count: int) -> int:
    """Return how many of `count` training samples to hold out: `validation`, or the usual number for None."""
    from ...data.dataset import usual_validation

    if validation is None:
        return usual_validation(count)
    if validation >= count:
        raise InputError(f"--validation must leave some of the {count} training samples, but is {validation}")
    return validation
