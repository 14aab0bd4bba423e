"""Running the command: in this process, in an empty folder, on small data."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from neural_network.cli import main
from neural_network.data.idx import write_idx


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `mnist-nn` with the given arguments, in a folder of the test's own, and return status and output."""
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


@pytest.fixture
def trained(run: Callable[..., Result], small: Path) -> Path:
    """The folder of a short training run."""
    result = run("train", "--data", small, "--validation", 50, "--epochs", 30, "--name", "r", "--no-figures")
    assert result.status == 0, result.err
    return Path("runs/r")
