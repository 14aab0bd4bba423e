"""The same bits from any number of threads, with --deterministic; and how far apart they are without.

The jobs are such that the BLAS divides their products among its threads: 784 × 800 weights with 512 samples a step.
Without --deterministic, this measures over five seeds what is said in docs/reliability.md:

    MNIST_NN_SPREAD=5 pytest -s tests/faults/test_threads.py -k spread
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

pytestmark = pytest.mark.faults

SEEDS = int(os.environ.get("MNIST_NN_SPREAD", "0"))
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
        assert config["training"]["deterministic"]
        sha.update(model.read_bytes() + json.dumps(config["metrics"]).encode())
    return sha.hexdigest()


@pytest.mark.parametrize("job", JOBS)
def test_deterministic_runs_have_the_same_bits_with_1_2_and_4_threads(home, job):
    name = job.replace(" ", "-")
    digests = {digest(train(home, n, f"{name}-{n}", "--deterministic", *JOBS[job])) for n in THREADS}
    assert len(digests) == 1


def test_evaluation_has_the_same_bits_with_1_2_and_4_threads(home):
    run = train(home, 1, "mini-batches-1", "--deterministic", *JOBS["mini-batches"])
    printed = {command(home, n, "evaluate", str(run), "--data", "data", "--json") for n in THREADS}
    assert len(printed) == 1
    assert json.loads(printed.pop())["loss"] == summary(run)["metrics"]["test"]["loss"]


@pytest.mark.skipif(not SEEDS, reason="takes minutes: set MNIST_NN_SPREAD to a number of seeds")
@pytest.mark.timeout(600 + 300 * SEEDS)
@pytest.mark.parametrize(
    ("train_on", "how"), [(20_000, [*LARGE, "--epochs", "3"]), (4_000, [*WHOLE, "--epochs", "60"])]
)
def test_the_spread_of_the_default_mode(tmp_path, train_on, how):
    """Prints how far apart the ends of runs of 1, 2 and 4 threads are; with as many threads, they are the same."""
    command(tmp_path, 1, "data", "generate", "--count", train_on, "--test", "10000", "--output", "data")
    weights, parameters, accuracies, seconds = [0.0], [0.0], [0.0], {"default": 0.0, "deterministic": 0.0}
    for seed in range(SEEDS):
        job = [*how, "--seed", str(seed)]
        runs = [train(tmp_path, n, f"{seed}-{n}", *job) for n in THREADS]
        again = train(tmp_path, 2, f"{seed}-again", *job)
        assert (again / "model.safetensors").read_bytes() == (runs[1] / "model.safetensors").read_bytes()
        certain = train(tmp_path, 2, f"{seed}-deterministic", "--deterministic", *job)
        assert (certain / "model.safetensors").read_bytes() == (runs[0] / "model.safetensors").read_bytes()
        seconds["default"] += summary(runs[1])["training"]["seconds"]
        seconds["deterministic"] += summary(certain)["training"]["seconds"]
        one, *others = (load_file(run / "model.safetensors") for run in runs)
        for other in others:
            for name, θ in one.items():
                difference = np.abs(other[name] - θ)
                parameters.append(float(difference.max() / np.abs(θ).max()))
                weights.append(float(np.linalg.norm(difference) / np.linalg.norm(θ)))
        tested = [summary(run)["metrics"]["test"]["accuracy"] for run in runs]
        accuracies.append(max(tested) - min(tested))
    print(f"\n{' '.join(how)}, {SEEDS} seeds: runs of {THREADS} threads differ by up to")
    print(f"{max(weights):.1e} of a parameter's length,")
    print(f"{max(parameters):.1e} of its largest entry, and {max(accuracies):.2%} of test accuracy;")
    print(f"in 2 threads, training took {seconds['default']:.0f} s, --deterministic {seconds['deterministic']:.0f} s")


def summary(run: Path) -> dict:
    return json.loads((run / "config.json").read_bytes())
