"""Plugins: any file of Python that registers something, and one error for any that does not run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neural_network.functions.activations import ACTIVATIONS
from neural_network.support.errors import InputError
from neural_network.support.plugins import load_plugins
from neural_network.support.registry import Registry

PLUGIN = """
from __future__ import annotations

import dataclasses

from neural_network.functions.activations import Activation, register_activation


@dataclasses.dataclass
class Scaled:
    factor: float = 3.0


print("loading")
register_activation(Activation("NAME", g=lambda Z: Z, g_prime=lambda Z: 0 * Z + Scaled().factor))
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes a plugin with this code, and returns its path; its modules and names are removed again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ACTIVATIONS, "_values", dict(ACTIVATIONS._values))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def write(path, code):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(code)
        return path

    return write


def test_two_files_of_one_name_both_run_and_each_only_once(write, capsys):
    paths = [write(f"{folder}/x.py", PLUGIN.replace("NAME", f"scaled {folder}")) for folder in "ab"]
    load_plugins([*paths, "a/../a/x.py", str(Path("b/x.py").resolve())])
    assert {"scaled a", "scaled b"} <= set(ACTIVATIONS)
    assert capsys.readouterr() == ("", "loading\nloading\n")  # standard output is for results


def test_names_with_brackets_are_shown_as_they_are(write):
    path = write("[b]/[x].py", PLUGIN.replace("NAME", "[/bold] scaled"))
    command = [sys.executable, "-m", "neural_network", "--plugin", path, "check", "--help"]  # app lists names once
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "[/bold] scaled" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError"),
        (PLUGIN.replace("NAME", ""), "the name of activation '' must have characters"),
        (PLUGIN.replace("NAME", "\\x1b[2J"), "no control characters"),
    ],
)
def test_a_plugin_that_fails_is_an_error_and_leaves_no_module(write, code, reason):
    before = set(sys.modules)
    with pytest.raises(InputError, match=r"plugin x/bad\.py cannot be loaded") as raised:
        load_plugins([write("x/bad.py", code)])
    assert reason in str(raised.value)
    assert not any("bad" in name for name in set(sys.modules) - before)


def test_a_failing_entry_point_is_an_error_that_names_it(monkeypatch):
    class Entry:
        name = "third-party"

        def load(self):
            raise ImportError("it needs another version")

    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Entry()])
    with pytest.raises(InputError, match="plugin third-party cannot be loaded: ImportError: it needs another version"):
        load_plugins()


def test_a_missing_value_of_plugin_is_one_line(run):
    result = run("data", "list", "--plugin")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "--plugin needs a file" in result.err


@pytest.mark.parametrize("name", ["", "a\nb", "\x1b[31m"])
def test_a_registry_takes_no_name_that_a_terminal_cannot_show(name):
    with pytest.raises(InputError, match="the name of kind"):
        Registry("kind").register(name, 1)


def test_a_plugin_that_makes_floating_point_errors_fatal_changes_nothing(run, small):
    Path("raise.py").write_text("import numpy as np\nnp.seterr(all='raise')\n")
    options = ["--data", small, "--validation", 50, "--epochs", 3, "--batch-size", 64, "--activation", "gelu"]
    options += ["--no-figures"]
    drawn = [word for name in ("training_pulse", "layers", "landscape", "adversarial") for word in ("--only", name)]
    for name, plugin in (("plain", []), ("raise", ["--plugin", "raise.py"])):
        result = run("train", *options, *plugin, "--name", name)
        assert result.status == 0, result.err
    assert run("report", "runs/raise", *plugin, *drawn).status == 0
    plain, raising = (Path(f"runs/{name}/model.safetensors").read_bytes() for name in ("plain", "raise"))
    assert plain == raising
    assert np.geterr()["under"] == "ignore"
    assert np.geterr()["over"] == "warn"
