"""How each kind of job is measured: the same watch and the same checks for every library.

A measurement is the median over some segments, of which each repeats the work often enough to be timed; what a library
does only once (compiling, finding its fastest kernels) is over before. It returns `value`, in seconds or bytes for one
piece of work, and `check`, numbers in which all libraries must agree since they have computed the same.
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

from .jobs import SEGMENTS
from .material import Material

CHECKED = 5  # steps whose losses are compared
Measurement = dict[str, Any]


def step(peer: ModuleType, material: Material) -> Measurement:
    """Time a step of training."""
    repeats = material.job.repeats
    losses, start = _begin(peer, material, CHECKED + (1 + SEGMENTS) * repeats)
    start(repeats)
    return {"value": median(_timed(lambda: start(repeats), repeats)), "check": losses}


def memory(peer: ModuleType, material: Material) -> Measurement:
    """Return the most memory this process has had while it trained."""
    repeats = material.job.repeats
    losses, start = _begin(peer, material, CHECKED + repeats)
    start(repeats)
    return {"value": peak_memory(), "check": losses}


def _begin(peer: ModuleType, material: Material, steps: int) -> tuple[list[float], Callable[[int], object]]:
    """Make the peer's trainer and some steps; return their losses, and a function that makes so many more."""
    batches = material.batches(steps)
    trainer = peer.Trainer(material.job.settings, material.rows, material.labels)
    trainer.begin(material.parameters)
    rates = material.rates(material.job.settings.make_optimizer().learning_rate, steps)
    done = 0

    def start(count: int) -> Sequence[float]:
        nonlocal done
        part = slice(done, done + count)
        done += count
        return trainer.train(None if batches is None else batches[part], rates[part])

    return [float(start(1)[0]) for _ in range(CHECKED)], start


def train(peer: ModuleType, material: Material) -> Measurement:
    """Time a whole training, from arrays in memory to the last step, and see what the network is worth then."""
    settings, size = material.job.settings, material.job.settings.batch_size or material.samples
    steps = -(-material.samples // size)
    rates = material.rates(settings.make_optimizer().learning_rate, steps * settings.epochs)
    rates = rates.reshape(settings.epochs, steps)
    trainer = peer.Trainer(settings, material.rows, material.labels)

    def run(epochs: int) -> None:
        trainer.begin(material.parameters)
        for epoch in range(epochs):
            order, whole = material.order(epoch + 1), material.samples // size
            trainer.train(order[: whole * size].reshape(whole, size), rates[epoch, :whole])
            if whole < steps:
                trainer.train(order[None, whole * size :], rates[epoch, whole:])

    run(1)  # so that all is compiled
    started = time.perf_counter()
    run(settings.epochs)
    seconds = time.perf_counter() - started
    rows, labels = material.test
    return {"value": seconds, "accuracy": float(np.mean(trainer.predict(rows) == labels)), "check": []}


def predict(peer: ModuleType, material: Material) -> Measurement:
    """Time the probabilities of all the job's images, from an array to an array."""
    rows, repeats = material.rows, material.job.repeats
    predictor = peer.Predictor(material.place)
    probabilities = np.asarray(predictor(rows))

    def work() -> None:
        for _ in range(repeats):
            predictor(rows)

    work()
    return {"value": median(_timed(work, repeats)), "check": probabilities[:100].ravel().tolist()}


def cold(peer: ModuleType, material: Material) -> Measurement:
    """Time a process that starts, imports, loads the model, predicts an image, prints it and ends."""
    package = __package__.rpartition(".")[0]
    files = [str(material.place / name) for name in (getattr(peer, "MODEL", "model.safetensors"), "image.npy")]
    command = [sys.executable, "-c", peer.COLD.replace("neural_network", package), *files]

    def work() -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    printed = json.loads(work())  # this one warms the disk's cache
    return {"value": median(_timed(work, 1, material.job.repeats)), "check": np.ravel(printed).tolist()}


def augment(peer: ModuleType, material: Material) -> Measurement:
    """Time the deformation of all images; deformed equally far, they differ from what they were by as much."""
    rows, deform = material.rows, peer.augment
    deform(rows, 0)
    seconds = median(_timed(lambda: deform(rows, 1), 1))
    deformed = np.asarray(deform(rows, 2))
    ink = float(rows.mean(dtype=np.float64))
    difference = float(np.abs(deformed - rows).mean(dtype=np.float64))
    return {"value": seconds, "check": [deformed.mean(dtype=np.float64) / ink, difference / ink]}


def csv(peer: ModuleType, material: Material) -> Measurement:
    """Time the way from Kaggle's train.csv to pixels in [0, 1] and labels, with the file in the disk's cache."""
    path: Path = material.place / "train.csv"
    rows, labels = peer.read_csv(path)
    weights = np.linspace(1, 2, rows.shape[1])  # so that pixels out of place show
    check = [float(np.mean(rows @ weights)), float(rows.std(dtype=np.float64)), float(labels @ np.arange(len(labels)))]
    check[2] /= len(labels) ** 2
    expected = (len(labels), 784)
    if (rows.shape, rows.dtype, labels.shape) != (expected, np.float32, expected[:1]):
        raise ValueError(f"expected float32 {expected}, not {rows.dtype} {rows.shape}")
    del rows, labels
    return {"value": median(_timed(lambda: peer.read_csv(path), 1, 2)), "check": check}


def _timed(work: Callable[[], object], repeats: int, segments: int = SEGMENTS) -> list[float]:
    """Return the seconds of one of the `repeats` that `work` makes, for each segment."""
    seconds = []
    for _ in range(segments):
        started = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - started) / repeats)
    return seconds


def peak_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: of this process alone, where getrusage includes what it was forked from
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
