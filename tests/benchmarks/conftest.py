"""A benchmark's folder with little in it, small data, and the command in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from benchmarks.__main__ import main
from benchmarks.job import Job
from benchmarks.prepare import write_data, write_job, write_round
from benchmarks.workload import Workload

from neural_network.data import FORMATS, Dataset, make_samples


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `python -m benchmarks` with the given arguments, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(int(stopped.value.code or 0), out, err)

    return call


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
def make_workload(tmp_path: Path, bars: Dataset) -> Callable[..., Workload]:
    """Return a function that writes a job and gives its workload."""

    def make(job: Job) -> Workload:
        write_data(tmp_path, bars, job.samples)
        write_job(tmp_path, "job", job)
        write_round(tmp_path, "job", 0)
        return Workload(tmp_path, "job")

    return make


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, bars: Dataset) -> Path:
    """The same images as a folder."""
    folder = tmp_path_factory.mktemp("bench") / "small"
    FORMATS["idx"](bars, folder)
    return folder
