"""The recipe file: Python's own reader of TOML reads what was written."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from neural_network.recipes import read_recipe
from neural_network.runs.settings import Settings
from neural_network.runs.sweep.recipe_file import write_recipe


def test_a_recipe_holds_the_data_and_the_settings_that_are_not_the_usual_ones(tmp_path):
    settings = Settings(
        hidden=32, learning_rate=1e-05, batch_size=64, deterministic=True, l2=1e16, callbacks=("a", "b")
    )
    (tmp_path / "g").mkdir()
    write_recipe(tmp_path / "g/best.toml", "a title", "about", settings, "mnist", 1000)
    assert read_recipe(tmp_path / "g/best.toml").name == "g-best"  # so that runs of other sweeps have other names
    assert (tmp_path / "g/best.toml").read_text() == (
        'name = "g-best"\n'
        'title = "a title"\nabout = "about"\n\n[settings]\ndata = "mnist"\nvalidation = 1000\nhidden = 32\n'
        'batch_size = 64\ndeterministic = true\nlearning_rate = 1e-05\nl2 = 1e+16\ncallbacks = ["a", "b"]\n'
    )
    values = tomllib.loads((tmp_path / "g/best.toml").read_text())["settings"]
    assert (values.pop("data"), values.pop("validation")) == ("mnist", 1000)
    assert Settings(**{**values, "callbacks": tuple(values["callbacks"])}) == settings


def test_a_setting_of_none_is_left_out(tmp_path):
    write_recipe(tmp_path / "best.toml", "", "", Settings(epochs=3), "mnist", 10)
    assert tomllib.loads((tmp_path / "best.toml").read_text())["settings"] == {
        "data": "mnist",
        "validation": 10,
        "epochs": 3,
    }


@given(text=st.text(st.characters(exclude_categories=["Cs"])), number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_any_number_read_back(tmp_path_factory, text, number):
    path = tmp_path_factory.getbasetemp() / "best.toml"
    write_recipe(path, text, "", Settings(learning_rate=number), text, 1)
    values = tomllib.loads(path.read_bytes().decode())
    assert (values["title"], values["settings"]["data"]) == (text, text)
    assert values["settings"]["learning_rate"] == number
