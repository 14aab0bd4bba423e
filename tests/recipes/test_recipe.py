"""Recipes: TOML files of options, and results beside published figures."""

from dataclasses import replace
from pathlib import Path

import pytest

from neural_network.inspection.analysis.intervals import wilson
from neural_network.recipes import RECIPES, find_recipe, read_recipe, recorded, summarize_runs
from neural_network.runs.settings import Settings
from neural_network.runs.summary import DataSummary, Duration, EndedSummary, Metrics, ModelSummary
from neural_network.support.errors import InputError


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_makes_a_network_and_answers_a_figure(name):
    recipe = find_recipe(name)
    recipe.settings.check()
    assert recipe.title
    assert recipe.published.error > 0
    assert recipe.published.part in ("test", "validation")


def test_the_example_in_the_document_is_a_recipe(tmp_path):
    document = (Path(__file__).parents[2] / "docs/accuracy.md").read_text()
    recipe = read_recipe(write(tmp_path / "mine.toml", document.partition("```toml\n")[2].partition("```")[0]))
    recipe.settings.check()
    assert (recipe.options["hidden"], recipe.published.error) == (100, 2.0)


@pytest.mark.parametrize("name", RECIPES)
def test_recorded_results_are_of_the_recipe_as_it_stands(name):
    recipe = find_recipe(name)
    result = recorded(recipe)  # which checks every run
    if result is None:
        pytest.skip(f"no runs of {name} are recorded yet")
    low, high = result.interval
    assert low < result.mean < high


def test_options_of_a_file(tmp_path):
    path = write(tmp_path / "mine.toml", 'title = "Mine"\n[settings]\nhidden = 7\ndata = "a+b"\nl2 = 1e-4\n')
    recipe = read_recipe(path)
    assert (recipe.name, recipe.title, recipe.published) == ("mine", "Mine", None)
    assert recipe.options == {"hidden": 7, "data": "a+b", "l2": 1e-4}
    assert recipe.settings == Settings(hidden=7, l2=1e-4)
    assert find_recipe(path) == recipe


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hidden = 3", "'hidden' is none of"),
        ("name = '../x'\n[settings]\n", "name must be one for a folder, not '../x'"),
        ("name = 3\n[settings]\n", "name must be one for a folder, not 3"),
        ("[settings]\nhiden = 3", "did you mean 'hidden'"),
        ("[settings]\nlearning-rate = 0.1", "did you mean 'learning_rate'"),
        ('[settings]\nhidden = "many"', "hidden of .* cannot be 'many'; expected a whole number ≥ 0$"),
        ("[settings]\nlearning_rate = 'a'", "learning_rate of .* cannot be 'a'; expected a finite number$"),
        ("[settings]\ncallbacks = [3]", r"cannot be \[3\]; expected a list of text$"),
        ("[settings]\nfrom_run = 'runs/x'", "'from_run' is no setting"),
        ("settings = 3", r"\[settings\] should be an object"),
        ("[settings]\n[published]\nsource = 'x'", "published has no error"),
        ("[settings", "not a TOML file"),
        ("[settings]\n[published]\nsource = 'a'\nerror = 1.0\npart = 'tset'", "one of test, validation, not 'tset'"),
        ("", r"it has no table \[settings\]"),
    ],
)
def test_what_is_no_recipe_is_refused_by_the_name_of_its_file(tmp_path, text, what):
    with pytest.raises(InputError, match=f"wrong.toml is not a .*{what}|{what}"):
        read_recipe(write(tmp_path / "wrong.toml", text))


def test_a_name_that_is_like_a_known_one():
    with pytest.raises(FileNotFoundError, match="did you mean 'simard-800'"):
        find_recipe("simard-80")


def summary(seed, wrong, **changes):
    values = {name: value for name, value in vars(find_recipe("simard-800").settings).items() if name != "seed"}
    return EndedSummary(
        DataSummary("mnist", "mnist", "mnist", 0, 60_000, 10_000),
        Settings(**{**values, "seed": seed} | changes),
        {},
        ModelSummary(784, 800, 10, "relu", 636_010),
        Duration(60, 28_140, 100.0 + seed, 60),
        {"train": Metrics(60_000, 1.0, 0.0), "validation": None, "test": Metrics(10_000, 1 - wrong / 10_000, 0.03)},
    )


def test_mean_deviation_and_interval():
    result = summarize_runs(find_recipe("simard-800"), [summary(2, 60), summary(0, 50), summary(1, 52)])
    assert result.seeds == (0, 1, 2)
    assert result.errors == pytest.approx((0.50, 0.52, 0.60))
    assert result.mean == pytest.approx(0.54)
    assert result.std == pytest.approx(0.0529, abs=1e-4)
    assert result.seconds == 101
    low, high = wilson(54, 10_000)
    assert result.interval == pytest.approx((100 * low, 100 * high))


@pytest.mark.parametrize("changes", [{"hidden": 801}, {"dropout": 0.1}, {"epochs": 59}])
def test_runs_of_other_settings_are_refused(changes):
    (name,) = changes
    with pytest.raises(InputError, match=f"not of the recipe simard-800: {name} is"):
        summarize_runs(find_recipe("simard-800"), [summary(0, 50, **changes)])


def test_an_interrupted_run_is_refused():
    with pytest.raises(InputError, match="interrupted"):
        summarize_runs(find_recipe("simard-800"), [replace(summary(0, 50), interrupted=True)])
