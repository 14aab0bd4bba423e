"""How each kind of job is measured: the same clock and the same checks for every library.

A measurement is the median of some segments, each of which repeats the work often enough to be timed; what a library
does only once (compiling, choosing its fastest kernels) is over before. It returns `value`, the seconds or bytes of one
piece of work, and `check`, numbers on which all libraries must agree, since they compute the same.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import numpy as np

from .job import CHECKED, SEGMENTS
from .workload import Workload

Measurement = dict[str, Any]


def step(peer: ModuleType, workload: Workload) -> Measurement:
    """Time a step of training."""
    repeats = workload.job.repeats
    losses, train = _begin(peer, workload)
    train(repeats)
    return {"value": median(_timed(lambda: train(repeats), repeats)), "check": losses}


def memory(peer: ModuleType, workload: Workload) -> Measurement:
    """Return the peak memory of this process, which trains."""
    losses, train = _begin(peer, workload)
    train(workload.job.repeats)
    return {"value": peak_memory(), "check": losses}


def _begin(peer: ModuleType, workload: Workload) -> tuple[list[float], Callable[[int], Sequence[float]]]:
    """Make the first steps; return their losses, and a function that makes a number of further steps."""
    batches, rates = workload.batches, workload.rates
    trainer = peer.Trainer(workload.job.training, workload.rows, workload.labels)
    trainer.begin(workload.parameters)
    done = 0

    def train(count: int) -> Sequence[float]:
        nonlocal done
        part = slice(done, done + count)
        done += count
        return trainer.train(None if batches is None else batches[part], rates[part])

    return [float(train(1)[0]) for _ in range(CHECKED)], train


def train(peer: ModuleType, workload: Workload) -> Measurement:
    """Time a whole training, from arrays in memory to the last step, and measure the accuracy that it gives."""
    job = workload.job
    size, steps = job.training.batch_size or job.samples, job.steps_per_epoch
    rates, whole = workload.rates.reshape(-1, steps), job.samples // size
    trainer = peer.Trainer(job.training, workload.rows, workload.labels)

    def run(epochs: int) -> None:
        trainer.begin(workload.parameters)
        for order, rate in zip(workload.order[:epochs], rates, strict=False):
            trainer.train(order[: whole * size].reshape(whole, size), rate[:whole])
            if whole < steps:
                trainer.train(order[None, whole * size :], rate[whole:])

    run(1)  # so that all is compiled
    started = time.perf_counter()
    run(job.training.epochs)
    seconds = time.perf_counter() - started
    rows, labels = workload.test
    return {"value": seconds, "accuracy": float(np.mean(trainer.predict(rows) == labels)), "check": []}


def predict(peer: ModuleType, workload: Workload) -> Measurement:
    """Time the prediction of all the job's images, from an array of pixels to an array of probabilities."""
    rows, repeats = workload.rows, workload.job.repeats
    predictor = peer.Predictor(workload.place)
    probabilities = np.asarray(predictor(rows))

    def work() -> None:
        for _ in range(repeats):
            predictor(rows)

    work()
    return {"value": median(_timed(work, repeats)), "check": probabilities[:100].ravel().tolist()}


def cold(peer: ModuleType, workload: Workload) -> Measurement:
    """Time a process that starts, imports, loads the model, predicts an image, prints it and ends."""
    files = [str(workload.place / name) for name in (getattr(peer, "MODEL", "model.safetensors"), "image.npy")]
    command = [sys.executable, "-c", peer.COLD, *files]

    def work() -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    printed = json.loads(work())  # this one warms the disk's cache
    return {"value": median(_timed(work, 1, workload.job.repeats)), "check": np.ravel(printed).tolist()}


def augment(peer: ModuleType, workload: Workload) -> Measurement:
    """Time the deformation of all images; the check is how much ink they have then, and how far they have changed."""
    rows, deform = workload.rows, peer.augment
    deform(rows, 0)
    seconds = median(_timed(lambda: deform(rows, 1), 1))
    deformed = np.asarray(deform(rows, 2))
    ink = float(rows.mean(dtype=np.float64))
    difference = float(np.abs(deformed - rows).mean(dtype=np.float64))
    return {"value": seconds, "check": [deformed.mean(dtype=np.float64) / ink, difference / ink]}


def csv(peer: ModuleType, workload: Workload) -> Measurement:
    """Time the reading of Kaggle's train.csv, from the disk's cache to pixels in [0, 1] and labels."""
    path: Path = workload.place / "train.csv"
    rows, labels = peer.read_csv(path)
    weights = np.linspace(1, 2, rows.shape[1])  # so that the check depends on the place of each pixel
    check = [float(np.mean(rows @ weights)), float(rows.std(dtype=np.float64)), float(labels @ np.arange(len(labels)))]
    check[2] /= len(labels) ** 2
    expected = (len(labels), 784)
    if (rows.shape, rows.dtype, labels.shape) != (expected, np.float32, expected[:1]):
        raise ValueError(f"expected float32 {expected}, not {rows.dtype} {rows.shape}")
    del rows, labels
    return {"value": median(_timed(lambda: peer.read_csv(path), 1, 2)), "check": check}


def _timed(work: Callable[[], object], repeats: int, segments: int = SEGMENTS) -> list[float]:
    """Return the seconds of one of the `repeats` of the work, for each segment."""
    seconds = []
    for _ in range(segments):
        started = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - started) / repeats)
    return seconds


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: getrusage would include the process that this one was forked from
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
