"""examples/one_file.py is the package's network on a single page: same equations, same numbers."""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.network import Network

ONE_FILE = Path(__file__).parents[1] / "examples" / "one_file.py"
SOURCE = ONE_FILE.read_text(encoding="utf-8")
NETWORK = Path(sys.modules[Network.__module__].__file__ or "").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """1,040 rows as in Kaggle's train.csv, label first: ten pictures, mostly dark as in MNIST, in noise.

    So few that NumPy's BLAS keeps to one thread: the test is quick on a busy machine too.
    """
    rng = np.random.default_rng(0)
    labels = rng.integers(10, size=1040)
    pictures = rng.random((10, 784)) < 0.2
    ink = np.where(pictures[labels], 128, 0) + rng.normal(-100, 100, (1040, 784))
    return np.column_stack([labels, np.clip(ink, 0, 255).astype(int)])


@pytest.fixture(scope="module")
def folder(rows: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds them as data/train.csv."""
    folder = tmp_path_factory.mktemp("one_file")
    (folder / "data").mkdir()
    header = ",".join(["label", *(f"pixel{pixel}" for pixel in range(784))])
    np.savetxt(folder / "data" / "train.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    return folder


def test_it_prints_and_learns_what_the_package_does(
    rows: np.ndarray, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [str(ONE_FILE), str(folder / "data" / "train.csv")])
    learned = runpy.run_path(str(ONE_FILE))
    printed = capsys.readouterr().out.splitlines()

    X, Y = rows[:, 1:].T.astype(np.float32) / 255, rows[:, 0]
    nn, expected = TwoLayerNN(seed=0), []
    for step in range(50, 501, 50):
        nn.train(X[:, 1000:], Y[1000:], epochs=50, learning_rate=0.1, progress=False)
        training, validation = nn.evaluate(X[:, 1000:], Y[1000:]), nn.evaluate(X[:, :1000], Y[:1000])
        expected.append(f"step {step:3}: training {training:.4f}, validation {validation:.4f}")
    assert printed == expected
    assert validation > 0.8
    for name, parameter in nn.parameters.items():
        np.testing.assert_allclose(learned[name], parameter, rtol=0, atol=1e-5, err_msg=name)


def test_it_runs_by_itself_on_the_default_path(folder: Path) -> None:
    command = [sys.executable, "-I", "-W", "error", str(ONE_FILE)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"(step +\d+: training [01]\.\d{4}, validation 0\.\d{4}\n){10}", run.stdout)
    assert run.stderr == ""


def test_without_data_it_says_in_one_line_how_to_make_some(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, str(ONE_FILE)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "data/train.csv is missing" in line
    options = line.partition("mnist-nn ")[2].replace("--format", "--data synthetic --format").split()
    assert options[:2] == ["data", "export"]
    environment = os.environ | {"MNIST_NN_CACHE": str(tmp_path / "cache")}
    few = "import neural_network.data.builtin as digits; digits.TRAIN, digits.TEST = 1080, 10"
    small = f"{few}; from neural_network.cli import main; main()"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "README.md").touch()  # as in the checkout
    command = [sys.executable, "-c", small, *options]
    subprocess.run(command, cwd=tmp_path, check=True, env=environment, capture_output=True)
    run = subprocess.run([sys.executable, str(ONE_FILE)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("step  50: training 0.")


def test_it_fits_on_a_poster() -> None:
    lines = SOURCE.splitlines()
    assert len(lines) <= 60
    assert len({line.index("# (") for line in lines if "# (" in line}) == 1  # the equations' numbers stand in a column


def test_it_needs_numpy_and_the_standard_library_only() -> None:
    imports = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert sorted(ast.unparse(node) for node in imports) == ["import numpy as np", "import sys"]


def test_its_equations_are_those_of_the_package() -> None:
    numbered = re.compile(r"^ *(\S.*?) +# \((\d+)\)", re.M)
    ours, theirs = ({int(number): code for code, number in numbered.findall(text)} for text in (SOURCE, NETWORK))
    assert list(ours) == list(range(1, 12))
    for number in (1, 3, 5, 6, 7, 9, 10, 11):  # the others write out g, g' or the softmax
        assert ours[number] == theirs[number]
