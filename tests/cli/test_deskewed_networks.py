"""Networks of deskewed images: commands that show them images deskew these first, and training refuses others."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from neural_network import TwoLayerNN
from neural_network.data import load
from neural_network.data.augment import AUGMENTATIONS
from neural_network.data.dataset import Samples
from neural_network.data.export import export_png
from neural_network.data.image_changes import deskew_for
from neural_network.inspection import figures
from neural_network.inspection.figures.digits import deformations
from neural_network.runs.summary import Metrics
from neural_network.support.picture_format import PictureFormat


@pytest.fixture
def upright(have_run, small):
    """A run of deskewed images."""
    options = ["--data", f"deskewed:{small}", "--validation", 50, "--epochs", 2, "--no-figures"]
    return have_run(*options, name="upright")


@pytest.fixture
def expected(upright, small):
    """Its accuracy and loss on the deskewed test images, and they differ from those on the images as they are."""
    network = TwoLayerNN.load(upright / "model.safetensors")
    plain, deskewed = (Metrics.of(network, *load(spec).test) for spec in (str(small), f"deskewed:{small}"))
    assert plain.loss != pytest.approx(deskewed.loss, rel=1e-4)
    return pytest.approx({name: asdict(deskewed)[name] for name in ("accuracy", "loss")}, rel=1e-5)


def measured(result):
    return {name: result[name] for name in ("accuracy", "loss")}


def test_it_is_measured_on_deskewed_images(run, small, upright, expected):
    for spec in (small, f"deskewed:{small}"):
        for command in (["evaluate"], ["report", "--only", "training_progress"]):
            assert measured(json.loads(run(*command, upright, "--data", spec, "--json").out)) == expected


def test_it_is_shown_deskewed_images(run, small, upright):
    p = TwoLayerNN.load(upright / "model.safetensors").predict_proba(load(f"deskewed:{small}").test.X[:, 3:4])
    (found,) = json.loads(run("predict", upright, "--data", small, "--index", 3, "--json").out)["predictions"]
    assert found["probabilities"] == pytest.approx(p[:, 0].tolist(), rel=1e-4)
    explained = json.loads(run("explain", upright, "--data", small, "--index", 3, "--json").out)
    assert explained == json.loads(run("explain", upright, "--index", 3, "--json").out)


def test_rows_of_a_test_csv_are_deskewed(run, small, upright):
    np.savetxt("test.csv", 255 * load(str(small)).test.X.T, "%.0f", ",")
    network = TwoLayerNN.load(upright / "model.safetensors")
    X = load(f"deskewed:{small}").test.X
    found = json.loads(run("predict", upright, "test.csv", "--json").out)["predictions"]
    assert [each["probabilities"] for each in found] == [
        pytest.approx(p, abs=5e-3) for p in network.predict_proba(X).T.tolist()
    ]
    assert run("predict", upright, "test.csv", "--output", "labels.csv").status == 0
    labels = np.loadtxt("labels.csv", int, delimiter=",", skiprows=1)[:, 1]
    assert labels.tolist() == [each["label"] for each in found]


def test_pictures_are_deskewed_once(small, tmp_path):
    dataset = load(str(small))
    few = Samples(dataset.train.X[:, :20], dataset.train.Y[:20])
    export_png(replace(dataset, train=few, test=few), tmp_path / "png")
    form = PictureFormat(fit="digit", deskew=True)
    once = load(str(tmp_path / "png"), form)
    assert np.array_equal(load(f"deskewed:{tmp_path}/png", form).test.X, once.test.X)
    said = deskew_for(form, once)
    assert said.source == f"{once.source}, deskewed"
    assert said.train is once.train
    assert deskew_for(form, said) is said


def test_each_network_of_a_comparison_has_its_own_images(run, small, have_run, upright, expected):
    have_run("--data", small, "--validation", 50, "--epochs", 2, "--no-figures", name="plain")
    alone = json.loads(run("evaluate", "runs/plain", "--json").out)
    orders = (["runs/plain", upright], [upright, "runs/plain"])
    for order in [[*order, *data] for order in orders for data in ([], ["--data", small])]:
        results = json.loads(run("compare", *order, "--json").out)["runs"]
        found = {each["run"]: measured(each) for each in results}
        assert found == {"runs/plain": pytest.approx(measured(alone), rel=1e-5), "runs/upright": expected}


@pytest.mark.parametrize("option", ["--from", "--teacher"])
def test_it_neither_learns_from_other_images_nor_teaches_with_them(run, small, upright, option):
    options = [option, upright, "--validation", 50, "--epochs", 1, "--no-figures"]
    result = run("train", "--data", small, *options, "--name", "x")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "deskewed:" in result.err
    assert run("train", "--data", f"deskewed:{small}", *options, "--name", "y").status == 0


def test_their_deformed_copies_are_drawn_as_they_are_trained(run, small, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "deformations", lambda *values, deskew, **more: drawn.append(deskew) or Figure())
    for spec in (small, f"deskewed:{small}"):
        assert run("data", "show", "--data", spec, "--augment", "light", "--output", "copies.png").status == 0
    assert drawn == [False, True]


def test_the_figure_of_deformed_copies_shows_them_deskewed(rng):
    x, light = rng.random(64, dtype=np.float32), AUGMENTATIONS["light"]
    mosaic = deformations(x, light, shape=(8, 8), deskew=True).axes[0].images[0].get_array().filled(-1)
    copy = light.apply(x[:, None], 0, 1, np.array([0]), (8, 8), deskew=True).reshape(8, 8)
    tiles = np.lib.stride_tricks.sliding_window_view(mosaic, (8, 8))
    assert np.isclose(tiles, copy, atol=1e-6).all(axis=(2, 3)).sum() == 1
