"""A whole benchmark: the files of the jobs, the machine's limits, the rounds, and the result as JSON."""

import hashlib
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neural_network.data import Dataset
from neural_network.data.sources import SOURCES

from . import limits, prepare
from .job import Job
from .limits import Limits
from .machine import commit, describe
from .peer_table import OURS
from .runner import Announce, Outcome, find_peers, run_job
from .summary import summarize
from .sweep import sweeps

LABELS = "t10k-labels-idx1-ubyte"


@dataclass
class Benchmark:
    """What to measure, and what has been measured.

    Attributes
    ----------
    jobs : dict of Job
        By their names.
    peers : sequence of str
        The names of the peers.
    rounds : int
        How often each job is measured; a job may ask for more.
    against : Path or None
        Another checkout of this project to compare with.
    outcomes : dict of Outcome
        What has been measured, by the names of the jobs.
    """

    jobs: Mapping[str, Job]
    peers: Sequence[str]
    rounds: int
    against: Path | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    limits: Limits | None = None

    def measurements(self) -> int:
        """Return the largest number of measurements that there may be."""
        rounds = [max(self.rounds, job.rounds) * len(find_peers(job, self.peers)[0]) for job in self.jobs.values()]
        return sum(rounds) + max(1, sum(job.target is not None for job in self.jobs.values()))

    def run(self, dataset: Dataset, announce: Announce) -> None:
        """Measure everything on `dataset`."""
        self.machine = {**describe(), "data": dataset.name}
        if self.against:
            self.machine["against"] = commit(self.against)
        source = self.against / "src" if self.against else None
        with _folder() as folder:
            prepare.write_data(folder, dataset, max((job.samples for job in self.jobs.values()), default=1))
            for name, job in self.jobs.items():
                outcome = self.outcomes[name] = Outcome(job)
                if reason := _unsuitable(job, dataset):
                    outcome.notes.append(f"skipped: {reason}, and the data is {dataset.name}")
                    continue
                peers, outcome.notes = find_peers(job, self.peers)
                prepare.write_job(folder, name, job)
                csv = folder / name / "train.csv"
                outcome.file_size = csv.stat().st_size if csv.exists() else 0
                if job.target or not self.limits:  # repeatedly, as the machine's speed changes; once for sweeps
                    announce("the machine's limits")
                    self.limits = limits.better(self.limits, limits.measure())
                run_job(outcome, folder, name, peers, max(self.rounds, job.rounds), announce, source)

    def result(self) -> dict[str, Any]:
        """Return what has been measured so far, as JSON values."""
        varied = {_sweep_name(kind, value): (kind, value) for kind, jobs in sweeps().items() for value in jobs}
        jobs = {name: self._summary(outcome) for name, outcome in self.outcomes.items() if name not in varied}
        curves: dict[str, dict[str, dict[str, float]]] = {}
        for name, (kind, value) in varied.items():
            if name in self.outcomes:
                figures = self._summary(self.outcomes[name])
                for peer, seconds in {OURS: figures["ours"], **figures["peers"]}.items():
                    if seconds is not None:
                        curves.setdefault(kind, {}).setdefault(peer, {})[str(value)] = seconds
        machine = self.machine | (self.limits._asdict() if self.limits else {})
        return {"machine": machine, "jobs": jobs} | ({"sweeps": curves} if curves else {})

    def notes(self) -> list[str]:
        """Return the notes of all jobs."""
        notes = {
            f"{name}: {note}" for name, outcome in self.outcomes.items() for note in self._summary(outcome)["notes"]
        }
        return sorted(notes)

    def _summary(self, outcome: Outcome) -> dict[str, Any]:
        least = limits.limit(outcome.job, self.limits, outcome.file_size) if self.limits else None
        return summarize(outcome, least)


def sweep_jobs() -> dict[str, Job]:
    """Return the jobs of all sweeps, by names that `Benchmark.result` knows."""
    return {_sweep_name(kind, value): job for kind, jobs in sweeps().items() for value, job in jobs.items()}


def _sweep_name(kind: str, value: int) -> str:
    return f"{kind.replace('_', '-')}-{value}"


def _unsuitable(job: Job, dataset: Dataset) -> str:
    """Return what `job` needs that `dataset` is not; nothing if it suits."""
    if job.accuracy and not is_mnist(dataset):
        return "needs the real MNIST"
    if job.kind == "script" and (dataset.test is None or len(dataset.train.X) != 784):
        return "needs test images, and images of 28×28 pixels"
    return ""


def is_mnist(dataset: Dataset) -> bool:
    """Return whether the test labels are MNIST's, wherever they come from: the digest of their file is published."""
    if dataset.test is None:
        return False
    labels = dataset.test.Y
    content = struct.pack(">ii", 2049, len(labels)) + labels.astype("uint8").tobytes()
    digests = {name.removesuffix(".gz"): digest for name, digest in SOURCES["mnist"].digests.items()}
    return hashlib.sha256(content).hexdigest() == digests[LABELS]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mnist-nn-bench-") as folder:
        yield Path(folder)
