"""Run folders: what is kept of a run when there is little room."""

import signal

import numpy as np
import pytest

from neural_network import History, TwoLayerNN
from neural_network.runs.folder import (
    SNAPSHOTS,
    claim_run_folder,
    load_run,
    load_summary,
    model_file,
    save_diverged,
    save_run,
)
from neural_network.runs.settings import Settings
from neural_network.runs.snapshots import Snapshots
from neural_network.runs.summary import DataSummary, DivergedSummary, Duration, EndedSummary, Metrics, ModelSummary
from neural_network.support.errors import InputError, WorkError


@pytest.fixture
def ended():
    """A network, the history and the summary of its training, and a snapshot."""
    network = TwoLayerNN(4, 3, 2, seed=0)
    history = History()
    history.rows.append({"epoch": 1, "step": 1, "loss": 0.5, "accuracy": 0.5, "seconds": 1.0})
    summary = EndedSummary(
        DataSummary("mnist", "data", "mnist", 0, 9, 0),
        Settings(hidden=3, epochs=1),
        {},
        ModelSummary.of(network),
        Duration(1, 1, 1.0, 1),
        {"train": Metrics(9, 0.5, 0.5)},
    )
    snapshots = Snapshots()
    snapshots.steps, snapshots.parameters = [1], [network.parameters]
    return network, history, summary, snapshots


def test_the_model_is_kept_where_there_is_no_room_for_snapshots(tmp_path, monkeypatch, ended):
    network, history, summary, _ = ended

    def full(self, path):
        raise WorkError(f"cannot write {path}: no room")

    monkeypatch.setattr(Snapshots, "save", full)
    with pytest.raises(WorkError, match=r"cannot write .*snapshots"):
        save_run(tmp_path, *ended)
    kept, rows, told = load_run(tmp_path)
    assert np.array_equal(kept.W1, network.W1)
    assert rows.rows == history.rows
    assert told == summary
    assert not (tmp_path / SNAPSHOTS).exists()


def test_a_run_is_saved_whole_before_ctrl_c_takes_effect(tmp_path, monkeypatch, ended):
    save = History.save

    def interrupted(self, path):
        signal.raise_signal(signal.SIGINT)
        save(self, path)

    monkeypatch.setattr(History, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_run(tmp_path, *ended)
    assert load_run(tmp_path)[2] == ended[2]
    assert (tmp_path / SNAPSHOTS).exists()


def test_the_folder_of_several_seeds_says_which_runs_it_holds(tmp_path):
    (tmp_path / "seeds.json").write_text("{}")
    (tmp_path / "seed-0").mkdir()
    for read in (load_summary, model_file):
        with pytest.raises(InputError, match="holds the runs of several seeds; choose one of them: seed-0"):
            read(tmp_path)


def test_a_folder_in_which_nothing_was_saved_does_not_keep_the_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with claim_run_folder("r") as folder:
        folder.mkdir(parents=True)
    assert not folder.exists()
    with claim_run_folder("r") as folder:
        folder.mkdir(parents=True)
        (folder / "model").write_text("")
    assert folder.exists()


def test_a_run_that_diverged_is_not_a_network(tmp_path, ended):
    _, history, summary, _ = ended
    diverged = DivergedSummary(summary.data, summary.settings, {}, 3, "training diverged at step 3")
    save_diverged(tmp_path, history, diverged)
    assert load_summary(tmp_path) == diverged
    for read in (load_run, model_file):
        with pytest.raises(InputError, match=r"has no model, because its training diverged"):
            read(tmp_path)


def test_a_shipped_model_is_not_a_run():
    with pytest.raises(InputError, match="best-800 is a model without its run; give the folder of a run"):
        load_run("best-800")


def test_a_sweep_is_not_a_run(tmp_path):
    (tmp_path / "sweep.json").touch()
    for read in (load_run, model_file):
        with pytest.raises(FileNotFoundError, match=r"it is a sweep: .* train --recipe .*best.toml"):
            read(tmp_path)
