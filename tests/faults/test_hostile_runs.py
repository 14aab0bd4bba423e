"""Runs that a stranger made up: what their config.json asks for, names that control a terminal, data without images."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import Result, call, measured, needs_proc

from neural_network import InputError, TwoLayerNN
from neural_network.data import idx
from neural_network.data.idx import header, map_idx, write_idx

pytestmark = pytest.mark.faults

DIVERGED = Path("runs/d")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Forty images, and a run on them that diverged after some epochs, as the current folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for split, count in (("train", 40), ("t10k", 12)):
        write_idx(f"data/{split}-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28)).astype(np.uint8))
        write_idx(f"data/{split}-labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8))
    options = ["--data", "data", "--validation", "5", "--hidden", "4", "--no-figures", "--name", "d"]
    assert (
        call("train", *options, "--activation", "leaky-relu", "--batch-size", "8", "--learning-rate", "1e12").status
        == 3
    )


def refused(result: Result) -> str:
    assert result.status == 2, result
    assert result.err.count("\n") == 1, result.err
    return result.err


def change(run: Path, group: str, **values: Any) -> None:
    file = run / "config.json"
    summary = json.loads(file.read_text())
    (summary[group] if group else summary).update(values)
    file.write_text(json.dumps(summary))


@pytest.mark.parametrize(
    ("group", "values", "reason"),
    [
        ("training", {"hidden": "8"}, "hidden of the settings cannot be '8'"),
        ("training", {"epochs": 10**9, "batch_size": True}, "batch_size of the settings cannot be True"),
        ("training", {"batch_size": 0}, "batch_size must be a whole number ≥ 1"),
        ("training", {"l2": -1.0}, "l2 of the settings cannot be -1.0"),
        ("training", {"seconds": 1.0}, "no setting 'seconds'"),
        ("data", {"spec": "+".join(["data"] * 99)}, "more than 8 parts"),
        ("data", {"spec": "\x1b[2Jdata"}, "spec of data cannot be"),
        ("", {"findings": "none"}, "findings should be a list, not 'none'"),
        ("", {"findings": ["none"]}, "a finding should be an object, not 'none'"),
        ("", {"findings": [{"cause": "x", "evidence": "", "advice": ""}]}, "a finding has no since"),
        ("", {"findings": [{"cause": "\x1b[2J", "since": 1, "evidence": "", "advice": ""}]}, "cause of a finding"),
    ],
)
@pytest.mark.parametrize("command", ["diagnose", "report"])
def test_what_a_diverged_run_claims_is_checked(command, group, values, reason):
    change(DIVERGED, group, **values)
    assert reason in refused(call(command, str(DIVERGED)))


def test_a_summary_beside_another_model_is_refused():
    made = call("train", "--data", "data", "--validation", "5", "--epochs", "2", "--no-figures", "--name", "r")
    assert made.status == 0
    change(Path("runs/r"), "model", hidden_size=11)
    for command in (["diagnose", "runs/r"], ["report", "runs/r"], ["compare", "runs/r", "runs/r"]):
        assert "hidden_size is 11, but 10 in the model beside it" in refused(call(*command))


def test_no_name_of_a_class_controls_the_terminal():
    for name in ("\x1b[31mred", "\u202eright to left", "\ud800", "n" * 256):
        with pytest.raises(InputError, match="no control characters"):
            TwoLayerNN(2, 2, 2, classes=["a", name])


def test_no_name_of_a_file_controls_the_terminal():
    err = refused(call("evaluate", "\x1b[31mred\nmnist-nn: done", "--data", "data"))
    assert "\x1b" not in err
    assert r"\x1b[31mred" in err


@pytest.mark.parametrize("size", [0, idx.MAPPED_BYTES])
def test_a_file_that_claims_no_images_is_refused(size):
    """With nothing after its header, or with as many bytes as make it a file to be mapped."""
    for shape in ((0, 28, 28), (40, 0, 28)):
        file = Path("data/train-images-idx3-ubyte")
        file.write_bytes(header(shape))
        with file.open("ab") as content:
            content.truncate(file.stat().st_size + size)
        refused(call("train", "--data", "data", "--no-figures"))


def test_a_mapped_file_without_images_is_an_empty_array(monkeypatch):
    monkeypatch.setattr(idx, "MAPPED_BYTES", 1)
    Path("none").write_bytes(header((0, 28, 28)))
    assert map_idx("none").shape == (0, 28, 28)


@needs_proc
@pytest.mark.parametrize(("hidden", "classes", "status"), [(1, 5000, 2), (1, 400, 0), (100_000, 10, 0)])
def test_models_of_very_many_classes_or_units_take_little_memory(hidden, classes, status):
    write_idx("dots/train-images-idx3-ubyte", np.zeros((2000, 1, 1), np.uint8))
    write_idx("dots/train-labels-idx1-ubyte", np.zeros(2000, np.uint8))
    TwoLayerNN(1, hidden, classes, initializer="zeros").save("m.safetensors")
    answer, err = measured("evaluate", "m.safetensors", "--data", "dots", "--split", "train")
    assert answer == status, err
    assert err.count("\n") == (status > 0), err
