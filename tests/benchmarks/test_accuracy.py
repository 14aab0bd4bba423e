"""Recording runs of recipes, and the table of docs/accuracy.md."""

import json
import shutil
from pathlib import Path

import pytest
from benchmarks import accuracy, committee

from neural_network import TwoLayerNN
from neural_network.cli import main
from neural_network.data import load
from neural_network.recipes import RECIPES
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat


def test_the_document_has_the_table_of_the_recorded_runs(tmp_path):
    document = tmp_path / "accuracy.md"
    shutil.copy(accuracy.DOCUMENT, document)
    accuracy.main(["--document", str(document)])
    assert document.read_text() == accuracy.DOCUMENT.read_text()


def test_recorded_runs_name_no_folder_of_a_machine():
    for path in accuracy.RESULTS.glob("*.json"):
        summary = json.loads(path.read_text())
        assert "run" not in summary
        assert "/" not in summary["data"]["source"]


def test_a_run_that_is_of_no_recipe_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, what in (("mine", "not that of a recipe"), (RECIPES[0], f"not of the recipe {RECIPES[0]}")):
        with pytest.raises(SystemExit):
            main(["train", "--data", "synthetic", "--epochs", "1", "--name", f"{name}-seed-0", "--no-figures"])
        with pytest.raises(InputError, match=what):
            accuracy.record(Path("runs") / f"{name}-seed-0", tmp_path)


def test_a_committee_has_the_mean_of_its_members_probabilities(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    networks = [TwoLayerNN(784, 3, 10, seed=seed) for seed in (1, 2, 3)]
    networks[2].picture_format = PictureFormat(deskew=True)  # as it was trained on deskewed images
    for number, network in enumerate(networks):
        network.save(f"{number}.safetensors")
    document = tmp_path / "accuracy.md"
    shutil.copy(accuracy.DOCUMENT, document)
    committee.main(
        ["0.safetensors", "1.safetensors", "2.safetensors", "--data", "synthetic", "--document", str(document)]
    )
    (X, Y), deskewed = load("synthetic").test, load("deskewed:synthetic").test.X
    P = networks[0].predict_proba(X) + networks[1].predict_proba(X) + networks[2].predict_proba(deskewed)
    expected = f"{(P.argmax(axis=0) != Y).sum()} of 10,000 test images wrong"
    assert expected in capsys.readouterr().out
    assert expected in document.read_text()
