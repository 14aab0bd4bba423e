"""The equations stand once, in network.py, and an edit there takes effect in everything that trains and explains.

Each edit is made in a copy of the package, as a learner would make it. Every way of training must then do what a plain
loop does that calls the copy's `forward`, `backward` and `gradient_descent`, or raise.
"""

import importlib
import re
import shutil
import sys
import threading
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import neural_network

PACKAGE = Path(neural_network.__file__).parent
EPOCHS = 6

EDITS = {
    "(1) sign": ("W1 @ X + b1", "W1 @ X - b1"),
    "(1) no bias": ("W1 @ X + b1", "W1 @ X"),
    "(2) factor": ("A1 = g(Z1)", "A1 = 2 * g(Z1)"),
    "(2) across units": ("A1 = g(Z1)", "A1 = g(Z1) / (1 + g(Z1).sum(axis=-2, keepdims=True))"),
    "(3) sign": ("W2 @ A1 + b2", "W2 @ A1 - b2"),
    "(4) factor": ("output(Z2)", "output(2 * Z2)"),
    "(5) sign": ("A2 - Y", "Y - A2"),
    "(6) no 1/m": ("1 / m * dZ2 @ A1.mT", "dZ2 @ A1.mT"),
    "(6) from Z1": ("1 / m * dZ2 @ A1.mT", "1 / m * dZ2 @ Z1.mT"),
    "(7) a scalar": ("1 / m * dZ2.sum(axis=-1, keepdims=True)", "1 / m * dZ2.sum()"),
    "(7) no 1/m": ("1 / m * dZ2.sum(axis=-1, keepdims=True)", "dZ2.sum(axis=-1, keepdims=True)"),
    "(8) no g'": ("W2.mT @ dZ2 * g_prime(Z1)", "W2.mT @ dZ2"),
    "(8) g' of A1": ("W2.mT @ dZ2 * g_prime(Z1)", "W2.mT @ dZ2 * g_prime(1 - A1)"),
    "(9) no 1/m": ("1 / m * dZ1 @ X.mT", "dZ1 @ X.mT"),
    "(9) decay": ("1 / m * dZ1 @ X.mT", "1 / m * dZ1 @ X.mT + 0.1 * self.W1"),
    "(9) transposed": ("1 / m * dZ1 @ X.mT", "1 / m * X @ dZ1.mT"),
    "(9) not for stacks": ("1 / m * dZ1 @ X.mT", "1.5 / m * dZ1 @ X.T"),
    "(10) a scalar": ("1 / m * dZ1.sum(axis=-1, keepdims=True)", "1 / m * dZ1.sum()"),
    "(11) sign": ("θ -= α * dθ", "θ += α * dθ"),
    # Biases are zero in the first step.
    "(1) a mean": ("W1 @ X + b1", "W1 @ X + b1.mean()"),
    "(1) a sum": ("W1 @ X + b1", "W1 @ X + b1.sum(axis=0)"),
    "(1) times a norm": ("W1 @ X + b1", "W1 @ X + b1 * np.linalg.norm(b1)"),
    "(1) times m": ("W1 @ X + b1", "W1 @ X + b1 * X.shape[-1]"),
    "(10) decay": (
        "1 / m * dZ1.sum(axis=-1, keepdims=True)",
        "1 / m * (dZ1.sum(axis=-1, keepdims=True) + 10 * self.b1)",
    ),
    # Half of an array has another norm.
    "(11) a unit step": ("θ -= α * dθ", "θ -= α * dθ / np.linalg.norm(dθ)"),
    "(11) clipped": ("θ -= α * dθ", "θ -= α * dθ * min(1, 0.05 / np.linalg.norm(dθ))"),
    "(11) a largest norm": ("θ -= α * dθ", "θ -= α * dθ; θ *= min(1, 3 / np.linalg.norm(θ))"),
    "frozen hidden layer": (
        'return {"W1": self.W1, "b1": self.b1, "W2": self.W2, "b2": self.b2}',
        'return {"W2": self.W2, "b2": self.b2}',
    ),
    # What an equation keeps must be of its own batches.
    "(9) momentum": ("dW1 = 1 / m * dZ1 @ X.mT", "self.v = dW1 = 0.9 * getattr(self, 'v', 0.01) + 1 / m * dZ1 @ X.mT"),
}


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Return a function that edits a copy of the package and imports it, under a name of its own."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def edit(old: str, new: str, file: str = "network") -> ModuleType:
        name = f"edited_{len(names)}_{tmp_path.name}"
        names.append(name)
        shutil.copytree(PACKAGE, tmp_path / name)  # what has been compiled, too, but for the file that is edited
        path = tmp_path / name / f"{file}.py"
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        text = path.read_text()
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new))
        return importlib.import_module(name)

    yield edit
    for module in [module for module in sys.modules if module.partition(".")[0] in names]:
        del sys.modules[module]


