"""The examples run as a visitor would run them, and print what they promise."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neural_network import History, TwoLayerNN
from neural_network.data import load, write_idx

EXAMPLES = Path(__file__).parent.parent / "examples"
FIGURES = ["confusion.png", "hidden_weights.png", "sample_predictions.png", "training_progress.png"]


def run(script: str, *arguments: object) -> list[str]:
    command = [sys.executable, "-W", "error", EXAMPLES / script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture
def data(tmp_path, rng):
    """A folder of IDX files: digit c is a bright bar in two rows of its own, amid noise."""
    folder = tmp_path / "data"
    for name, count in [("train", 400), ("t10k", 100)]:
        Y = rng.integers(0, 10, count).astype(np.uint8)
        images = rng.integers(0, 100, (count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, Y, strict=True):
            image[4 + 2 * label : 6 + 2 * label] += 150
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", Y)
    return folder


def test_train_model_then_visualize_results(tmp_path, data):
    model = tmp_path / "model.safetensors"
    options = ["--validation", 100, "--batch-size", 20, "--epochs", 5, "--output", model]
    printed = run("train_model.py", "--data", data, *options)

    dataset = load(str(data))
    train, validation = dataset.split(100)
    network = TwoLayerNN(seed=0)
    history = network.train(*train, epochs=5, learning_rate=0.1, batch_size=20, validation=validation)
    assert printed == [
        f"training on 300 samples of {dataset.name} ({data})",
        f"train accuracy: {network.evaluate(*train):.3f}",
        f"validation accuracy: {network.evaluate(*validation):.3f}",
        f"test accuracy: {network.evaluate(*dataset.test):.3f}",
        f"saved {model}, trained on {dataset.name} ({data})",
    ]
    assert network.evaluate(*dataset.test) > 0.9
    np.testing.assert_array_equal(TwoLayerNN.load(model).W1, network.W1)
    assert History.load(model.with_suffix(".csv"))["loss"] == history["loss"]

    figures = tmp_path / "figures"
    printed = run("visualize_results.py", "--model", model, "--data", data, "--output", figures)
    assert printed[0] == f"accuracy on 100 samples of {dataset.name}: {network.evaluate(*dataset.test):.3f}"
    assert sorted(printed[1:]) == [f"saved {figures / name}" for name in FIGURES]
    assert sorted(path.name for path in figures.iterdir()) == FIGURES


@pytest.mark.parametrize("script", ["train_model.py", "visualize_results.py"])
def test_an_example_is_short_and_says_how_to_run_it(script):
    assert len((EXAMPLES / script).read_text().splitlines()) < 50
    assert f"python examples/{script}" in "\n".join(run(script, "--help"))
