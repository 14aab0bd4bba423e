"""The runner: every job, round after round, ours and each peer in turn, so that whatever disturbs them disturbs all.

Results are put into the `Outcome`s as they come, so what is measured is kept when a run is broken off.
"""

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .jobs import Job
from .peers import OURS, PEERS
from .worker import environment

TIMEOUT = 1800  # seconds for one measurement

Watch = Callable[[str], None]  # told before each measurement what comes


@dataclass
class Outcome:
    """What was measured of a job: for ours and each peer a value a round, and why others have none."""

    job: Job
    file_size: int = 0  # of its CSV file, in bytes
    values: dict[str, list[float]] = field(default_factory=dict)
    accuracies: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def contestants(job: Job, peers: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return who can do `job`, ours first, and a note on each of `peers` that could if it were there."""
    able = [name for name in peers if name != OURS and job.kind in PEERS[name].kinds]
    missing = {name: PEERS[name].missing() for name in able}
    notes = [f"{name} skipped: {reason}" for name, reason in missing.items() if reason]
    return [OURS, *(name for name in able if not missing[name])], notes


def run_job(outcome: Outcome, folder: Path, name: str, who: list[str], rounds: int, watch: Watch) -> None:
    """Measure the job `name` of the benchmark in `folder`, `rounds` times A B A B, into `outcome`."""
    who = list(who)
    reference: dict[int, list[float]] = {}
    for seed in range(rounds):
        for peer in list(who):
            watch(f"{name}: {peer}, {seed + 1} of {rounds}")
            result = measure(folder, name, peer, seed if outcome.job.accuracy else 0)
            problem = result.get("skipped", "")
            if not problem and peer == OURS:
                reference[seed] = result["check"]
            elif not problem and seed in reference:
                problem = disagreement(reference[seed], result["check"], outcome.job.tolerance)
            if problem:
                outcome.notes.append(f"{peer} skipped: {problem}")
                outcome.values.pop(peer, None)
                outcome.accuracies.pop(peer, None)
                who.remove(peer)
                continue
            outcome.values.setdefault(peer, []).append(result["value"])
            if "accuracy" in result:
                outcome.accuracies.setdefault(peer, []).append(result["accuracy"])


def measure(folder: Path, job: str, peer: str, seed: int) -> dict[str, Any]:
    """Return what a worker prints, or why there is nothing, under "skipped"."""
    module = f"{__package__}.worker"
    command = [sys.executable, "-m", module, str(folder), job, peer, str(seed)]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return {"skipped": f"took more than {TIMEOUT} seconds"}
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        return {"skipped": f"failed: {last[0][:200]}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def disagreement(expected: list[float], found: list[float], tolerance: float) -> str:
    """Return in words where two lists of numbers differ by more than `tolerance`, relative above 1; nothing if not."""
    if len(expected) != len(found):
        return f"it does not compute the same: {len(found)} numbers to check, not {len(expected)}"
    for place, (a, b) in enumerate(zip(expected, found, strict=True), start=1):
        if not math.isfinite(b) or abs(a - b) > tolerance * max(1.0, abs(a)):
            return f"it does not compute the same: number {place} to check is {b:.6g}, ours {a:.6g}"
    return ""
