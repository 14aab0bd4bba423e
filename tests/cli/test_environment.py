"""Environment variables of notebooks, containers, shells and other libraries do not break the command."""

import os
import subprocess
import sys

import pytest

NOWHERE = "/dev/null/no"  # a path that not even the superuser can make
ENVIRONMENTS = {
    "notebook": {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": "damaged",
        "PYTHONWARNINGS": "error",
        "FORCE_COLOR": "1",
        "OMP_NUM_THREADS": "²",
        "OPENBLAS_NUM_THREADS": "many",
    },
    "container": dict.fromkeys(["COLUMNS", "LINES", "TERMINAL_WIDTH", "OMP_NUM_THREADS"], "0")
    | dict.fromkeys(["HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"], NOWHERE)
    | {"TERM": "dumb", "NO_COLOR": "1"},
    "old": dict.fromkeys(["COLUMNS", "LINES", "TERMINAL_WIDTH"], "²")
    | dict.fromkeys(["PYTHONUTF8", "PYTHONCOERCECLOCALE"], "0")
    | {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONOPTIMIZE": "2", "MPLBACKEND": "no such backend"},
}


def mnist_nn(home, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "-m", "neural_network", *map(str, arguments)],
        cwd=home,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["notebook", pytest.param("container", marks=pytest.mark.slow), "old"])
def test_train_and_figures_work_and_print_their_results(small, tmp_path, name):
    (tmp_path / "damaged").write_bytes(b"backend: nothing\ntext.usetex: \xff\n")
    variables = ENVIRONMENTS[name]
    train = mnist_nn(tmp_path, "train", "--data", small, "--epochs", 2, "--name", "r", **variables)
    assert (train.returncode, train.stderr) == (0, b"")
    assert b"validation" in train.stdout
    assert len(list((tmp_path / "runs/r/figures").iterdir())) == 4
    drawn = mnist_nn(tmp_path, "figures", "runs/r", "--only", "per_class", **variables)
    assert (drawn.returncode, drawn.stderr, drawn.stdout) == (0, b"", b"runs/r/figures/per_class.png\n")


def test_the_environment_of_a_program_that_calls_the_command_is_as_before(run, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "qtagg")
    monkeypatch.setenv("COLUMNS", "0")
    monkeypatch.setenv("LINES", "7")
    monkeypatch.delenv("MATPLOTLIBRC", raising=False)
    before = dict(os.environ)
    run("data", "list")
    assert dict(os.environ) == before