def part(package: ModuleType, name: str) -> Any:
    return importlib.import_module(f"{package.__name__}.{name}")


def data(inputs: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs that are bytes divided by 255, of which one is always 0, as MNIST's are."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (samples, inputs)).astype(np.uint8)
    rows[:, 0] = 0
    return (rows / np.float32(255)).T, rng.integers(0, 10, samples)


def loop(package: ModuleType, network: Any, X: np.ndarray, Y: np.ndarray, batch_size: int) -> None:
    """Train by the lines of network.py and nothing else."""
    randomness, equations = part(package, "support.randomness"), part(package, "network")
    for epoch in range(1, EPOCHS + 1):
        order = np.arange(len(Y))
        if batch_size < len(Y):
            order = randomness.stream(network.seed, randomness.SHUFFLE, epoch).permutation(len(Y))
        for start in range(0, len(Y), batch_size):
            batch = order[start : start + batch_size]
            equations.gradient_descent(network.parameters, network.backward(X[:, batch], Y[batch]), 0.1)


def full_batches(package: ModuleType, way: str) -> list[np.ndarray]:
    """5,000 samples and 10 hidden units: block by block, as bytes, by several threads."""
    X, Y = data(20, 5000)
    network = package.TwoLayerNN(20, 10, 10, seed=1, dtype=np.float64)
    if way == "loop":
        loop(package, network, X, Y, len(Y))
    else:
        network.train(X, Y, epochs=EPOCHS, learning_rate=0.1, progress=False)
    return list(network.parameters.values())


def mini_batches(package: ModuleType, way: str) -> list[np.ndarray]:
    """Batches of 64 and 128 hidden units: by halves of the hidden layer."""
    X, Y = data(784, 320)
    network = package.TwoLayerNN(784, 128, 10, seed=1, dtype=np.float64)
    if way == "loop":
        loop(package, network, X, Y, 64)
    else:
        network.train(X, Y, epochs=EPOCHS, learning_rate=0.1, batch_size=64, progress=False)
    return list(network.parameters.values())


def seeds(package: ModuleType, way: str) -> list[np.ndarray]:
    """Three networks side by side."""
    X, Y = data(20, 600)
    networks = [package.TwoLayerNN(20, 10, 10, seed=seed, dtype=np.float64) for seed in range(3)]
    if way == "loop":
        for network in networks:
            loop(package, network, X, Y, len(Y))
    else:
        optimizers = [package.SGD(0.1) for _ in networks]
        train_many = part(package, "training.multi_seed").train_many
        train_many(networks, X, Y, epochs=EPOCHS, optimizers=optimizers, progress=False)
    return [θ for network in networks for θ in network.parameters.values()]


def explanation(package: ModuleType, way: str) -> list[np.ndarray]:
    """The step that `mnist-nn explain` shows."""
    X, Y = data(20, 6)
    network = package.TwoLayerNN(20, 10, 10, seed=1, dtype=np.float64)
    network.b1 += np.linspace(0, 0.2, 10)[:, None]
    network.b2 += np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    if way == "loop":
        part(package, "network").gradient_descent(network.parameters, network.backward(X, Y), 0.1)
        return list(network.parameters.values())
    trace = part(package, "inspection.trace").trace_step(network, X, Y, package.SGD(0.1))
    return [trace.find(name).value for name in network.parameters]


def estimator(package: ModuleType, way: str) -> list[np.ndarray]:
    """The scikit-learn estimator, in full batches."""
    X, Y = data(20, 600)
    if way == "loop":
        seed = np.random.RandomState(1).randint(2**31)
        network = package.TwoLayerNN(20, 10, 10, seed=seed)
        loop(package, network, X, Y, len(Y))
        return list(network.parameters.values())
    options = {"hidden_size": 10, "epochs": EPOCHS, "learning_rate": 0.1, "batch_size": None, "random_state": 1}
    model = part(package, "estimator").TwoLayerClassifier(optimizer="sgd", **options)
    return list(model.fit(X.T, Y).network_.parameters.values())


WAYS = [full_batches, mini_batches, seeds, explanation, estimator]


@cache
def unedited(train: Callable[..., list[np.ndarray]]) -> list[np.ndarray]:
    return train(neural_network, "train")


def outcome(train: Callable[..., list[np.ndarray]], package: ModuleType, way: str) -> list[np.ndarray] | None:
    """Return the parameters after a training, or None where it raises."""
    try:
        with np.errstate(all="ignore"):
            return train(package, way)
    except (ValueError, IndexError, TypeError):
        return None


FIRST = {name.split()[0]: name for name in reversed(EDITS)}.values()  # of each equation


@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=() if edit in FIRST else pytest.mark.slow) for edit in EDITS]
)
def test_an_edit_of_an_equation_changes_whatever_trains_or_explains(edited, edit):
    package = edited(*EDITS[edit])
    for train in WAYS:
        usual, found = unedited(train), outcome(train, package, "train")
        if found is None:
            continue  # as "transposed" must
        assert not all(map(np.array_equal, usual, found)), f"{train.__name__} has not noticed {edit}"
        expected = outcome(train, package, "loop")
        for θ, plain in zip(found, expected or [], strict=True):
            np.testing.assert_allclose(
                θ, plain, rtol=1e-3, atol=1e-4 * float(np.abs(plain).max()) + 1e-7, err_msg=train.__name__
            )


