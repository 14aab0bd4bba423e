"""The trained networks that come with the package: found by name, as their cards say."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.data import load
from neural_network.formats.model_file import save_model
from neural_network.formats.shipped_models import EVERYDAY, SHIPPED
from neural_network.runs.folder import model_file
from neural_network.runs.settings import Settings

CARDS = (Path(__file__).parents[2] / "docs" / "models.md").read_text()


def card(name):
    return CARDS.partition(f"<!-- begin: {name} -->")[2].partition("<!-- end:")[0]


def test_the_models_that_are_shipped():
    assert set(SHIPPED) == {"seed", "best-800", EVERYDAY}
    assert sum(path.stat().st_size for path in SHIPPED.values()) < 4_000_000


@pytest.mark.parametrize("name", SHIPPED)
def test_each_is_loaded_by_its_name_and_has_a_card_of_its_file(name):
    network = TwoLayerNN.load(name)
    assert (network.input_size, network.output_size) == (784, 10)
    assert network.dtype == np.float32
    assert hashlib.sha256(SHIPPED[name].read_bytes()).hexdigest() in card(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_figures_of_the_card(name, real_mnist):
    tests = {"mnist": load(str(real_mnist)).test, "synthetic": load("synthetic").test}
    network = TwoLayerNN.load(name)
    figures = re.findall(r"^- (\S+): (\d+) of ([\d,]+) test images wrong", card(name), re.M)
    assert figures
    for part, wrong, count in figures:
        X, Y = tests[part]
        assert int(count.replace(",", "")) == len(Y)
        assert (network.predict(X) != Y).sum() == int(wrong)


def test_a_file_of_the_same_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    TwoLayerNN(4, 3, 2).save("seed")
    assert TwoLayerNN.load("seed").input_size == 4


def test_a_run_of_the_same_name_comes_first_but_no_other_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("seed").mkdir()
    assert model_file("seed") == SHIPPED["seed"]
    assert TwoLayerNN.load("seed").input_size == 784
    assert len(Settings(teacher="seed").make_callbacks()) == 1
    TwoLayerNN(4, 3, 2).save("seed/model.safetensors")
    assert model_file("seed") == Path("seed/model.safetensors")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_of_half_the_size(tmp_path, dtype):
    network = TwoLayerNN(20, 7, 3, dtype=dtype)
    save_model(network, tmp_path / "half.safetensors", half=True)
    read = TwoLayerNN.load(tmp_path / "half.safetensors")
    assert read.dtype == dtype
    for name, θ in network.parameters.items():
        assert np.array_equal(read.parameters[name], θ.astype(np.float16).astype(dtype))


def test_weights_too_large_for_float16_are_refused(tmp_path):
    network = TwoLayerNN(4, 3, 2)
    network.W1[0, 0] = 1e6
    with pytest.raises(InputError, match=r"W1 holds 1e\+06, which is too large for float16"):
        save_model(network, tmp_path / "half.safetensors", half=True)
    assert not (tmp_path / "half.safetensors").exists()
