"""The runs of a session as texts for the page's address, and the way back.

    run1=data:synthetic,epochs:30,hidden:12,until:30
    run2=1@10,learning_rate:0.5,until:5

The first run has its data and its settings, those that are not the usual ones; the second began at step 10 of run 1 and
has other settings in what is named. `until` is how far a run has come.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...support.arguments import shown
from ...support.errors import InputError
from .job import Job
from .reading import changed, read_settings
from .session import MOST_RUNS, check_size
from .training_run import TrainingRun

MOST_DIGITS = 9  # of a step in an address

MakeJob = Callable[[Mapping[str, Any]], Job]


@dataclass(frozen=True)
class Plan:
    """A run that an address asks for.

    Attributes
    ----------
    job : Job
        What it trains. The weights that a branch starts with are not known yet.
    until : int
        The step up to which it is trained.
    parent : int
        The number of the run from which it branches; 0 for none.
    """

    job: Job
    until: int
    parent: int = 0


def write_run(run: TrainingRun) -> str | None:
    """Return the text of a run, without `until`; None where it began with a model from a file, which no text names."""
    job = root = run.job
    while root.parent:
        root = root.parent
    if root.start is not None and not root.model:
        return None
    words: dict[str, Any]
    if job.parent:
        before, after = asdict(job.parent.settings), asdict(job.settings)
        words = {name: value for name, value in after.items() if value != before[name]}
        return ",".join([f"{run.parent.removeprefix('run ')}@{job.step}", *_written(words)])
    words = {"data": job.data.name}
    words |= {"experiment": job.experiment_name} if job.experiment else changed(job.settings)
    return ",".join(_written(words | ({"from": job.model} if job.model else {})))


def _written(words: Mapping[str, Any]) -> list[str]:
    return [f"{name}:{'' if value is None else value}" for name, value in words.items()]


def read_runs(texts: Any, make_job: MakeJob) -> list[Plan]:
    """Return the runs that `texts` describe, by their names "run1", "run2" and so on, in this order.

    `make_job` returns the job of `data`, `experiment`, `from` and `settings`. Raises InputError, with the name of the
    text, for one that is no run, a run that branches from none before it, and more runs than a session has.
    """
    if not isinstance(texts, Mapping):
        raise InputError(f"runs should be an object, not {shown(texts)}")
    if len(texts) > MOST_RUNS:
        raise InputError(f"a session has at most {MOST_RUNS} runs, not {len(texts)}")
    plans: list[Plan] = []
    for number in range(1, len(texts) + 1):
        name = f"run{number}"
        if name not in texts:
            raise InputError(f"{name} is missing: runs are numbered from 1")
        try:
            plans.append(_read(texts[name], plans, make_job))
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    return plans


def _read(text: Any, before: list[Plan], make_job: MakeJob) -> Plan:
    if not isinstance(text, str) or not re.fullmatch(r"(\d+@\d+(,|$))?([\w-]+:[^,]*(,|$))*", text, re.ASCII):
        raise InputError(f"a run is written as 1@10,learning_rate:0.5,until:30, not {shown(text)}")
    branch = re.match(r"(\d+)@(\d+)", text)
    words = dict(word.split(":", 1) for word in text.split(",") if ":" in word)
    until = _number("until", words.pop("until", "0"))
    if branch is None:
        apart: dict[str, Any] = {name: words.pop(name) for name in ("data", "experiment", "from") if name in words}
        job = make_job({**apart, "settings": words})
        return _plan(job, until)
    parent, step = _number("the run", branch[1]), _number("the step", branch[2])
    if not 1 <= parent <= len(before):
        raise InputError(f"it must branch from a run before it, not from run {parent}")
    origin = before[parent - 1].job
    if step > (last := origin.last_step):
        raise InputError(f"run {parent} has {last:,} steps: there is no step {step:,} to branch from")
    settings = read_settings({**changed(origin.settings), **words})
    if settings.hidden != origin.settings.hidden:
        raise InputError(f"a branch has the hidden units of its run, {origin.settings.hidden}, not {settings.hidden}")
    job = Job(settings, origin.data, parent=origin, step=step)
    return _plan(job, until, parent)


def _plan(job: Job, until: int, parent: int = 0) -> Plan:
    check_size(job)
    job.check_step("until", until)
    return Plan(job, until, parent)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise InputError(f"{name} must be a whole number ≥ 0, not {shown(text)}")
    return int(text)