@pytest.mark.parametrize("train", WAYS)
def test_without_an_edit_every_way_is_the_loop(train):
    for θ, plain in zip(train(neural_network, "train"), train(neural_network, "loop"), strict=True):
        np.testing.assert_allclose(
            θ, plain, rtol=1e-3, atol=1e-4 * float(np.abs(plain).max()) + 1e-7, err_msg=train.__name__
        )


@pytest.mark.parametrize("train", WAYS)
@pytest.mark.parametrize("function", ["forward", "backward"])
def test_a_print_in_network_py_is_seen(edited, capfd, train, function):
    lines = {"forward": "Z1 = W1 @ X + b1  # (1)", "backward": "dZ2 = A2 - Y  # (5)"}
    package = edited(lines[function], f'print("here is {function}")\n        {lines[function]}')
    train(package, "train")
    assert f"here is {function}" in capfd.readouterr().out


@cache
def code_lines(path: Path) -> list[str]:
    """Return the lines of a file without strings and comments."""
    lines: dict[int, str] = {}
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER):
                lines[token.start[0]] = lines.get(token.start[0], "") + token.string
    return list(lines.values())


@pytest.mark.parametrize(
    ("number", "pattern"),
    [
        (1, r"W1\W*@"),
        (3, r"W2\W*@A1"),
        (5, r"dZ2=A2-"),
        (6, r"dZ2@"),
        (7, r"dZ2\.sum"),
        (8, r"W2(\.m?T|\.transpose\([^)]*\))@dZ2"),
        (9, r"dZ1@"),
        (10, r"dZ1\.sum"),
        (11, r"θ-=(α|self\.learning_rate)\*dθ$"),
    ],
)
def test_each_equation_stands_once(number, pattern):
    """Exempt are the mistakes that the gradient check knows, which are meant to be wrong."""
    found = {
        str(path.relative_to(PACKAGE)): [line for line in code_lines(path) if re.search(pattern, line)]
        for path in PACKAGE.rglob("*.py")
        if path.name != "common_mistakes.py"
    }
    assert {name: len(lines) for name, lines in found.items() if lines} == {"network.py": 1}


@pytest.mark.parametrize("stop", ["breakpoint()", "__import__('pdb').set_trace()"])
@pytest.mark.parametrize(
    ("file", "line"), [("network", "Z1 = W1 @ X + b1  # (1)"), ("functions/losses", "E = np.exp(Z - ")]
)
def test_a_breakpoint_stops_in_one_thread_only(edited, monkeypatch, file, line, stop):
    indent = "        " if file == "network" else "    "
    package, threads = edited(line, f"{stop}\n{indent}{line}", file), []
    monkeypatch.setattr(sys, "breakpointhook", lambda: threads.append(threading.current_thread()))
    monkeypatch.setattr("pdb.set_trace", sys.breakpointhook)
    monkeypatch.setattr(part(package, "support.threads"), "size", lambda: 2)
    X, Y = data(20, 5000)
    network = package.TwoLayerNN(20, 10, 10, seed=1)
    network.train(X, Y, epochs=2, validation=(X, Y), progress=False)
    network.predict(X)
    assert set(threads) == {threading.main_thread()}
    assert len(threads) == 2 * (1 + 5) + 5  # two steps, each with a validation in pieces, and a prediction
