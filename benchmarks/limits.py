"""The machine's limits: `python -m benchmarks.limits` measures them, on as many threads as a job has.

A job's limit is the time that its multiplications take at the peak of matrix multiplication, or the time to read its
arrays from memory once, whichever is longer (the roofline of Williams, Waterman and Patterson 2009). Weights, and what
is computed of a batch, are assumed to be in the cache. No program can be faster.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from .job import CLASSES, Job
from .worker import ROOT, THREADS, environment, pin

PIXELS = 784
FLOAT = 4  # bytes


class Limits(NamedTuple):
    """Peak speeds; the fields are also keys of a result's "machine"."""

    flops: float  # floating-point operations a second, of matrix multiplication
    bandwidth: float  # bytes read from memory a second
    start: float  # seconds of a process that only imports NumPy


def measure() -> Limits:
    """Measure the limits in a process of its own."""
    command = [sys.executable, "-m", __spec__.name]
    result = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return Limits(**json.loads(result.stdout))


def better(old: Limits | None, new: Limits) -> Limits:
    """Return the better of two measurements, figure by figure: other programs only make them worse."""
    if old is None:
        return new
    return Limits(max(old.flops, new.flops), max(old.bandwidth, new.bandwidth), min(old.start, new.start))


def limit(job: Job, machine: Limits, file_size: int = 0) -> float:
    """Return the least seconds (for "memory": bytes) that `job` can take; `file_size` is that of its CSV file."""
    training, m = job.training, job.images
    image = PIXELS * FLOAT
    forward = 2 * training.hidden * (PIXELS + CLASSES)
    step = 2 * forward + 2 * training.hidden * CLASSES  # the gradients of two layers, and the error of one
    batch = training.batch_size or m
    if job.kind in ("step", "many"):
        steps = job.repeats if job.kind == "many" else 1
        compute, read = job.networks * steps * batch * step / machine.flops, steps * batch * image / machine.bandwidth
        return max(compute, read)
    if job.kind in ("train", "script"):
        start = machine.start if job.kind == "script" else 0.0
        return start + training.epochs * m * max(step / machine.flops, image / machine.bandwidth)
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
    """Return the seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    pin()
    sys.stdout.write(json.dumps(Limits(_flops(), _bandwidth(), _start())._asdict()) + "\n")
