"""Ours: the public functions of this package, and a callback that holds the watch."""

import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from neural_network.data.augment import AUGMENTATIONS
from neural_network.data.kaggle import read_train_csv
from neural_network.training.callback import Callback, Run
from neural_network.training.model import TwoLayerNN
from neural_network.training.multi_seed import train_many

from ..jobs import DEFORMATION, SEGMENTS
from ..material import CLASSES, Material
from ..tasks import CHECKED, Measurement, peak_memory

OWN = ("step", "memory", "train", "many")
WARM = 0.5  # seconds
MANY = 1_000_000  # epochs: the watch ends the run


class Stopwatch(Callback):
    """Notes time and loss after each step, and ends the run so many steps after it has become warm.

    It is warm after `WARM` seconds: whoever is called to help is there by then.
    """

    def __init__(self, steps: int, warm: float = 0.0) -> None:
        self.steps, self.warm = steps, warm
        self.times: list[float] = []
        self.losses: list[float] = []

    def on_step(self, run: Run) -> None:
        self.times.append(time.perf_counter())
        self.losses.append(run.loss)
        self.steps -= self.times[-1] - self.times[0] >= self.warm
        run.stop = run.stop or self.steps <= 0


def step(material: Material) -> Measurement:
    """Time a step of training: what lies between two calls of the callback."""
    repeats = material.job.repeats
    watch = _train(material, CHECKED + (1 + SEGMENTS) * repeats, WARM)
    marks = watch.times[-1 - SEGMENTS * repeats :: repeats]
    seconds = [(after - before) / repeats for before, after in pairwise(marks)]
    return {"value": median(seconds), "check": watch.losses[:CHECKED]}


def memory(material: Material) -> Measurement:
    """Return the most memory this process has had while it trained."""
    watch = _train(material, CHECKED + material.job.repeats)
    return {"value": peak_memory(), "check": watch.losses[:CHECKED]}


def _train(material: Material, steps: int, warm: float = 0.0) -> Stopwatch:
    settings, watch = material.job.settings, Stopwatch(steps, warm)
    optimizer = settings.make_optimizer()
    material.network.train(
        material.rows.T,
        material.labels,
        epochs=MANY,
        batch_size=settings.batch_size,
        optimizer=optimizer,
        callbacks=[watch],
        progress=False,
    )
    return watch


def train(material: Material) -> Measurement:
    """Time a whole training, from arrays in memory to the last step, and see what the network is worth then."""
    settings, samples = material.job.settings, (material.rows.T, material.labels)
    warm = settings.make_network(len(samples[0]), CLASSES)
    settings.train(warm, samples, callbacks=[Stopwatch(-(-material.samples // (settings.batch_size or 1)))])
    started = time.perf_counter()
    network = settings.make_network(len(samples[0]), CLASSES)
    settings.train(network, samples, progress=False)
    seconds = time.perf_counter() - started
    rows, labels = material.test
    return {"value": seconds, "accuracy": network.evaluate(rows.T, labels), "check": []}


def many(material: Material) -> Measurement:
    """Time the training of many networks at once."""
    networks, X, Y = make_networks(material), material.rows.T, material.labels
    optimizers = [material.job.settings.make_optimizer() for _ in networks]
    started = time.perf_counter()
    train_many(networks, X, Y, epochs=material.job.repeats, optimizers=optimizers, progress=False)
    return {"value": time.perf_counter() - started, "check": judge(networks, material)}


def make_networks(material: Material) -> list[TwoLayerNN]:
    """Return the networks of a job of the kind "many": seeds 0, 1, 2, ..."""
    settings, inputs = material.job.settings, material.rows.shape[1]
    return [TwoLayerNN(inputs, settings.hidden, CLASSES, seed=seed) for seed in range(material.job.networks)]


def judge(networks: list[TwoLayerNN], material: Material) -> list[float]:
    """Return the loss of each of the networks on the first thousand samples."""
    return [network.loss(material.rows[:1000].T, material.labels[:1000]) for network in networks]


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
    X, Y = read_train_csv(path)
    return X.T, Y


COLD = """
import json, sys
import numpy as np
from neural_network import TwoLayerNN

network = TwoLayerNN.load(sys.argv[1])
print(json.dumps(network.predict_proba(np.load(sys.argv[2]).T).T.tolist()))
"""
