"""`mnist-nn train --seeds`: many runs, each as it would have been alone, and how far they lie apart."""

import json
import os
import signal
import statistics
from pathlib import Path

import pytest

from neural_network.runs import settings
from neural_network.training.callback import Callback

FULL_BATCH = ("--epochs", 15)
MINI_BATCH = ("--epochs", 2, "--batch-size", 50, "--dropout", 0.2)


@pytest.mark.parametrize("settings", [FULL_BATCH, MINI_BATCH])
def test_each_seed_ends_as_it_would_have_ended_alone(run, small, settings):
    options = ("--data", small, "--validation", 50, "--no-figures", "--json", *settings)
    together = run("train", *options, "--seeds", 3, "--seed", 4, "--name", "many")
    assert together.status == 0, together.err
    result = json.loads(together.out)
    assert result["seeds"] == [4, 5, 6]
    alone = [json.loads(run("train", *options, "--seed", seed, "--name", seed).out)["metrics"] for seed in (4, 5, 6)]
    for part in ("train", "validation", "test"):
        for figure in ("accuracy", "loss"):
            expected = [metrics[part][figure] for metrics in alone]
            figures = result["metrics"][part][figure]
            assert figures["values"] == pytest.approx(expected, rel=1e-5)
            assert figures["mean"] == pytest.approx(statistics.mean(expected), rel=1e-5)
            assert figures["std"] == pytest.approx(statistics.stdev(expected), rel=1e-3, abs=1e-6)
    assert json.loads(Path("runs/many/seeds.json").read_text()) == result
    assert json.loads(Path("runs/many/seed-5/config.json").read_text())["training"]["seed"] == 5


def test_the_table_shows_mean_and_deviation_and_the_runs_can_be_used(run, small):
    result = run("train", "--data", small, "--validation", 50, "--epochs", 5, "--seeds", 2, "--name", "many")
    assert result.status == 0, result.err
    assert "2 seeds: mean ± standard deviation" in " ".join(result.out.split())
    assert "saved in runs/many" in result.out
    assert run("evaluate", "runs/many/seed-1", "--data", small).status == 0
    assert run("diagnose", "runs/many/seed-1").status == 0


def test_seeds_that_diverge_are_named_and_if_all_do_the_status_is_3(run, small):
    options = (
        "--data",
        small,
        "--validation",
        50,
        "--epochs",
        60,
        "--activation",
        "identity",
        "--learning-rate",
        1e9,
        "--name",
        "d",
    )
    result = run("train", *options, "--seeds", 2)
    assert result.status == 3
    assert "seed 0 diverged at step" in result.err
    assert "the loss of every seed became infinite or NaN with learning rate 1e+09" in result.err.splitlines()[-1]
    assert not Path("runs/d").exists()


def test_seeds_that_diverge_in_a_later_epoch_are_not_saved_though_their_weights_are_finite(run, small):
    options = ("--data", small, "--validation", 0, "--epochs", 9, "--batch-size", 200, "--activation", "identity")
    result = run("train", *options, "--learning-rate", 1e6, "--seeds", 2, "--name", "d")
    assert result.status == 3
    assert "seed 1 diverged at step" in result.err
    assert not Path("runs/d").exists()


@pytest.mark.parametrize(("at", "seeds", "told"), [(2, [0], "; it is left out of the mean"), (1, [0], "")])
def test_a_seed_that_is_interrupted_is_told_and_is_no_part_of_a_mean_of_whole_ones(
    run, small, monkeypatch, at, seeds, told
):
    class Interrupt(Callback):
        def on_epoch(self, run, row):
            if row["epoch"] == 2:
                os.kill(os.getpid(), signal.SIGINT)

    fit, calls = settings.fit, []

    def interrupted(*arguments, callbacks=(), **options):
        calls.append(None)
        return fit(*arguments, callbacks=[*callbacks, Interrupt()] if len(calls) == at else callbacks, **options)

    monkeypatch.setattr(settings, "fit", interrupted)
    options = ("--data", small, "--epochs", 5, "--batch-size", 50, "--seeds", 3, "--name", "cut", "--no-figures")
    result = run("train", *options, "--json")
    figures = json.loads(result.out)
    assert result.status == 130
    assert (figures["seeds"], figures["interrupted"]) == (seeds, True)
    assert f"seed {at - 1} was interrupted in epoch 3 of 5{told}\n" in result.err
    resumed = run("train", "--resume", f"runs/cut/seed-{at - 1}")
    assert resumed.status == 2
    assert "no checkpoint to continue from" in resumed.err
    whole = run("train", "--resume", "runs/cut/seed-0")
    assert ("is finished" in whole.err) == (at == 2)
