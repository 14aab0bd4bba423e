"""Measures a job: round after round, this package and each peer in turn, so that a disturbance affects all alike.

Results are added to an `Outcome` as they come, so that an interrupted benchmark keeps what it has measured.
"""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .job import Job
from .peer_table import AGAINST, OURS, PEERS
from .prepare import write_round
from .worker import ROOT, SOURCE, environment

TIMEOUT = 1800  # seconds for one measurement

Announce = Callable[[str], None]  # called before each measurement, with its name


@dataclass
class Outcome:
    """The measurements of a job: for this package and each peer a value a round; `notes` say why others have none."""

    job: Job
    file_size: int = 0  # of its CSV file, in bytes
    values: dict[str, list[float]] = field(default_factory=dict)
    accuracies: dict[str, list[float]] = field(default_factory=dict)
    memories: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, peer: str, result: dict[str, Any]) -> None:
        """Add a measurement."""
        for name, values in (("value", self.values), ("accuracy", self.accuracies), ("memory", self.memories)):
            if name in result:
                values.setdefault(peer, []).append(result[name])

    def exclude(self, peer: str, reason: str) -> None:
        """Remove a peer, and note why."""
        self.notes.append(f"{peer} skipped: {reason}")
        for values in (self.values, self.accuracies, self.memories):
            values.pop(peer, None)


def find_peers(job: Job, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the peers that can do `job`, ours first, and a note on each of `names` that is not installed."""
    able = [name for name in names if name != OURS and job.kind in PEERS[name].kinds]
    missing = {name: PEERS[name].missing() for name in able}
    notes = [f"{name} skipped: {reason}" for name, reason in missing.items() if reason]
    return [OURS, *(name for name in able if not missing[name])], notes


def run_job(
    outcome: Outcome,
    folder: Path,
    name: str,
    peers: Sequence[str],
    rounds: int,
    announce: Announce,
    against: Path | None = None,
) -> None:
    """Measure the job `name` of the benchmark in `folder` in several rounds, and add the results to `outcome`.

    `against` is the folder src/ of another checkout.
    """
    remaining = list(peers)
    expected: dict[int, list[float]] = {}
    for number in range(rounds):
        seed = number if outcome.job.accuracy else 0
        write_round(folder, name, seed)
        for peer in list(remaining):
            announce(f"{name}: {peer}, {number + 1} of {rounds}")
            source = against if against and peer == AGAINST else SOURCE
            result = measure(folder, name, peer, seed, source)
            problem = result.get("skipped", "")
            if not problem and peer == OURS:
                expected[seed] = result["check"]
            elif not problem and seed in expected:
                problem = find_difference(expected[seed], result["check"], outcome.job.tolerance)
            if problem:
                outcome.exclude(peer, problem)
                remaining.remove(peer)
            else:
                outcome.add(peer, result)


def measure(folder: Path, job: str, peer: str, seed: int, source: Path = SOURCE) -> dict[str, Any]:
    """Return what a worker prints, or the reason why it could not measure, under "skipped"."""
    command = [sys.executable, "-m", f"{__package__}.worker", str(folder), job, PEERS[peer].module, str(seed)]
    output: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment(source), start_new_session=True, **output) as process:
        try:
            printed, complaint = process.communicate(timeout=TIMEOUT)
        except BaseException as error:  # Ctrl-C, too, ends the worker and all that it has started
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                return {"skipped": f"took more than {TIMEOUT} seconds"}
            raise
    if process.returncode:
        last = complaint.strip().splitlines()[-1:] or [f"exit status {process.returncode}"]
        return {"skipped": f"failed: {last[0][:200]}"}
    return json.loads(printed.strip().splitlines()[-1])


def find_difference(expected: list[float], found: list[float], tolerance: float) -> str:
    """Return where two lists of numbers differ by more than `tolerance`, relative above 1, in words; "" if nowhere."""
    if len(expected) != len(found):
        return f"its results differ: {len(found)} numbers, not {len(expected)}"
    for place, (a, b) in enumerate(zip(expected, found, strict=True), start=1):
        if not math.isfinite(b) or abs(a - b) > tolerance * max(1.0, abs(a)):
            return f"its results differ: number {place} is {b:.6g}, ours is {a:.6g}"
    return ""
