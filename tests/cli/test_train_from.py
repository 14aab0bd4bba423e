"""`mnist-nn train --from RUN`: a new run that starts with the weights of another one."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.cli.train import once
from neural_network.data import load
from neural_network.data.dataset import Samples
from neural_network.data.export import export_png
from neural_network.inspection.report.configuration import command as command_of
from neural_network.runs.folder import load_run
from neural_network.training.monitor import Monitor

FIRST = ["--validation", 50, "--epochs", 3, "--hidden", 12, "--batch-size", 64, "--optimizer", "adam", "--seed", 5]


@pytest.fixture
def first(have_run, small):
    """The folder of a run of three epochs with Adam."""
    return have_run("--data", small, *FIRST, "--no-figures", name="first")


def config(name):
    return json.loads(Path("runs", name, "config.json").read_text())


def test_it_starts_with_the_weights_and_settings_of_the_run(run, small, first):
    result = run("train", "--from", first, "--epochs", 2, "--name", "more", "--no-figures")
    assert result.status == 0
    assert "started with the weights of runs/first" in result.out
    network = TwoLayerNN.load(first / "model.safetensors")
    train, validation = load(str(small)).split(50)
    network.train(*train, epochs=2, optimizer="adam", batch_size=64, seed=5, validation=validation)
    more = TwoLayerNN.load("runs/more/model.safetensors")
    for name, parameter in network.parameters.items():
        assert np.array_equal(more.parameters[name], parameter)
    begun = config("first")["training"] | {"from_run": "runs/first", "planned_epochs": 2, "epochs": 2, "steps": 12}
    assert config("more")["training"] | {"seconds": 0} == begun | {"seconds": 0}
    assert config("more")["data"] == config("first")["data"]


def test_as_many_epochs_as_the_run_where_none_are_given(run, first):
    assert run("train", "--from", first, "--name", "more", "--no-figures").status == 0
    assert config("more")["training"]["epochs"] == 3


def test_another_optimizer_has_its_own_learning_rate(run, first):
    assert run("train", "--from", first, "--optimizer", "sgd", "--name", "more", "--no-figures").status == 0
    assert config("more")["training"]["learning_rate"] == 0.1


def test_the_command_in_the_report_makes_the_run_again(run, first):
    options = ["--optimizer", "sgd", "--epochs", 500, "--early-stopping", 1]  # some are the usual values, not the run's
    assert run("train", "--from", first, *options, "--name", "more", "--no-figures").status == 0
    words = command_of(load_run("runs/more")[2]).split()
    assert words[:2] == ["mnist-nn", "train"]
    assert run(*words[1:], "--name", "again", "--no-figures").status == 0
    assert Path("runs/again/model.safetensors").read_bytes() == Path("runs/more/model.safetensors").read_bytes()


def test_other_data_with_the_same_classes_are_taken(run, small, first):
    dataset = load(str(small))
    few = Samples(dataset.train.X[:, :40], dataset.train.Y[:40])
    export_png(replace(dataset, train=few, test=None), Path("pictures"))
    options = ["--validation", 5, "--name", "more", "--no-figures"]
    assert run("train", "--from", first, "--data", "pictures", *options).status == 0
    assert config("more")["data"]["spec"] == "pictures"


def test_other_classes_and_sizes_are_refused(run, small, first, tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.fromarray(np.eye(28, dtype=np.uint8) * 200).save(tmp_path / "pets" / name / "1.png")
    result = run("train", "--from", first, "--data", "pets")
    assert result.status == 2
    assert "cat, dog" in result.err
    np.savez(tmp_path / "tiny.npz", x=np.eye(16, dtype=np.uint8), y=np.arange(16) % 10)
    result = run("train", "--from", first, "--data", "tiny.npz")
    assert result.status == 2
    assert "16 pixels, but the network 784 inputs" in result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--hidden", 10], "--hidden is 10, but 12 in runs/first"),
        (["--activation", "tanh"], "--activation is tanh, but relu"),
        (["--seeds", 2], "--from goes with one network"),
    ],
)
def test_what_does_not_fit_the_weights_is_refused(run, first, options, words):
    result = run("train", "--from", first, *options)
    assert result.status == 2
    assert words in result.err


def test_a_model_without_a_run_brings_its_network_alone(run, small):
    options = ["--data", small, "--learning-rate", 1e-12, "--epochs", 1, "--name", "more", "--no-figures"]
    result = run("train", "--from", "best-800", *options)
    assert result.status == 0, result.err
    assert "started with the weights of best-800" in result.out
    best, more = TwoLayerNN.load("best-800"), TwoLayerNN.load("runs/more/model.safetensors")
    assert np.allclose(more.W1, best.W1, atol=1e-6)
    assert config("more")["training"]["optimizer"] == "sgd"
    words = command_of(load_run("runs/more")[2]).split()
    assert run(*words[1:], "--name", "again", "--no-figures").status == 0
    assert Path("runs/again/model.safetensors").read_bytes() == Path("runs/more/model.safetensors").read_bytes()
    assert "--hidden is 5, but 800 in best-800" in run("train", "--from", "best-800", "--hidden", 5).err


def test_a_run_that_is_not_there_is_named(run):
    result = run("train", "--from", "runs/nowhere")
    assert result.status == 2
    assert "runs/nowhere" in result.err


def test_after_ctrl_c_it_goes_on_to_the_same_bits(run, first, monkeypatch):
    class Interrupted(Monitor):
        def on_gradients(self, run):
            super().on_gradients(run)
            if run.step == 8:
                os.kill(os.getpid(), signal.SIGINT)

    options = ["--from", first, "--epochs", 4, "--no-figures"]
    assert run("train", *options, "--name", "whole").status == 0
    with monkeypatch.context() as patch:
        patch.setattr(once, "Monitor", Interrupted)
        Interrupted.__name__ = "Monitor"
        assert run("train", *options, "--name", "halted").status == 130
    assert run("train", "--resume", "runs/halted").status == 0
    assert Path("runs/halted/model.safetensors").read_bytes() == Path("runs/whole/model.safetensors").read_bytes()
    assert config("halted")["training"]["from_run"] == "runs/first"
