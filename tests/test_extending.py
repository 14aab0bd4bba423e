"""docs/extending.md: its four files are run as plugins, in processes of their own; wrong ones in this process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from neural_network.cli import main
from neural_network.data.idx import write_idx
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.initializers import INITIALIZERS
from neural_network.training.optimizers import OPTIMIZERS

DOCUMENT = (Path(__file__).parents[1] / "docs/extending.md").read_text()
FILES = dict(re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the document's files and, in data/, a few images."""
    folder = tmp_path_factory.mktemp("home")
    for name, code in FILES.items():
        (folder / name).write_text(code)
    rng = np.random.default_rng(0)
    (folder / "data").mkdir()
    for split, count in (("train", 1200), ("t10k", 100)):
        labels = rng.integers(0, 10, count).astype(np.uint8)
        images = rng.integers(0, 255, (count, 28, 28)).astype(np.uint8)
        write_idx(folder / f"data/{split}-images-idx3-ubyte", images)
        write_idx(folder / f"data/{split}-labels-idx1-ubyte", labels)
    return folder


def mnist_nn(home, *arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if name != "MNIST_NN_DATA"}
    return subprocess.run(
        [sys.executable, "-m", "neural_network", *arguments],
        cwd=home,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def refused(home, monkeypatch, capsys):
    """A function that asserts that the command fails in one line, and returns it; what plugins register is undone."""
    monkeypatch.chdir(home)
    monkeypatch.delenv("MNIST_NN_DATA", raising=False)
    for registry in (ACTIVATIONS, INITIALIZERS, OPTIMIZERS):
        monkeypatch.setattr(registry, "_values", dict(registry._values))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main([*arguments])
        err = capsys.readouterr().err
        assert (stopped.value.code, err.count("\n")) == (2, 1), err
        return err

    return call


def test_the_document_has_four_complete_files():
    assert set(FILES) == {"softsign.py", "orthogonal.py", "lion.py", "noise.py"}


def test_an_activation_of_ones_own_is_trained_and_checked(home):
    plugin = ["--plugin", "softsign.py"]
    checked = mnist_nn(home, *plugin, "check", "--activation", "softsign", "--hidden", "3", "--json")
    assert json.loads(checked.stdout)["passed"], checked.stderr
    options = ["--activation", "softsign", "--epochs", "2", "--name", "s", "--json", "--no-figures"]
    trained = mnist_nn(home, "train", *options, *plugin)
    assert json.loads(trained.stdout)["model"]["activation"] == "softsign", trained.stderr
    everything = json.loads(mnist_nn(home, "check", "--all", "--json", MNIST_NN_PLUGINS="softsign.py").stdout)
    assert any("softsign" in combination["name"] for combination in everything["combinations"])
    without = mnist_nn(home, "evaluate", "runs/s")
    assert (without.returncode, "unknown activation 'softsign'" in without.stderr) == (2, True)


def test_what_plugins_register_is_listed(home):
    plugins = [word for name in FILES for word in ("--plugin", name)]
    listed = mnist_nn(home, *plugins, "train", "--help").stdout
    for name in ("softsign", "orthogonal", "lion", "gradient-noise"):
        assert name in listed


def test_a_wrong_derivative_is_found(home):
    (home / "wrong.py").write_text(FILES["softsign.py"].replace(") ** 2", ")"))
    result = mnist_nn(home, "--plugin", "wrong.py", "check", "--activation", "softsign", "--hidden", "3")
    assert result.returncode == 1
    assert "FAILED" in result.stdout
    assert "g' of activation 'softsign' is not the derivative of its g: g'(" in result.stdout


def test_an_initializer_of_ones_own_is_trained(home):
    plugin = ["--plugin", "orthogonal.py"]
    options = ["--initializer", "orthogonal", "--learning-rate", "1e-30", "--epochs", "1", "--name", "o"]
    options += ["--json", "--no-figures"]
    trained = mnist_nn(home, *plugin, "train", *options)
    assert json.loads(trained.stdout)["training"]["initializer"] == "orthogonal", trained.stderr
    W1 = load_file(home / "runs/o/model.safetensors")["W1"]
    np.testing.assert_allclose(W1 @ W1.T, np.eye(10), atol=1e-5)


def test_an_optimizer_of_ones_own_is_trained(home):
    options = ["--optimizer", "lion", "--batch-size", "64", "--epochs", "2", "--name", "l", "--json", "--no-figures"]
    trained = json.loads(mnist_nn(home, "--plugin", "lion.py", "train", *options).stdout)
    assert trained["training"]["optimizer"] == "lion"
    assert trained["training"]["learning_rate"] == 0.0003


def test_a_callback_of_ones_own_is_called(home):
    options = ["--callback", "gradient-noise", "--epochs", "3", "--name", "n", "--no-figures"]
    trained = mnist_nn(home, "--plugin", "noise.py", "train", *options)
    assert trained.returncode == 0, trained.stderr
    header, *rows = (home / "runs/n/history.csv").read_text().splitlines()
    noise = [float(row.split(",")[header.split(",").index("noise")]) for row in rows]
    assert noise == pytest.approx([np.sqrt(0.01 / step**0.55) for step in (1, 2, 3)])


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("nowhere.py", None, "plugin nowhere.py cannot be loaded: FileNotFoundError"),
        ("broken.py", "1 / 0", "plugin broken.py cannot be loaded: ZeroDivisionError"),
        ("no_such_module", None, "plugin no_such_module cannot be loaded: ModuleNotFoundError"),
        ("twice.py", FILES["softsign.py"].replace("softsign", "relu"), "'relu' is registered already"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_one_line(home, refused, name, content, complaint):
    if content:
        (home / name).write_text(content)
    assert complaint in refused("--plugin", name, "data", "list")


MISTAKES = {
    "an activation of another shape": (
        FILES["softsign.py"].replace("Z / (1 + np.abs(Z)),", "Z.sum(axis=0),"),
        "g of activation 'softsign' must return an array of the shape of Z, (2, 3), not (3,)",
    ),
    "an update with other arguments": (
        FILES["lion.py"].replace("θ, dθ, m)", "θ, dθ)"),
        "update of optimizer 'lion' is called with (θ, dθ, m): too many positional arguments",
    ),
    "an update that returns": (
        FILES["lion.py"].replace("θ -= self", "return θ - self"),
        "optimizer 'lion' did not change the parameters: update must change θ in place (θ -= ...)",
    ),
    "an initializer of another shape": (
        "import numpy as np\nfrom neural_network.functions.initializers import register_initializer\n"
        "register_initializer('flat')(lambda fan_in, fan_out, rng: rng.random((fan_in, fan_out)))",
        "initializer 'flat' must return weights of the shape (fan_out, fan_in), here (2, 3), not (3, 2)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_plugin_is_the_plugins(home, refused, mistake):
    code, complaint = MISTAKES[mistake]
    (home / "mistaken.py").write_text(code)
    err = refused("--plugin", "mistaken.py", "train", "--epochs", "1", "--no-figures")
    assert complaint in err
    assert "report" not in err
