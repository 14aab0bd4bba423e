"""Writes what the jobs work on to files, which every measurement reads (see workload.py).

The folder of a benchmark holds the images once, and a folder for each job: the job, its model or CSV file, and for each
round the initial weights, the order of the samples and the learning rates.
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np

from neural_network.data.dataset import Dataset, Samples, to_pixels
from neural_network.data.kaggle import write_csv
from neural_network.formats.onnx import export_onnx
from neural_network.support.randomness import SHUFFLE, stream
from neural_network.training.model import TwoLayerNN
from neural_network.training.schedules import SCHEDULES

from .job import CLASSES, Job
from .workload import Workload

TRAINING = ("step", "memory", "train")


def write_data(folder: Path, dataset: Dataset, images: int) -> None:
    """Write the images of `dataset` to `folder`: `images` of them to train on, some repeated where there are fewer."""
    for part, samples, count in (("train", dataset.train, images), ("test", dataset.test, None)):
        if samples:
            chosen = np.arange(count or len(samples.Y)) % len(samples.Y)
            np.save(folder / f"{part}-images.npy", samples.X.T[chosen])
            np.save(folder / f"{part}-labels.npy", samples.Y[chosen])


def write_job(folder: Path, name: str, job: Job) -> None:
    """Write what `job` needs besides the images to `folder`/`name`."""
    place, workload = folder / name, Workload(folder, name)
    place.mkdir()
    (place / "job.json").write_text(json.dumps(job.as_json()))
    rows, labels = workload.rows, workload.labels
    if job.kind in ("predict", "cold"):
        network = _make_network(job, rows.shape[1], seed=0)
        network.save(place / "model.safetensors")
        np.save(place / "image.npy", rows[:1])
        if importlib.util.find_spec("onnx"):
            export_onnx(network, place / "model.onnx")
    if job.kind == "csv":
        write_csv(place / "train.csv", Samples(rows.T, labels))
    if job.kind == "script":
        (X_test, Y_test), pixels = workload.test, (-1, 28, 28)
        np.savez(
            place / "mnist.npz",
            x_train=to_pixels(rows.T).reshape(pixels),
            y_train=labels,
            x_test=to_pixels(X_test.T).reshape(pixels),
            y_test=Y_test,
        )


def write_round(folder: Path, name: str, seed: int) -> None:
    """Write the initial weights, the order of the samples and the learning rates for the rounds of this seed."""
    workload = Workload(folder, name, seed)
    job, path = workload.job, workload.place / f"seed-{seed}.npz"
    if job.kind not in TRAINING or path.exists():
        return
    epochs, factor = -(-job.steps // job.steps_per_epoch), SCHEDULES[job.training.schedule]
    rates = [job.training.learning_rate * factor(step, job.steps) for step in range(1, job.steps + 1)]
    order = [stream(seed, SHUFFLE, epoch).permutation(job.samples) for epoch in range(1, epochs + 1)]
    if job.training.batch_size is None:
        order = []
    arrays: dict[str, Any] = dict(_make_network(job, workload.rows.shape[1], seed).parameters)
    np.savez(path, order=np.array(order), rates=np.array(rates, np.float32), **arrays)


def _make_network(job: Job, inputs: int, seed: int) -> TwoLayerNN:
    return TwoLayerNN(inputs, job.training.hidden, CLASSES, seed=seed)
