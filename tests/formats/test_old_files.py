"""Models and runs that version 0.1.0 saved, in old/, are still loaded, evaluated, inspected and resumed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.cli import main
from neural_network.cli.diagnose import saved_findings
from neural_network.runs.checkpoint_files import newest_checkpoint
from neural_network.runs.folder import load_history, load_run, load_summary
from neural_network.runs.snapshots import Snapshots
from neural_network.training.history import History

OLD = Path(__file__).with_name("old")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The digits that the runs were trained on, as drawn then, and the runs themselves, in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(OLD / "digits", "digits")
    shutil.copytree(OLD, "runs", ignore=shutil.ignore_patterns("*.py", "digits"))
    return tmp_path


def command(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    out, err = capsys.readouterr()
    assert not stopped.value.code, err
    return out


def figures(rows):
    """Rows of a history without the seconds."""
    return [[value for name, value in row.items() if name != "seconds"] for row in rows]


def test_a_model(home):
    network = TwoLayerNN.load("runs/model.safetensors")
    assert (network.input_size, network.hidden_size, network.output_size, network.seed) == (784, 1, 10, 0)
    assert network.predict(np.zeros((784, 1))).shape == (1,)


def test_a_run_and_its_snapshots(home):
    network, history, summary = load_run("runs/whole")
    assert [history.columns[-1], *history["dead_units"]] == ["dead_units", 0, 0, 0, 0]
    assert Snapshots.load("runs/whole/snapshots.safetensors", network).steps == [0, *range(1, 9)]
    assert load_summary(Path("runs/whole")) == summary


@pytest.mark.parametrize("run", ["model.safetensors", "whole", "seeds/seed-0", "seeds/seed-1", "interrupted"])
def test_they_are_evaluated_as_they_were_then(home, capsys, run):
    result = json.loads(command(capsys, "evaluate", f"runs/{run}", "--data", "digits", "--json"))
    config = home / "runs" / ("whole" if run == "model.safetensors" else run) / "config.json"
    then = json.loads(config.read_text())["metrics"]["test"]
    assert result["accuracy"] == then["accuracy"]
    assert result["loss"] == pytest.approx(then["loss"], rel=1e-5)


def test_a_diverged_run_says_how_to_diagnose_it(home, capsys):
    history = load_history(Path("runs/diverged"))
    assert history["dead_units"] == [0]
    with pytest.raises(InputError, match="saved no findings; train it again: mnist-nn train --data digits"):
        saved_findings(Path("runs/diverged"), load_summary(Path("runs/diverged")))


@pytest.mark.parametrize("only", ["training_pulse", "weights_over_time"])
def test_figures_are_drawn(home, capsys, only):
    command(capsys, "figures", "runs/whole", "--only", only)
    assert (home / f"runs/whole/figures/{only}.png").exists()


def test_an_interrupted_run_is_resumed_from_the_middle_of_an_epoch(home, capsys):
    """It ends where the run that was never interrupted ended then; another version may round otherwise."""
    checkpoint = newest_checkpoint(Path("runs/interrupted"), print)
    assert checkpoint.values["place"]["seen"] == 100  # of 200 samples: what it is called now, is not in the file
    command(capsys, "train", "--resume", "runs/interrupted", "--no-figures")
    resumed, whole = (History.load(f"runs/{name}/history.csv") for name in ("interrupted", "whole"))
    assert resumed.columns == whole.columns
    np.testing.assert_allclose(figures(resumed.rows), figures(whole.rows), rtol=1e-4)
