"""The same bits from any number of threads.

The jobs are such that the BLAS would divide their products among its threads: 784 × 800 weights, 512 samples a step.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("processors")]

THREADS = (1, 2, 4)
LARGE = ["--hidden", "800", "--batch-size", "512", "--optimizer", "adam"]
WHOLE = ["--hidden", "800", "--optimizer", "adam"]
JOBS = {
    "a single large batch": [*WHOLE, "--validation", "2000", "--epochs", "2"],
    "mini-batches": [*LARGE, "--epochs", "1"],
    "full batches": ["--hidden", "40", "--epochs", "2", "--augment", "light"],
    "dropout": [*LARGE, "--epochs", "1", "--dropout", "0.3", "--average", "0.9"],
    "seeds": ["--hidden", "20", "--epochs", "2", "--seeds", "2"],
}
USUAL = ("mini-batches", "seeds")


@pytest.fixture(scope="module")
def home(random_images):
    """4,300 images to train on, more than two blocks, and 1,100 to test with."""
    return random_images(4300, 1100)


def command(home: Path, threads: int, *options: object) -> str:
    limits = {f"{library}_NUM_THREADS": str(threads) for library in ("OMP", "OPENBLAS", "MKL")}
    result = subprocess.run(
        [sys.executable, "-m", "neural_network", *map(str, options)],
        cwd=home,
        env=os.environ | limits,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def train(home: Path, threads: int, name: str, *options: str) -> Path:
    """Return the folder of a run, which has been trained if there was none of this name."""
    run = home / "runs" / name
    if not run.exists():
        given = ("--data", "data", "--no-figures", "--validation", "100", *options, "--name", name)
        command(home, threads, "train", *given)
    return run


def digest(run: Path) -> str:
    """The SHA-256 of all of a run's models, and of its results."""
    sha = hashlib.sha256()
    for model in sorted(run.rglob("model.safetensors")):
        config = summary(model.parent)
        sha.update(model.read_bytes() + json.dumps(config["metrics"]).encode())
    return sha.hexdigest()


@pytest.mark.parametrize("job", [pytest.param(job, marks=() if job in USUAL else pytest.mark.slow) for job in JOBS])
def test_runs_have_the_same_bits_with_1_2_and_4_threads(home, job):
    name = job.replace(" ", "-")
    digests = {digest(train(home, n, f"{name}-{n}", *JOBS[job])) for n in THREADS}
    assert len(digests) == 1


def test_evaluation_has_the_same_bits_with_1_2_and_4_threads(home):
    run = train(home, 1, "mini-batches-1", *JOBS["mini-batches"])
    printed = {command(home, n, "evaluate", str(run), "--data", "data", "--json") for n in THREADS}
    assert len(printed) == 1
    assert json.loads(printed.pop())["loss"] == summary(run)["metrics"]["test"]["loss"]


def summary(run: Path) -> dict:
    return json.loads((run / "config.json").read_bytes())
