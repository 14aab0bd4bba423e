"""This package, by its public functions and a callback that reads the clock.

It also measures other versions of the package: `python -m benchmarks --against CHECKOUT`.
"""

import inspect
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from neural_network import SGD, Callback, Run, TwoLayerNN
from neural_network.data import read_train_csv
from neural_network.data.augment import AUGMENTATIONS

from ..job import CHECKED, CLASSES, DEFORMATION, SEGMENTS
from ..tasks import Measurement, peak_memory
from ..workload import Workload

try:
    from neural_network.training.multi_seed import train_many
except ImportError:  # version 0.1
    from neural_network.many import train_many  # type: ignore[import-not-found, no-redef]

OWN = ("step", "memory", "train", "many")
WARM = 1.0  # seconds, in which a second process is started where one is used
ENDLESS = 1_000_000  # epochs: the timer ends the run


class Timer(Callback):
    """Notes time and loss after each step, and ends the run `steps` steps after it has lasted `warm` seconds."""

    process_safe = True

    def __init__(self, steps: int, warm: float = 0.0) -> None:
        self.steps, self.warm = steps, warm
        self.times: list[float] = []
        self.losses: list[float] = []

    def on_step(self, run: Run) -> None:
        self.times.append(time.perf_counter())
        self.losses.append(run.loss)
        self.steps -= self.times[-1] - self.times[0] >= self.warm
        run.stop = run.stop or self.steps <= 0


class Rates(Callback):
    """Sets the learning rate of each step: those that all libraries are given."""

    process_safe = True

    def __init__(self, rates: np.ndarray) -> None:
        self.rates = rates

    def on_batch(self, run: Run) -> None:
        run.optimizer.learning_rate = float(self.rates[run.step - 1])


def step(workload: Workload) -> Measurement:
    """Time a step of training: the time between two calls of the callback."""
    repeats = workload.job.repeats
    timer = Timer(workload.job.steps, WARM)
    _train(_make_network(workload), workload, timer, epochs=ENDLESS)
    marks = timer.times[-1 - SEGMENTS * repeats :: repeats]
    seconds = [(after - before) / repeats for before, after in pairwise(marks)]
    return {"value": median(seconds), "check": timer.losses[:CHECKED]}


def memory(workload: Workload) -> Measurement:
    """Return the peak memory of this process, which trains."""
    timer = Timer(workload.job.steps)
    _train(_make_network(workload), workload, timer, epochs=ENDLESS)
    return {"value": peak_memory(), "check": timer.losses[:CHECKED]}


def train(workload: Workload) -> Measurement:
    """Time a whole training, from arrays in memory to the last step, and measure the accuracy that it gives."""
    epochs, rates = workload.job.training.epochs, Rates(workload.rates)
    _train(_make_network(workload), workload, rates, Timer(workload.job.steps_per_epoch), epochs=epochs)
    network = _make_network(workload)
    started = time.perf_counter()
    _train(network, workload, rates, epochs=epochs)
    seconds = time.perf_counter() - started
    rows, labels = workload.test
    return {"value": seconds, "accuracy": network.evaluate(rows.T, labels), "check": []}


def _make_network(workload: Workload) -> TwoLayerNN:
    training, inputs = workload.job.training, workload.rows.shape[1]
    network = TwoLayerNN(inputs, training.hidden, CLASSES, label_smoothing=training.label_smoothing, seed=workload.seed)
    for name, θ in workload.parameters.items():
        getattr(network, name)[...] = θ
    return network


def _train(network: TwoLayerNN, workload: Workload, *callbacks: Callback, epochs: int) -> None:
    training = workload.job.training
    network.train(
        workload.rows.T,
        workload.labels,
        epochs,
        training.learning_rate,
        batch_size=training.batch_size,
        optimizer=training.optimizer,
        callbacks=callbacks,
        progress=False,
    )


def many(workload: Workload) -> Measurement:
    """Time the training of many networks at once."""
    networks, X, Y = make_networks(workload), workload.rows.T, workload.labels
    optimizers = [SGD(workload.job.training.learning_rate) for _ in networks]
    started = time.perf_counter()
    train_many(networks, X, Y, epochs=workload.job.repeats, optimizers=optimizers, progress=False)
    return {"value": time.perf_counter() - started, "check": losses(networks, workload)}


def make_networks(workload: Workload) -> list[TwoLayerNN]:
    """Return the networks of a job of the kind "many": those of the seeds 0, 1, 2, ..."""
    hidden, inputs = workload.job.training.hidden, workload.rows.shape[1]
    return [TwoLayerNN(inputs, hidden, CLASSES, seed=seed) for seed in range(workload.job.networks)]


def losses(networks: list[TwoLayerNN], workload: Workload) -> list[float]:
    """Return the loss of each of the networks on the first thousand samples."""
    return [network.loss(workload.rows[:1000].T, workload.labels[:1000]) for network in networks]


class Predictor:
    """`predict_proba` of a model that was loaded from its file."""

    def __init__(self, folder: Path) -> None:
        self.network = TwoLayerNN.load(folder / "model.safetensors")

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return self.network.predict_proba(rows.T).T


def augment(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return deformed images."""
    return AUGMENTATIONS[DEFORMATION].apply(rows.T, seed, 1, np.arange(len(rows))).T


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels and labels of Kaggle's train.csv."""
    uncached = {"keep": False} if "keep" in inspect.signature(read_train_csv).parameters else {}  # version 0.1
    X, Y = read_train_csv(path, **uncached)
    return X.T, Y


COLD = """
import json, sys
import numpy as np
from neural_network import TwoLayerNN

network = TwoLayerNN.load(sys.argv[1])
print(json.dumps(network.predict_proba(np.load(sys.argv[2]).T).T.tolist()))
"""
