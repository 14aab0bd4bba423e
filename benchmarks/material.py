"""What a job works on, as files: every measurement is a process of its own, and all are given the very same.

The folder of a benchmark holds the data once, and a folder for each job: what the job is, and its model or CSV file.
"""

import importlib.util
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from neural_network.data.dataset import Dataset, Samples
from neural_network.data.kaggle import write_csv
from neural_network.formats.onnx import export_onnx
from neural_network.network import Parameters
from neural_network.support.randomness import SHUFFLE, stream
from neural_network.training.model import TwoLayerNN
from neural_network.training.schedules import SCHEDULES

from .jobs import Job

CLASSES = 10
ALIGNMENT = 64  # bytes: libraries take arrays that begin at such an address without copying them


def write_data(folder: Path, dataset: Dataset, samples: int) -> None:
    """Write the images of `dataset` to `folder`: `samples` of them to train on, by repetition where there are less."""
    for part, pair, count in (("train", dataset.train, samples), ("test", dataset.test, None)):
        if pair:
            at = np.arange(count or len(pair.Y)) % len(pair.Y)
            np.save(folder / f"{part}-images.npy", pair.X.T[at])
            np.save(folder / f"{part}-labels.npy", pair.Y[at])


def write_job(folder: Path, name: str, job: Job) -> None:
    """Write what `job` needs besides the data to `folder`/`name`."""
    place = folder / name
    place.mkdir()
    (place / "job.json").write_text(json.dumps(job.as_json()))
    material = Material(folder, name)
    if job.kind in ("predict", "cold"):
        network = material.network
        network.save(place / "model.safetensors")
        np.save(place / "image.npy", material.rows[:1])
        if importlib.util.find_spec("onnx"):
            export_onnx(network, place / "model.onnx")
    if job.kind == "csv":
        write_csv(place / "train.csv", Samples(material.rows.T, material.labels))


@dataclass(frozen=True)
class Material:
    """What the job `name` of the benchmark in `folder` works on; `seed` is the round's, for trainings."""

    folder: Path
    name: str
    seed: int = 0

    @property
    def place(self) -> Path:
        """The job's own folder."""
        return self.folder / self.name

    @cached_property
    def job(self) -> Job:
        """The job; its settings have the round's seed."""
        job = Job.from_json(json.loads((self.place / "job.json").read_text()))
        return replace(job, settings=replace(job.settings, seed=self.seed))

    @cached_property
    def samples(self) -> int:
        """How many samples there are to train on: whole batches only, so that every step is the same work."""
        job = self.job
        return job.samples - (job.samples % (job.settings.batch_size or 1) if job.kind == "step" else 0)

    @cached_property
    def rows(self) -> np.ndarray:
        """The pixels (m, D), float32."""
        return read_array(self.folder / "train-images.npy", self.samples)

    @cached_property
    def labels(self) -> np.ndarray:
        """The labels (m,), int64."""
        return read_array(self.folder / "train-labels.npy", self.samples)

    @cached_property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """The pixels (m, D) and labels (m,) to test with."""
        return read_array(self.folder / "test-images.npy"), read_array(self.folder / "test-labels.npy")

    @cached_property
    def network(self) -> TwoLayerNN:
        """The network as it begins, the same for all."""
        return self.job.settings.make_network(self.rows.shape[1], CLASSES)

    @property
    def parameters(self) -> Parameters:
        """The parameters the training begins with."""
        return self.network.parameters

    def order(self, epoch: int) -> np.ndarray:
        """Return the samples' order in an epoch, counted from 1: the one that ours draws for this seed."""
        return stream(self.seed, SHUFFLE, epoch).permutation(self.samples)

    def batches(self, steps: int) -> np.ndarray | None:
        """Return the samples (steps, batch) of the first `steps` batches, or None where each is all samples."""
        size = self.job.settings.batch_size
        if not size:
            return None
        epochs = -(-steps * size // self.samples)
        order = np.concatenate([self.order(epoch) for epoch in range(1, epochs + 1)])
        return order[: steps * size].reshape(steps, size)

    def rates(self, optimizer_rate: float, steps: int) -> np.ndarray:
        """Return the learning rate of each of so many steps, float32."""
        factor = SCHEDULES[self.job.settings.schedule]
        return np.array([optimizer_rate * factor(step, steps) for step in range(1, steps + 1)], np.float32)


def read_array(path: Path, count: int | None = None) -> np.ndarray:
    """Read the first `count` entries (None: all) of a .npy file into memory once, at an aligned address."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        array = aligned((count or shape[0], *shape[1:]), dtype)
        file.readinto(array.reshape(-1).view(np.uint8).data)
    return array


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return an array of zeros that begins at an address of which every library takes it as it is."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)
