"""Running the command: in this process, in an empty folder, on small data."""

import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import typer.main

from neural_network.cli import main
from neural_network.data.idx import write_idx


class Result(NamedTuple):
    status: int
    out: str
    err: str


_command_line = cache(typer.main.get_command)  # which takes 50 ms, and is the same for all tests


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `mnist-nn` with the given arguments, in a folder of the test's own, and return status and output."""
    monkeypatch.setattr(typer.main, "get_command", _command_line)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_NN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(int(stopped.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of IDX files: 400 training and 100 test images in which class c is a bright bar at row 2c + 4."""
    folder = tmp_path_factory.mktemp("small")
    rng = np.random.default_rng(0)
    for split, count in (("train", 400), ("t10k", 100)):
        labels = rng.integers(0, 10, count).astype(np.uint8)
        images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label + 4, 4:24] = 255
        write_idx(folder / f"{split}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{split}-labels-idx1-ubyte.gz", labels)
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that gives a place for a run that several tests need."""
    folder = tmp_path_factory.mktemp("kept")
    return lambda name: folder / name


@pytest.fixture
def have_run(run: Callable[..., Result], kept: Callable[[str], Path]) -> Callable[..., Path]:
    """Return a function that trains into runs/NAME, or copies what the same arguments have given to another test."""

    def call(*options: object, name: str = "r", status: int = 0) -> Path:
        made, folder = kept(sha256(repr((name, *map(str, options))).encode()).hexdigest()), Path("runs", name)
        if made.exists():
            shutil.copytree(made, folder)
        else:
            result = run("train", *options, "--name", name)
            assert result.status == status, result.err
            shutil.copytree(folder, made)
        return folder

    return call


@pytest.fixture
def trained(have_run: Callable[..., Path], small: Path) -> Path:
    """The folder of a short training run."""
    return have_run("--data", small, "--validation", 50, "--epochs", 30, "--no-figures")
