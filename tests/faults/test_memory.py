"""Memory: flat over thousands of epochs, and far below the size of the data, where those are large.

Where MNIST_NN_LARGE is set, there are 10,000 epochs, and a data set of ten times MNIST is trained on, which gives the
figures in docs/reliability.md; it takes minutes and 500 MB of disk:

    MNIST_NN_LARGE=1 pytest -n0 -s tests/faults/test_memory.py
"""

import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from neural_network import Callback, TwoLayerNN
from neural_network.data.augment import AUGMENTATIONS
from neural_network.data.idx import write_idx
from neural_network.runs.snapshots import Snapshots
from neural_network.training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from neural_network.training.monitor import Monitor
from neural_network.training.regularizers import L2, Dropout, MaxNorm
from neural_network.training.schedules import LearningRate

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("processors")]

LARGE = "MNIST_NN_LARGE" in os.environ
EPOCHS = 10_000 if LARGE else 800
MIB = 2**20
PEAK = """
import pathlib, re, sys
from neural_network.cli import main
from neural_network.data import arrays, idx
large = int(sys.argv.pop(1))
arrays.KEPT_BYTES, idx.MAPPED_BYTES = min(large, arrays.KEPT_BYTES), min(large, idx.MAPPED_BYTES)
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the peak of resident memory")


class Memory(Callback):
    """Notes how much memory is in use after some of the epochs, with or without the rows of the history."""

    def __init__(self, keep: bool) -> None:
        self.keep, self.used = keep, {}

    def on_epoch(self, run, row):
        if not self.keep and run.epoch > 1:
            del run.history.rows[:-1]
        if run.epoch in (EPOCHS // 4, EPOCHS):
            gc.collect()
            self.used[run.epoch] = tracemalloc.get_traced_memory()[0]


def growth(keep: bool) -> int:
    """Return by how many bytes the memory grows in the last three quarters of a run with everything switched on."""
    rng = np.random.default_rng(0)
    X, Y = rng.random((4, 8), np.float32), rng.integers(0, 3, 8)
    memory = Memory(keep)
    everything = [
        *(LearningRate("cosine"), Augment(AUGMENTATIONS["light"]), Dropout(0.2, 0.1), L2(1e-4), ClipGradients(1.0)),
        *(MaxNorm(4.0), MovingAverage(0.9), EarlyStopping(EPOCHS), Monitor(), Snapshots(), memory),
    ]
    tracemalloc.start()
    try:
        network = TwoLayerNN(4, 3, 3, seed=0)
        network.train(X, Y, epochs=EPOCHS, validation=(X, Y), optimizer="adam", callbacks=everything)
    finally:
        tracemalloc.stop()
    return memory.used[EPOCHS] - memory.used[EPOCHS // 4]


@pytest.mark.timeout(3600 if LARGE else 300)
def test_nothing_grows_but_the_history():
    """But the history, and the snapshots, of which there are 50 at most: here 25 of 1 kB."""
    without = growth(keep=False)
    assert without < 30_000
    row = (growth(keep=True) - without) / (EPOCHS - EPOCHS // 4)
    print(f"over {EPOCHS:,} epochs, each takes {row:.0f} bytes, which are its row of the history with all columns")
    assert 100 < row < 1500


def peak(home: Path, large: int, *options: str) -> float:
    """Run the command, in which files from `large` bytes on are mapped, and return its peak of resident memory, MiB."""
    result = subprocess.run(
        [sys.executable, "-c", PEAK, str(large), *options], cwd=home, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return int(result.stderr.splitlines()[-1]) / 1024


@linux
@pytest.mark.parametrize(
    ("batch", "times"),
    [
        pytest.param(("--batch-size", "100", "--checkpoint-every", "100"), 1.6, id="mini", marks=pytest.mark.slow),
        pytest.param((), 2.5, id="full"),
    ],
)
def test_training_takes_little_more_memory_than_the_bytes_of_a_large_data_set(tmp_path, batch, times):
    """Between the two data sets are 22 MiB of bytes, which would be 90 MiB of floats; full batches copy the bytes."""
    rng = np.random.default_rng(0)
    for name, count in (("small", 8_000), ("large", 38_000)):
        write_idx(tmp_path / name / "train-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28)).astype(np.uint8))
        write_idx(tmp_path / name / "train-labels-idx1-ubyte", rng.integers(0, 10, count).astype(np.uint8))
    options = ("--validation", "100", "--epochs", "1", *batch)
    used = {}
    for name in ("small", "large"):
        training = peak(tmp_path, 0, "train", "--data", name, *options, "--no-figures", "--name", name)
        used[name] = training, peak(tmp_path, 0, "evaluate", f"runs/{name}", "--data", name)
    for small, large in zip(*used.values(), strict=True):
        assert large - small < times * 30_000 * 784 / MIB, used


@linux
@pytest.mark.skipif(not LARGE, reason="takes minutes and 500 MB: set MNIST_NN_LARGE")
@pytest.mark.timeout(3600)
def test_ten_times_mnist_within_1_GiB(tmp_path):
    options = ("--hidden", "128", "--batch-size", "128", "--epochs", "1", "--optimizer", "adam")
    kept = ("--checkpoint-every", "2000", "--name", "large")
    used = {
        "generate": peak(tmp_path, 2**26, "data", "generate", "--count", "600000", "--output", "digits"),
        "train": peak(tmp_path, 2**26, "train", "--data", "digits", *options, *kept),
        "evaluate": peak(tmp_path, 2**26, "evaluate", "runs/large", "--data", "digits", "--split", "train"),
    }
    print(*(f"{command}: {mib:.0f} MiB at most" for command, mib in used.items()), sep=", ")
    assert max(used.values()) < 1024
