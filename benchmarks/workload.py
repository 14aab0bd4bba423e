"""What a measurement works on, read from the files that prepare.py wrote: the same for this package and all peers."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .job import Job

ALIGNMENT = 64  # bytes: libraries take arrays that begin at such an address without copying them


@dataclass(frozen=True)
class Workload:
    """What job `name` of the benchmark in `folder` works on in the round of this `seed`."""

    folder: Path
    name: str
    seed: int = 0

    @property
    def place(self) -> Path:
        """The job's own folder."""
        return self.folder / self.name

    @cached_property
    def job(self) -> Job:
        """The job."""
        return Job.from_json(json.loads((self.place / "job.json").read_text()))

    @cached_property
    def rows(self) -> np.ndarray:
        """The pixels (m, D) of the training images, float32."""
        return read_array(self.folder / "train-images.npy", self.job.samples)

    @cached_property
    def labels(self) -> np.ndarray:
        """The labels (m,) of the training images, int64."""
        return read_array(self.folder / "train-labels.npy", self.job.samples)

    @cached_property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """The pixels (m, D) and labels (m,) of the test images."""
        return read_array(self.folder / "test-images.npy"), read_array(self.folder / "test-labels.npy")

    @cached_property
    def _round(self) -> dict[str, np.ndarray]:
        with np.load(self.place / f"seed-{self.seed}.npz") as arrays:
            return dict(arrays)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The initial W1 (H, D), b1 (H, 1), W2 (C, H) and b2 (C, 1)."""
        return {name: self._round[name] for name in ("W1", "b1", "W2", "b2")}

    @property
    def order(self) -> np.ndarray:
        """The order of the samples in each epoch, (epochs, m)."""
        return self._round["order"]

    @property
    def rates(self) -> np.ndarray:
        """The learning rate of each step, float32."""
        return self._round["rates"]

    @property
    def batches(self) -> np.ndarray | None:
        """The samples (steps, batch) of each step, or None where each step takes all samples."""
        size = self.job.training.batch_size
        return self.order.ravel()[: self.job.steps * size].reshape(-1, size) if size else None


def read_array(path: Path, count: int | None = None) -> np.ndarray:
    """Read the first `count` entries (None: all) of a .npy file into memory once, at an aligned address."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        array = aligned((shape[0] if count is None else count, *shape[1:]), dtype)
        file.readinto(array.reshape(-1).view(np.uint8).data)
    return array


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return an array of zeros that begins at an aligned address."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)
