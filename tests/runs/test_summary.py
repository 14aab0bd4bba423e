"""Summaries of runs: what config.json holds, also that of earlier versions, and what is refused."""

import copy
import json
from dataclasses import replace

import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.runs.settings import Settings
from neural_network.runs.summary import DivergedSummary, Duration, EndedSummary, Metrics, Summary

OLD_TRAINING = {
    "hidden": 16, "activation": "relu", "initializer": "he-normal", "output": "softmax", "loss": "cross-entropy",
    "label_smoothing": 0.0, "seed": 3, "epochs": 2, "batch_size": None, "optimizer": "adam", "learning_rate": 0.001,
    "schedule": "constant", "warmup_steps": 0, "l1": 0.0, "l2": 0.0, "dropout": 0.25, "input_dropout": 0.0,
    "max_norm": 0.0, "clip": 0.0, "augment": "none", "early_stopping": 0, "average": 0.0, "callbacks": ["mine"],
}  # fmt: skip
OLD_ENDED = {  # of a version without --deterministic, parts and "planned_epochs"
    "data": {"name": "mnist", "source": "data", "spec": "mnist", "train": 90, "validation": 10, "test": 20},
    "model": {"input_size": 4, "hidden_size": 16, "output_size": 3, "activation": "relu", "parameters": 131},
    "training": {**OLD_TRAINING, "steps": 2, "seconds": 0.5},
    "metrics": {
        "train": {"samples": 90, "accuracy": 0.5, "loss": 1.0},
        "validation": {"samples": 10, "accuracy": 1, "loss": 0.9},
        "test": None,
    },
}
OLD_DIVERGED = {
    "data": {"name": "mnist", "source": "data", "spec": "mnist", "validation": 10},
    "training": {**OLD_TRAINING, "learning_rate": None},
    "diverged_at": 7,
    "reason": "training diverged at step 7",
    "software": {"NumPy": "2.0"},
}


def test_a_summary_of_an_earlier_version_is_read():
    summary = Summary.from_json(OLD_ENDED)
    assert isinstance(summary, EndedSummary)
    assert summary.settings == Settings(
        hidden=16, seed=3, epochs=2, optimizer="adam", learning_rate=0.001, dropout=0.25, callbacks=("mine",)
    )
    assert summary.duration == Duration(2, 2, 0.5, None)
    assert summary.metrics == {"train": Metrics(90, 0.5, 1.0), "validation": Metrics(10, 1, 0.9), "test": None}
    assert (summary.data.train, summary.data.spec, summary.software, summary.parts) == (90, "mnist", {}, {})
    assert not summary.interrupted


def test_the_epochs_of_the_settings_are_those_planned():
    stopped = copy.deepcopy(OLD_ENDED)
    stopped["training"] |= {"planned_epochs": 50}
    summary = Summary.from_json(stopped)
    assert (summary.settings.epochs, summary.duration.epochs) == (50, 2)
    assert summary.to_json()["training"]["epochs"] == 2


def test_a_diverged_summary_of_an_earlier_version_is_read():
    summary = Summary.from_json(OLD_DIVERGED)
    assert isinstance(summary, DivergedSummary)
    assert (summary.diverged_at, summary.settings.learning_rate, summary.data.train) == (7, None, None)


@pytest.mark.parametrize("old", [OLD_ENDED, OLD_DIVERGED], ids=["ended", "diverged"])
def test_what_is_written_is_read_back(old):
    summary = Summary.from_json(old)
    values = json.loads(json.dumps(summary.to_json()))
    assert Summary.from_json(values) == summary
    for group in old.keys() & {"data", "training", "model", "metrics"}:
        assert values[group] | old[group] == values[group]  # every key of before is still there, with its value


def test_parts_and_an_interruption_are_kept():
    summary = replace(Summary.from_json(OLD_ENDED), parts={"a": Metrics(3, 0.5, 1.0)}, interrupted=True, run="runs/r")
    values = summary.to_json()
    assert (values["parts"]["a"]["samples"], values["interrupted"], values["run"]) == (3, True, "runs/r")
    assert Summary.from_json(values) == summary


@pytest.mark.parametrize(
    ("group", "values", "reason"),
    [
        ("", {"data": None}, "data should be an object"),
        ("data", {"train": None}, "train of data cannot be None"),
        ("data", {"spec": "\x1b[2J"}, "spec of data"),
        ("data", {"spec": "+".join(["mnist"] * 9)}, "more than 8 parts"),
        ("training", {"epochs": 1.5}, "epochs of training"),
        ("training", {"steps": -1}, "steps of training"),
        ("training", {"hidden": 0}, "hidden must be a whole number"),
        ("training", {"callbacks": "mine"}, "callbacks of the settings"),
        ("model", {"parameters": True}, "parameters of model"),
        ("metrics", {"train": None}, "metrics has no train"),
        ("metrics", {"train": []}, "train should be an object"),
        ("metrics", {"test": {"samples": 9, "accuracy": 1.5, "loss": 1.0}}, "accuracy of test cannot be 1.5"),
        ("metrics", {"\x1b": None}, "of metrics"),
        ("", {"software": {"NumPy": 2}}, "NumPy of software"),
    ],
)
def test_what_is_no_summary_is_refused_with_the_reason(group, values, reason):
    changed = copy.deepcopy(OLD_ENDED)
    (changed[group] if group else changed).update(values)
    with pytest.raises(InputError) as refused:
        Summary.from_json(changed)
    assert reason in str(refused.value)


@pytest.mark.parametrize("name", ["optimizer", "schedule", "seed", "epochs", "steps", "seconds"])
def test_what_every_version_recorded_may_not_be_missing(name):
    changed = copy.deepcopy(OLD_ENDED)
    del changed["training"][name]
    with pytest.raises(InputError, match=f"training has no {name}"):
        Summary.from_json(changed)


def test_a_diverged_run_with_a_setting_of_another_version_cannot_be_trained_again():
    with pytest.raises(InputError, match="no setting 'mixup'"):
        Summary.from_json({**OLD_DIVERGED, "training": {**OLD_DIVERGED["training"], "mixup": 0.1}})


def test_the_summary_of_another_network_is_refused():
    summary = Summary.from_json(OLD_ENDED)
    summary.check_model(TwoLayerNN(4, 16, 3))
    with pytest.raises(InputError, match="hidden_size is 16, but 15 in the model"):
        summary.check_model(TwoLayerNN(4, 15, 3))
