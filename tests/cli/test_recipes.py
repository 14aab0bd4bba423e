"""`mnist-nn recipes`, and `train --recipe`."""

import json
from pathlib import Path

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.cli import recipes
from neural_network.recipes import RECIPES


@pytest.fixture
def tiny(run, small):  # `run` has made the folder of this test the current one
    """A recipe of two epochs."""
    Path("tiny.toml").write_text(
        f"[settings]\ndata = '{small}'\nvalidation = 40\nhidden = 5\nepochs = 2\nbatch_size = 64\n"
        "optimizer = 'adam'\nlearning_rate = 0.02\n\n[published]\nsource = 'a test'\nerror = 99.0\n"
    )
    return "tiny.toml"


def config(name):
    return json.loads(Path("runs", name, "config.json").read_text())


def test_train_takes_the_settings_of_a_recipe(run, small, tiny):
    assert run("train", "--recipe", tiny, "--name", "a", "--no-figures").status == 0
    written = ["--validation", 40, "--hidden", 5, "--epochs", 2, "--batch-size", 64, "--optimizer", "adam"]
    assert run("train", "--data", small, *written, "--learning-rate", 0.02, "--name", "b", "--no-figures").status == 0
    assert Path("runs/a/model.safetensors").read_bytes() == Path("runs/b/model.safetensors").read_bytes()
    assert config("a")["data"] == config("b")["data"]


def test_options_given_take_precedence_over_the_recipe(run, tiny):
    assert (
        run("train", "--recipe", tiny, "--hidden", 3, "--optimizer", "sgd", "--name", "a", "--no-figures").status == 0
    )
    training = config("a")["training"]
    assert (config("a")["model"]["hidden_size"], training["optimizer"], training["learning_rate"]) == (3, "sgd", 0.1)
    assert training["batch_size"] == 64


@pytest.mark.parametrize("other", ["--resume", "--from"])
def test_a_recipe_begins_a_new_training(run, tiny, other):
    result = run("train", "--recipe", tiny, other, "runs/x")
    assert result.status == 2
    assert other in result.err


def test_each_seed_is_a_run_and_the_same_command_continues(run, tiny):
    first = run("recipes", "run", tiny, "--seeds", 2, "--json")
    assert first.status == 0
    ours = json.loads(first.out)["ours"]
    accuracies = [config(f"tiny-seed-{seed}")["metrics"]["test"]["accuracy"] for seed in (0, 1)]
    assert ours["errors"] == pytest.approx([100 * (1 - accuracy) for accuracy in accuracies])
    assert ours["mean"] == pytest.approx(np.mean(ours["errors"]))
    networks = [TwoLayerNN.load(f"runs/tiny-seed-{seed}/model.safetensors") for seed in (0, 1)]
    assert not np.array_equal(networks[0].W1, networks[1].W1)

    before = Path("runs/tiny-seed-0/model.safetensors").stat().st_mtime_ns
    again = run("recipes", "run", tiny, "--seeds", 3)
    assert Path("runs/tiny-seed-0/model.safetensors").stat().st_mtime_ns == before
    assert Path("runs/tiny-seed-2/model.safetensors").exists()
    assert "99.00" in again.out
    assert "training runs/tiny-seed-2" in again.err
    assert "training runs/tiny-seed-0" not in again.err


def test_a_seed_that_diverges_is_left_out_and_the_others_are_trained(run, tiny):
    diverging = Path(tiny).read_text().replace("0.02", "1e30")
    Path("huge.toml").write_text(diverging)
    assert run("train", "--recipe", "huge.toml", "--name", "tiny-seed-1", "--no-figures").status == 3
    for path in Path("runs/tiny-seed-1").iterdir():  # as if this seed alone had diverged
        path.write_text(path.read_text().replace("1e+30", "0.02"))
    result = run("recipes", "run", tiny, "--seeds", 3, "--json")
    assert result.status == 0
    assert json.loads(result.out)["ours"]["seeds"] == [0, 2]
    assert "runs/tiny-seed-1 diverged and is left out; to see why: mnist-nn diagnose runs/tiny-seed-1" in result.err

    nothing = run("recipes", "run", "huge.toml", "--seeds", 2)
    assert nothing.status == 3
    assert nothing.err.index("training runs/huge-seed-0") < nothing.err.index("since step")  # the diagnosis
    assert "runs/huge-seed-0 diverged" in nothing.err
    assert "runs/huge-seed-1 diverged" in nothing.err


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit(130)])
def test_after_an_interruption_it_says_that_the_same_command_continues(run, tiny, monkeypatch, end):
    def train(*arguments):
        raise end

    monkeypatch.setattr(recipes, "_train", train)
    result = run("recipes", "run", tiny)
    assert result.status == 130
    assert "the same recipes run command continues" in result.err


def test_the_first_seed_is_that_of_the_recipe_unless_another_is_given(run, tiny):
    Path(tiny).write_text(Path(tiny).read_text().replace("hidden = 5", "hidden = 5\nseed = 7"))
    assert json.loads(run("recipes", "run", tiny, "--json").out)["ours"]["seeds"] == [7]
    assert json.loads(run("recipes", "run", tiny, "--seed", 0, "--json").out)["ours"]["seeds"] == [0]


def test_a_run_of_another_recipe_is_not_counted(run, tiny):
    assert run("recipes", "run", tiny).status == 0
    text = Path(tiny).read_text()
    Path(tiny).write_text(text.replace("hidden = 5", "hidden = 6"))
    result = run("recipes", "run", tiny)
    assert result.status == 2
    assert "runs/tiny-seed-0 is not of the recipe tiny: hidden is 5, not 6; rename" in result.err


def test_a_run_of_another_recipe_is_not_continued(run, tiny):
    assert run("recipes", "run", tiny).status == 0
    text = Path(tiny).read_text()
    Path(tiny).write_text(text.replace("hidden = 5", "hidden = 6"))
    values = config("tiny-seed-0") | {"interrupted": True}
    Path("runs/tiny-seed-0/config.json").write_text(json.dumps(values))
    assert "hidden is 5, not 6" in run("recipes", "run", tiny).err  # not: there is no checkpoint


def test_data_without_test_images(run):
    np.savez("few.npz", x_train=np.eye(64).reshape(64, 8, 8), y_train=np.arange(64) % 2)
    Path("few.toml").write_text("[settings]\ndata = 'few.npz'\nepochs = 1\n")
    result = run("recipes", "run", "few.toml")
    assert result.status == 2
    assert "the data of the recipe few have no test images" in result.err


def test_the_list_names_every_recipe(run):
    result = run("recipes", "list")
    assert all(name in result.out for name in RECIPES)
    recipes = json.loads(run("recipes", "list", "--json").out)["recipes"]
    assert [recipe["name"] for recipe in recipes] == list(RECIPES)
    assert all(recipe["published"]["source"] for recipe in recipes)


def test_the_help_says_how_many_seeds(run):
    assert "[default: 1; 1 to 1000]" in " ".join(run("recipes", "run", "--help").out.split())
