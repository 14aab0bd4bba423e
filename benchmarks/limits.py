"""What the machine could do at best: `python -m benchmarks.limits` measures it, on as many threads as a job.

The seconds a job would need at that speed are its limit: as many as its multiplications take at the peak of matrix
multiplication, or as its arrays take to come out of memory once, whichever are more (the roofline of Williams, Waterman
and Patterson 2009). Weights and what is made of a batch are taken to be in the cache. No program can be faster.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from .jobs import Job
from .material import CLASSES
from .worker import THREADS, environment, pin

PIXELS = 784
FLOAT = 4  # bytes


class Limits(NamedTuple):
    """What was measured; the fields are also keys of a result's "machine"."""

    flops: float  # floating-point operations a second, of matrix multiplication
    bandwidth: float  # bytes read from memory a second
    start: float  # seconds of a process that imports NumPy and ends


def measure() -> Limits:
    """Measure the limits in a process of its own."""
    command = [sys.executable, "-m", __spec__.name]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return Limits(**json.loads(result.stdout))


def better(old: Limits | None, new: Limits) -> Limits:
    """Return the better of two measurements, figure by figure: what disturbs them makes them worse only."""
    if old is None:
        return new
    return Limits(max(old.flops, new.flops), max(old.bandwidth, new.bandwidth), min(old.start, new.start))


def limit(job: Job, machine: Limits, file_size: int = 0) -> float:
    """Return the seconds (of "memory": the bytes) that `job` needs at the least; `file_size`: of its CSV."""
    settings, m = job.settings, job.samples
    image = PIXELS * FLOAT
    forward = 2 * settings.hidden * (PIXELS + CLASSES)
    step = 2 * forward + 2 * settings.hidden * CLASSES  # the gradients of two layers, and the error of one
    batch = settings.batch_size or m
    if job.kind in ("step", "many"):
        steps = job.repeats if job.kind == "many" else 1
        compute, read = job.networks * steps * batch * step / machine.flops, steps * batch * image / machine.bandwidth
        return max(compute, read)
    if job.kind == "train":
        return settings.epochs * m * max(step / machine.flops, image / machine.bandwidth)
    if job.kind == "predict":
        return m * max(forward / machine.flops, image / machine.bandwidth if m > 1 else 0.0)
    if job.kind == "cold":
        return machine.start
    if job.kind == "augment":
        return 2 * m * image / machine.bandwidth  # read and written
    if job.kind == "csv":
        return (file_size + m * image) / machine.bandwidth
    return m * (image + 8)  # memory: pixels and labels


def _flops() -> float:
    size = 2048
    a = np.ones((size, size), np.float32)
    return 2 * size**3 / _best(lambda: a @ a, 8)


def _bandwidth() -> float:
    parts = np.ones((THREADS, 2**25), np.float32)  # 128 MB each, more than any cache
    with ThreadPoolExecutor(THREADS) as threads:
        return parts.nbytes / _best(lambda: list(threads.map(np.max, parts)), 8)


def _start() -> float:
    command = [sys.executable, "-c", "import numpy"]
    return _best(lambda: subprocess.run(command, check=True), 5)


def _best(work: Callable[[], object], times: int) -> float:
    """Return the seconds of the fastest of so many."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    pin()
    sys.stdout.write(json.dumps(Limits(_flops(), _bandwidth(), _start())._asdict()) + "\n")
