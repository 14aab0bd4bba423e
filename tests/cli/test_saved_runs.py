"""Callbacks, names of data and large numbers never cost a trained network, and what is saved can be read."""

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neural_network import Callback, TwoLayerNN
from neural_network.cli.train import once, seeds
from neural_network.functions.losses import LOSSES, Loss, cross_entropy, register_loss
from neural_network.runs.folder import load_run
from neural_network.training.callback import CALLBACKS, register_callback

TRAIN = ["--validation", 50, "--epochs", 4, "--batch-size", 64, "--no-figures"]
READERS = [
    ["evaluate"],
    ["diagnose"],
    ["figures", "--only", "training_progress"],
    ["report", "--only", "training_progress"],
    ["export", "--onnx", "m.onnx"],
    ["explain"],
]


@pytest.fixture
def callback(monkeypatch):
    """A function that registers a class of callbacks, for the test only, and returns the option that uses it."""
    monkeypatch.setattr(CALLBACKS, "_values", dict(CALLBACKS._values))

    def register(cls):
        register_callback(cls.__name__)(cls)
        return ["--callback", cls.__name__]

    return register


def read_by_all(run, small, folder):
    for name, *options in READERS:
        if name == "export":
            pytest.importorskip("onnx")
        data = [] if name == "export" else ["--data", small]
        result = run(name, folder, *options, *data)
        assert result.status == 0, (name, result.err)
    result = run("compare", folder, folder, "--data", small)
    assert result.status == 0, result.err


class Notes(Callback):
    """Puts into the history whatever comes to mind."""

    def on_epoch(self, run, row):
        row |= {"none": None, "yes": True, "text": "warm\nup \x1b[2J\udcff", "numpy": np.float32(0.1)}
        row |= {"list": [1, 2], "huge": 10**400, "\x1b[2J": 1, "array": np.arange(3), 7: 7}
        if run.epoch % 2:
            row["sometimes"] = 0.5


def test_whatever_callbacks_put_into_the_history_is_saved_and_read(run, small, callback):
    result = run("train", "--data", small, *TRAIN, *callback(Notes), "--name", "r")
    assert result.status == 0, result.err
    history = load_run("runs/r")[1]
    np.testing.assert_array_equal(history["sometimes"], [0.5, np.nan, 0.5, np.nan])
    assert history["yes"] == [1, 1, 1, 1]
    assert "warm" in Path("runs/r/history.csv").read_text()
    read_by_all(run, small, "runs/r")


class Odd(Callback):
    """Interrupts the run in step 9, and has a state that no file can hold."""

    def on_step(self, run):
        if run.step == 9:
            os.kill(os.getpid(), signal.SIGINT)

    def state(self):
        return {"x": {1, 2}}


class Kept(Odd):
    """Has a state of NumPy's scalars, text and an array of another byte order."""

    def state(self):
        return {"x": np.float32(0.1), "text": "é", "array": np.array([1.5], ">f8"), "numbers": [1, 2]}


def test_ctrl_c_saves_the_network_whatever_the_state_of_a_callback(run, small, callback):
    result = run("train", "--data", small, *TRAIN, *callback(Odd), "--name", "r")
    assert result.status == 130
    assert "cannot be resumed" in result.err
    assert "callback Odd" in result.err
    assert json.loads(Path("runs/r/config.json").read_text())["interrupted"] is True
    read_by_all(run, small, "runs/r")


def test_a_state_of_numpys_scalars_text_and_any_byte_order_is_resumed(run, small, callback):
    kept = callback(Kept)
    assert run("train", "--data", small, *TRAIN, *kept, "--name", "r").status == 130
    Kept.on_step = Callback.on_step
    result = run("train", "--resume", "runs/r", "--no-figures")
    assert result.status == 0, result.err
    assert len(load_run("runs/r")[1]) == 4


def test_a_loss_below_zero_is_read(run, small, monkeypatch):
    monkeypatch.setattr(LOSSES, "_values", dict(LOSSES._values))
    loss = replace(cross_entropy, name="shifted", value=lambda Z2, A2, Y: cross_entropy.value(Z2, A2, Y) - 10)
    assert isinstance(register_loss(loss), Loss)
    assert run("train", "--data", small, *TRAIN, "--loss", "shifted", "--name", "r").status == 0
    assert load_run("runs/r")[2].metrics["train"].loss < 0
    read_by_all(run, small, "runs/r")


@pytest.mark.parametrize("name", ["dig\nits", "\x1b[2Jdigits", "rtl\u202edigits", os.fsdecode(b"caf\xe9")])
def test_data_whose_name_no_reader_takes_are_refused_before_the_training(run, small, name):
    shutil.copytree(small, name)
    result = run("train", "--data", name, *TRAIN, "--name", "r")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert "choose plain names" in result.err
    assert not Path("runs/r").exists()


@pytest.mark.parametrize("option", ["--seed", "--early-stopping", "--batch-size", "--epochs"])
def test_numbers_that_no_reader_takes_are_refused_before_the_training(run, small, option):
    result = run("train", "--data", small, *TRAIN, option, 2**128, "--name", "r")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert "2^128" in result.err
    assert not Path("runs/r").exists()


def test_a_billion_seeds_are_refused(run, small):
    result = run("train", "--data", small, *TRAIN, "--seeds", 10**9)
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "--seeds" in result.err
    assert not Path("runs").exists()


@pytest.mark.parametrize(("module", "options"), [(once, []), (seeds, ["--seeds", 2])])
def test_ctrl_c_while_the_trained_network_is_measured_waits_until_it_is_saved(run, small, monkeypatch, module, options):
    summarize = module.summarize

    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return summarize(*arguments)

    monkeypatch.setattr(module, "summarize", interrupted)
    assert run("train", "--data", small, *TRAIN, *options, "--name", "r").status == 130
    for folder in ["r/seed-0", "r/seed-1"] if options else ["r"]:
        assert len(load_run(f"runs/{folder}")[1]) == 4


def test_a_summary_that_could_not_be_read_does_not_replace_the_old_one(run, small, trained, monkeypatch):
    before = (trained / "config.json").read_bytes()
    summarize = once.summarize
    monkeypatch.setattr(once, "summarize", lambda *arguments: replace(summarize(*arguments), software={"x": "\x00"}))
    result = run("train", "--data", small, *TRAIN, "--hidden", 3, "--name", "r", "--overwrite")
    assert result.status == 1
    assert "config.json is not saved, because it could not be read back" in result.err
    assert (trained / "config.json").read_bytes() == before
    assert TwoLayerNN.load(trained / "model.safetensors").hidden_size == 3  # which nothing costs
