"""A session: what one tab trains. It has a run, and branches of it; one of them is in view."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ...network import Network
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.history import History
from .data import SessionData
from .job import Job
from .timeline import Timeline
from .training_run import TrainingRun

MOST_RUNS = 6  # of a session
LARGEST = 2**21  # parameters of a network
MOST_EPOCHS = 10_000


@dataclass
class Restoring:
    """How far the runs of an address have been trained again: the `number` of the run under way, of `count`.

    Once it `is_over`, `problem` says why it ended early, if anything is wrong.
    """

    count: int
    number: int = 1
    is_over: bool = False
    problem: str = ""


class Session:
    """The runs of a tab. `run` is the one in view; the other attributes are those of that run.

    Attributes
    ----------
    key : str
        The secret that the requests of the tab carry.
    used : float
        When the last request came, by `time.monotonic`.
    restoring : Restoring or None
        How far the runs of the page's address have been trained again, where it had several.
    """

    def __init__(self, key: str, job: Job, budget: Callable[[], int]) -> None:
        self.key, self.used = key, time.monotonic()
        self._budget = budget
        self._lock = threading.Lock()
        self._names = 0
        self.runs: dict[str, TrainingRun] = {}
        self.version = 0
        self.name = ""
        self.restoring: Restoring | None = None
        self.start(job)

    @property
    def run(self) -> TrainingRun:
        """The run in view."""
        return self.runs[self.name]

    @property
    def dataset(self) -> SessionData:
        """The samples of the run in view: `train`, `validation` and `test`."""
        return self.run.data

    @property
    def settings(self) -> Settings:
        """The settings of the run in view."""
        return self.run.settings

    @property
    def history(self) -> History:
        """The history of the run in view; read `run.rows` while it trains."""
        return self.run.history

    def network_at(self, step: int | None = None) -> Network:
        """Return a copy of the network of the run in view after a step, by default the newest."""
        run = self.run
        return run.network_at(run.step if step is None else step)

    def start(self, job: Job) -> None:
        """Replace all runs by a new one, which waits before its first step."""
        check_size(job)
        with self._lock:
            run = TrainingRun(job, Timeline(self._budget))
            old, self.runs, self._names = list(self.runs.values()), {}, 0
            self.restoring = None
            self._add(run)
        for each in old:
            each.close()

    def add(self, job: Job) -> None:
        """Add a run beside the others."""
        self._check_room()
        check_size(job)
        with self._lock:
            self._add(TrainingRun(job, Timeline(self._budget)))

    def branch(self, step: int, settings: Settings) -> None:
        """Add a run that begins with the weights of a step of the run in view, and has other settings.

        Its optimizer starts afresh, as after `mnist-nn train --from`.
        """
        self._check_room()
        parent = self.run
        job = Job(settings, parent.data, parent.frame_at(step).parameters, parent=parent.job, step=step)
        check_size(job)
        with self._lock:
            run = TrainingRun(job, Timeline(self._budget))
            run.offset, run.parent = step + parent.offset, self.name
            self._add(run)

    def choose(self, name: str) -> None:
        """Bring another run into view."""
        if name not in self.runs:
            raise InputError(f"run must be one of {', '.join(self.runs)}, not {name!r}")
        self.name = name
        self.version += 1

    def _add(self, run: TrainingRun) -> None:
        self._names += 1
        name = f"run {self._names}"
        self.runs = {**self.runs, name: run}  # a new dictionary, which others may be going through
        self.name = name
        self.version += 1

    def _check_room(self) -> None:
        if len(self.runs) >= MOST_RUNS:
            raise InputError(f"a session has at most {MOST_RUNS} runs; start a new one")

    def close(self) -> None:
        """End all runs."""
        self.restoring = None
        for run in self.runs.values():
            run.close()


def check_size(job: Job) -> None:
    """Raise InputError if a job is larger than a page should start by a click."""
    settings = job.settings
    parameters = settings.hidden * (len(job.data.train.X) + len(job.data.classes) + 1)
    if parameters > LARGEST:
        raise InputError(f"the playground trains up to {LARGEST:,} parameters, not {parameters:,}: fewer hidden units")
    if settings.epochs > MOST_EPOCHS:
        raise InputError(f"epochs must be at most {MOST_EPOCHS:,} in the playground, not {settings.epochs:,}")
    settings.check()
