"""`mnist-nn compare`: what it says of two runs, against what `evaluate` and `predict` say of each."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.data import load
from neural_network.data.export import export_csv
from neural_network.data.idx import write_idx
from neural_network.inspection.comparison.statistics import mcnemar
from neural_network.inspection.figures import changed_pictures


@pytest.fixture
def two(have_run, small, trained):
    """The folders of two runs, of which the second has learnt for a moment only."""
    options = ["--validation", 50, "--epochs", 3, "--seed", 1, "--batch-size", 50, "--no-figures"]
    return trained, have_run("--data", small, *options, name="[s]")


def test_the_figures_are_those_of_evaluate(run, small, two):
    result = json.loads(run("compare", *two, "--json").out)
    assert result.keys() == {"data", "samples", "runs", "comparisons", "options", "written"}
    assert result["data"] == {"name": small.name, "source": str(small), "images": "test images"}
    for folder, row in zip(two, result["runs"], strict=True):
        alone = json.loads(run("evaluate", folder, "--data", small, "--json").out)
        assert row["accuracy"] == alone["accuracy"]
        assert row["loss"] == pytest.approx(alone["loss"])
        config = json.loads((folder / "config.json").read_text())
        assert (row["steps"], row["seconds"]) == (config["training"]["steps"], config["training"]["seconds"])
        assert row["parameters"] == 7960
    assert result["options"] == {"batch_size": ["all", 50], "epochs": [30, 3], "seed": [0, 1]}
    (comparison,) = result["comparisons"]
    X, Y = load(str(small)).test
    first, second = (TwoLayerNN.load(folder / "model.safetensors").predict(X) for folder in two)
    newly_correct, newly_wrong = (
        np.flatnonzero((first != Y) & (second == Y)),
        np.flatnonzero((first == Y) & (second != Y)),
    )
    assert {image["index"] for image in comparison["gained"]} == {*newly_correct}
    assert {image["index"] for image in comparison["lost"]} == {*newly_wrong}
    assert comparison["p_value"] == comparison["p_adjusted"] == mcnemar(len(newly_correct), len(newly_wrong))
    assert comparison.keys() == {
        "run", "with", "difference", "interval", "loss_difference", "p_value", "p_adjusted", "verdict", "both_right",
        "both_wrong", "gained", "lost",
    }  # fmt: skip


def test_what_is_printed_and_drawn(run, two):
    outputs = ["--figure", "curves.png", "--show-images", "changed.png", "--html", "page.html"]
    result = run("compare", *two, *outputs)
    assert result.status == 0, result.err
    again = json.loads(run("compare", *two, *outputs, "--json").out)  # which replaces what it has written itself
    assert again["written"] == outputs[1::2]
    (found,) = again["comparisons"]
    assert "100 test images" in result.out
    assert found["verdict"] in result.out
    assert "runs/[s]" in result.out  # its brackets are no markup
    assert f"{100 * found['difference']:+.2f}" in result.out
    row = next(line.split() for line in result.out.splitlines() if line.strip().startswith("right → wrong"))
    image = found["lost"][0]
    assert row[3:] == [str(image[key]) for key in ("index", "label", "before", "after")]
    assert result.out.splitlines()[-3:] == ["curves.png", "changed.png", "page.html"]
    assert found["verdict"] in Path("page.html").read_text()
    for path in ("curves.png", "changed.png"):
        with Image.open(path) as picture:
            assert picture.width == 1440


def test_the_images_that_are_drawn_are_those_that_changed_sides(run, small, two, monkeypatch):
    given = []

    def spy(X, Y, predictions, names, classes, shape):
        given.append((X, Y, predictions, names))
        assert (classes, shape) == (tuple("0123456789"), (28, 28))
        return changed_pictures(X, Y, predictions, names, classes, shape)

    monkeypatch.setattr("neural_network.inspection.figures.changed_pictures", spy)
    found = json.loads(run("compare", *two, "--show-images", "changed.png", "--json").out)
    ((X, Y, predictions, names),) = given
    (pair,) = found["comparisons"]
    indices = [image["index"] for image in pair["gained"] + pair["lost"]]
    assert len(indices) > 10
    samples = load(str(small)).test
    np.testing.assert_array_equal(X, samples.X[:, indices])
    np.testing.assert_array_equal(Y, samples.Y[indices])
    expected = [TwoLayerNN.load(folder / "model.safetensors").predict(X) for folder in two]
    np.testing.assert_array_equal(predictions, expected)
    assert names == [str(folder) for folder in two]


def test_model_files_are_compared_too(run, small, two):
    a, b = (folder / "model.safetensors" for folder in two)
    by_runs = json.loads(run("compare", *two, "--json").out)
    by_files = json.loads(run("compare", a, b, two[0], "--data", small, "--json").out)
    assert [row["accuracy"] for row in by_files["runs"][:2]] == [row["accuracy"] for row in by_runs["runs"]]
    assert by_files["runs"][0]["steps"] is None
    assert by_files["comparisons"][1]["verdict"] == f"{two[0]} and {a} classify the same images correctly"
    mixed = json.loads(run("compare", a, two[1], "--json").out)  # on the data of the one that is a run
    assert mixed["data"]["source"] == str(small)
    printed = run("compare", a, b, "--data", small)
    assert "unknown" in printed.out
    refused = run("compare", a, b, "--data", small, "--figure", "curves.png")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "give the folders of the runs" in refused.err


def test_classes_are_called_by_the_names_that_a_model_knows(run, small, two):
    network = TwoLayerNN.load(two[1] / "model.safetensors")
    network.classes = tuple("abcdefghij")
    network.save("named.safetensors")
    printed = run("compare", two[0], "named.safetensors").out
    assert (
        json.loads(run("compare", two[0], "named.safetensors", "--json").out)["options"].keys().isdisjoint({"classes"})
    )
    rows = [line.split()[4:] for line in printed.splitlines() if line.strip().startswith("right → wrong")]
    assert rows
    assert all(len(row) == 3 and set("".join(row)) <= set("abcdefghij") for row in rows)


def test_without_test_images_those_that_all_runs_held_out_judge(run, small):
    export_csv(load(str(small)), Path("csv"))
    Path("csv/test-labelled.csv").unlink(missing_ok=True)
    for name, validation in (("a", 70), ("b", 40), ("c", 0)):
        options = ["--validation", validation, "--epochs", 2, "--name", name, "--no-figures"]
        assert run("train", "--data", "csv", *options).status == 0
    result = json.loads(run("compare", "runs/a", "runs/b", "--json").out)
    assert (result["data"]["images"], result["samples"]) == ("images that all runs held out", 40)
    X, Y = load("csv").train
    network = TwoLayerNN.load("runs/a/model.safetensors")
    assert result["runs"][0]["accuracy"] == network.evaluate(X[:, :40], Y[:40])
    refused = run("compare", "runs/a", "runs/c")
    assert refused.status == 2
    assert "has no test images, and not every run held some out: name others by --data" in refused.err
    Path("csv").rename("elsewhere")
    result = json.loads(run("compare", "runs/a", "runs/c", "--data", "elsewhere", "--json").out)
    assert (result["data"]["images"], result["samples"]) == ("images", 400)


def test_what_cannot_be_compared_is_one_line(run, small, two, tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    for split in ("train", "t10k"):
        write_idx(folder / f"{split}-images-idx3-ubyte", np.arange(120, dtype=np.uint8).reshape(30, 2, 2))
        write_idx(folder / f"{split}-labels-idx1-ubyte", np.arange(30, dtype=np.uint8) % 10)
    assert run("train", "--data", folder, "--validation", 0, "--epochs", 1, "--name", "t", "--no-figures").status == 0
    network = TwoLayerNN.load(two[1] / "model.safetensors")
    for name, classes in (("x", list("abcdefghij")), ("y", list("abcdefghik"))):
        network.classes = tuple(classes)
        network.save(f"{name}.safetensors")
    Path("notes.png").write_text("no picture")
    Path("notes.html").write_text("no page")
    for arguments, complaint in [
        ([two[0]], "compare needs two runs or more, not 1"),
        ([two[0], "nowhere"], "no run or model file at nowhere"),
        ([two[0], "runs/t"], "cannot compare runs/r, of 784 pixels, with runs/t, of 4"),
        (
            ["x.safetensors", two[0], "y.safetensors"],
            "cannot compare x.safetensors, for a, b, c, d, e, f, g, h, i, j, with",
        ),
        ([*two, "--data", folder], "tiny's images must have the shape (784, samples), not (4, 30)"),
        ([*two, "--figure", "notes.png"], "notes.png exists and is not a PNG picture"),
        ([*two, "--show-images", "a.txt"], "a.txt: a picture's name must end in one of .png"),
        ([*two, "--html", "page.txt"], "--html must end in .html, not page.txt"),
        ([*two, "--html", "notes.html"], "notes.html exists and is not an HTML page"),
        ([two[0], two[0], "--show-images", "a.png"], "no image changed sides"),
        ([two[0], tmp_path], "it has no config.json"),
    ]:
        result = run("compare", *arguments)
        assert result.status == 2, arguments
        assert complaint in result.err
        assert result.err.count("\n") == 1
        assert result.out == ""


def test_runs_of_different_data_are_told(run, small, two, tmp_path):
    shutil.copytree(small, tmp_path / "other")
    assert run("train", "--data", "other", "--no-figures", "--epochs", 1, "--name", "elsewhere").status == 0
    told = run("compare", two[0], "runs/elsewhere", "--data", small)
    assert told.status == 0, told.err
    assert "these runs were trained on different data" in told.err
    assert "different data" not in run("compare", *two, "--data", small).err


def test_the_help_names_shipped_models(run):
    assert "model files, or shipped models." in " ".join(run("compare", "--help").out.split())
