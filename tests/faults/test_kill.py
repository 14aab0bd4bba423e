"""kill -9 at random moments of a run, and each of the runs goes on to the bits of one that was left in peace.

Two kills by default, as each trains twice: MNIST_NN_KILLS=100 gives the figure in docs/reliability.md.
"""

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("processors")

KILLS = int(os.environ.get("MNIST_NN_KILLS", "2"))
TRAIN = [
    *("train", "--data", "data", "--validation", "50", "--no-figures", "--epochs", "12", "--batch-size", "32"),
    *("--optimizer", "adam", "--dropout", "0.2", "--augment", "light", "--schedule", "cosine", "--average", "0.9"),
]


@pytest.fixture(scope="module")
def home(random_images):
    """400 images to train on, and 50 to test with."""
    return random_images(400, 50)


def start(home: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "neural_network", *options]
    return subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def result(home: Path, name: str) -> str:
    """The SHA-256 of the model file and of the history, without its last column, the seconds."""
    folder = home / "runs" / name
    rows = (folder / "history.csv").read_text().splitlines()
    place = rows[0].split(",").index("seconds")
    table = [[cell for i, cell in enumerate(row.split(",")) if i != place] for row in rows]
    return hashlib.sha256((folder / "model.safetensors").read_bytes() + repr(table).encode()).hexdigest()


def wait_for(folder: Path, process: "subprocess.Popen[str]") -> None:
    while process.poll() is None and not folder.exists():
        time.sleep(0.001)


@pytest.mark.timeout(120 + 30 * KILLS)
def test_kill_9_at_random_moments(home):
    """The moments are spread over the time from the first file of the run to its end; a checkpoint is due each step."""
    process = start(home, *TRAIN, "--name", "whole", "--checkpoint-every", "1")
    wait_for(home / "runs/whole", process)
    began = time.monotonic()
    _, err = process.communicate()
    seconds = time.monotonic() - began
    assert process.returncode == 0, err
    expected = result(home, "whole")

    moments, killed, unkilled = random.Random(0), 0, 0
    while killed < KILLS:
        name = f"run-{killed + unkilled}"
        process = start(home, *TRAIN, "--name", name, "--checkpoint-every", "1")
        wait_for(home / "runs" / name, process)
        time.sleep(moments.uniform(0, seconds))
        process.kill()
        process.communicate()
        if process.returncode == 0:  # it had come to its end just before
            unkilled += 1
            assert unkilled < 10 + KILLS
            continue
        killed += 1
        options = ["train", "--resume", f"runs/{name}", "--no-figures"]
        if not any((home / "runs" / name).glob("[!.]*")):  # killed while the first checkpoint was being written
            options = [*TRAIN, "--name", name, "--overwrite"]
        process = start(home, *options)
        _, err = process.communicate()
        assert process.returncode == 0, f"kill {killed}: {err}"
        assert result(home, name) == expected, f"kill {killed}"
        assert sorted(path.name for path in (home / "runs" / name).iterdir()) == [
            "config.json",
            "history.csv",
            "model.safetensors",
            "snapshots.safetensors",
        ]
    print(f"{killed} of {KILLS} runs that were killed within {seconds:.1f} s came to the same end")
