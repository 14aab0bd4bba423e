"""A benchmark's folder with little in it, and the small data of the commands' tests."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from benchmarks.jobs import Job
from benchmarks.material import Material, write_data, write_job

from neural_network.data import Dataset, make_samples


@pytest.fixture(scope="session")
def bars() -> Dataset:
    """600 training and 200 test images in which class c is a bright bar at row 2c + 4."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 800)
    images = rng.integers(0, 60, (800, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 4, 4:24] = 255
    return Dataset("bars", "a test", make_samples(images[:600], labels[:600]), make_samples(images[600:], labels[600:]))


@pytest.fixture
def make_material(tmp_path: Path, bars: Dataset) -> Callable[..., Material]:
    """Return a function that writes a job and gives its material."""

    def make(job: Job) -> Material:
        write_data(tmp_path, bars, job.samples)
        write_job(tmp_path, "job", job)
        return Material(tmp_path, "job")

    return make


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, bars: Dataset) -> Path:
    """The same images as a folder."""
    from neural_network.data.export import FORMATS

    folder = tmp_path_factory.mktemp("bench") / "small"
    FORMATS["idx"](bars, folder)
    return folder
