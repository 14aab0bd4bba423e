"""The other commands, and what holds for all of them."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neural_network import TwoLayerNN, __version__
from neural_network.data import load
from neural_network.data.normalize import normalize
from neural_network.data.synthetic import generate
from neural_network.inspection.figures import QUICK
from neural_network.network import Network


def test_evaluate_counts_what_the_model_does(run, small, trained):
    result = json.loads(run("evaluate", trained, "--data", small, "--json").out)
    network, (X, Y) = TwoLayerNN.load(trained / "model.safetensors"), load(str(small)).test
    predicted = network.predict(X)
    assert result.keys() == {"data", "samples", "accuracy", "loss", "per_class", "confusion"}
    assert result["samples"] == 100
    assert result["accuracy"] == np.mean(predicted == Y)
    assert result["loss"] == pytest.approx(network.loss(X, Y))
    assert result["confusion"][3][3] == np.sum((predicted == 3) & (Y == 3))
    assert sum(row["samples"] for row in result["per_class"]) == 100


def test_evaluate_prints_tables_and_takes_a_split(run, small, trained):
    assert "on 100 samples" in run("evaluate", trained, "--data", small).out
    assert "on 400 samples" in run("evaluate", trained, "--data", small, "--split", "train").out


def test_predict_reads_rows_of_a_data_set(run, small, trained):
    result = json.loads(run("predict", trained, "--index", 0, "--index", 5, "--data", small, "--json").out)
    X = load(str(small)).test.X[:, [0, 5]]
    expected = TwoLayerNN.load(trained / "model.safetensors").predict_proba(X)
    assert [p["label"] for p in result["predictions"]] == expected.argmax(axis=0).tolist()
    np.testing.assert_allclose([p["probabilities"] for p in result["predictions"]], expected.T, rtol=1e-6)


@pytest.mark.parametrize("form", ["png", "jpg"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P"])
def test_predict_reads_pictures_of_any_mode_and_polarity(run, trained, form, mode):
    ink = np.zeros((90, 120), np.uint8)
    ink[20:70, 55:65] = 255  # a stroke
    labels = set()
    for polarity, picture in (("light", ink), ("dark", 255 - ink)):
        image = Image.fromarray(picture).convert(mode)
        path = Path(f"{polarity}-{mode}.{form}")
        (image.convert("RGB") if form == "jpg" else image).save(path)
        result = run("predict", trained, path, "--json")
        assert result.status == 0, result.err
        (prediction,) = json.loads(result.out)["predictions"]
        labels.add((prediction["label"], round(max(prediction["probabilities"]), 2)))
    assert len(labels) == 1


@pytest.mark.parametrize("name", ["three", "everyday-800"])
def test_a_picture_needs_no_suffix_nor_a_model(run, name):
    images, labels = generate(1, 3)
    Image.fromarray(np.kron(images[0], np.ones((4, 4), np.uint8))).save(name, "PNG")
    result = run("predict", name, name, "--json")
    assert [each["class"] for each in json.loads(result.out)["predictions"]] == [str(labels[0])] * 2
    assert result.err == "with the shipped model everyday-800\n"


def test_a_model_needs_no_suffix(run):
    TwoLayerNN.load("seed").save("model")
    Image.fromarray(generate(1, 3)[0][0]).save("three", "PNG")
    result = run("predict", "model", "three", "--json")
    assert len(json.loads(result.out)["predictions"]) == 1
    assert not result.err


def test_predict_takes_28_by_28_pixels_as_they_are_in_either_polarity(run, trained):
    images, _ = generate(3)
    expected = TwoLayerNN.load(trained / "model.safetensors").predict_proba(images.reshape(3, -1).T / 255)
    for column, pixels in enumerate(images):
        for picture in (pixels, 255 - pixels):
            Image.fromarray(picture).save("digit.png")
            (prediction,) = json.loads(run("predict", trained, "digit.png", "--json").out)["predictions"]
            np.testing.assert_allclose(prediction["probabilities"], expected[:, column], rtol=1e-5)


def test_a_digit_astray_in_28_by_28_pixels_is_normalized(run, trained):
    image = generate(1)[0][0]
    small = np.pad(image[4:24:2, 4:24:2], ((0, 18), (18, 0)))
    Image.fromarray(small).save("astray.png")
    (prediction,) = json.loads(run("predict", trained, "astray.png", "--json").out)["predictions"]
    network = TwoLayerNN.load(trained / "model.safetensors")
    expected = network.predict_proba(normalize(small).image.reshape(-1, 1) / 255)
    np.testing.assert_allclose(prediction["probabilities"], expected[:, 0], rtol=1e-5)


def test_predict_reads_standard_input(small, trained, tmp_path):
    Image.fromarray(np.pad(np.full((40, 8), 255, np.uint8), 30)).save("one.png")
    command = [sys.executable, "-m", "neural_network", "predict", str(trained)]
    by_name = subprocess.run([*command, "one.png", "--json"], capture_output=True, check=True)
    piped = subprocess.run(
        [*command, "-", "--json"], input=Path("one.png").read_bytes(), capture_output=True, check=True
    )
    assert json.loads(piped.stdout)["predictions"][0] == json.loads(by_name.stdout)["predictions"][0] | {"image": "-"}


def test_a_table_on_standard_input_is_no_picture(run, trained, monkeypatch):
    numbers = ",".join(["0"] * 784).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(numbers)))
    result = run("predict", trained, "-")
    assert result.status == 2
    assert result.err == (
        "mnist-nn: standard input: is not a picture; expected a PNG or JPEG file; "
        "comma-separated numbers are read from a file whose name ends in .csv\n"
    )


def test_predict_reads_kaggles_test_csv(run, trained):
    pixels = np.zeros((2, 784), int)
    pixels[1, 100:110] = 255
    header = ",".join(f"pixel{i}" for i in range(784))
    np.savetxt("test.csv", pixels, fmt="%d", delimiter=",", header=header, comments="")
    result = json.loads(run("predict", trained, "test.csv", "--json").out)
    expected = TwoLayerNN.load(trained / "model.safetensors").predict(pixels.T / 255)
    assert [p["label"] for p in result["predictions"]] == expected.tolist()


def test_check_passes_and_counts_every_parameter(run):
    result = run("check", "--json", "--hidden", 3, "--samples", 4)
    figures = json.loads(result.out)
    assert result.status == 0
    assert figures["passed"] is True
    assert figures["parameters_checked"] + figures["kinks_left_out"] == 784 * 3 + 3 + 30 + 10
    assert figures["max_relative_error"] < 1e-6


def test_check_fails_with_status_1_when_backward_is_wrong(run, monkeypatch):
    honest = Network.backward

    def forgetful(self, X, Y, forward=None):
        gradients = honest(self, X, Y, forward)
        return {**gradients, "b1": gradients["b1"].sum() * np.ones_like(gradients["b1"])}

    monkeypatch.setattr(Network, "backward", forgetful)
    result = run("check", "--hidden", 3, "--samples", 4)
    assert result.status == 1
    assert "FAILED" in result.out
    assert "db1[" in result.out
    assert json.loads(run("check", "--hidden", 3, "--samples", 4, "--json").out)["worst"].startswith("db1[")
    monkeypatch.setattr(Network, "backward", lambda self, X, Y, forward=None: {})
    figures = json.loads(run("check", "--hidden", 3, "--samples", 4, "--json").out)
    assert (figures["passed"], figures["max_relative_error"]) == (False, None)


def test_check_that_could_compare_nothing_has_not_passed(run):
    result = run("check", "--initializer", "zeros", "--hidden", 3, "--samples", 4)
    assert result.status == 1
    assert "INCONCLUSIVE: 2,352 of the 2,352 entries of W1 could not be compared" in result.out
    assert "passed" not in result.out
    everything = json.loads(run("check", "--all", "--json").out)
    assert everything["passed"] is True
    assert len(everything["combinations"]) >= 150


def test_figures_draws_a_run_again(run, trained, monkeypatch):
    """All that are registered, which are few here: test_run_figures.py draws all there are."""
    few = [*QUICK, "calibration"]
    monkeypatch.setattr("neural_network.inspection.figures.FIGURES", few)
    result = run("figures", trained)
    assert result.status == 0, result.err
    assert [Path(line).stem for line in result.out.splitlines()] == few
    for line in result.out.splitlines():
        with Image.open(line) as image:
            assert image.width > 400


def test_data_list_and_show(run, small):
    names = [entry["name"] for entry in json.loads(run("data", "list", "--json").out)["datasets"]]
    assert {"mnist", "fashion-mnist", "kmnist"} <= set(names)
    shown = json.loads(run("data", "show", "--data", small, "--json").out)
    labels = load(str(small)).train.Y
    assert shown["samples"]["train"] == np.bincount(labels, minlength=10).tolist()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["evaluate", "nowhere"], "there is no run or model file at nowhere"),
        (["figures", "nowhere"], "there is no run at nowhere"),
        (["evaluate", "runs/rr"], "there is no run or model file at runs/rr; did you mean 'runs/r'?"),
        (["evaluate", "rr"], "did you mean 'runs/r'?"),
        (["diagnose", "runs/rr"], "did you mean 'runs/r'?"),
        (["train", "--resume", "runs/rr"], "did you mean 'runs/r'?"),
        (["train", "--resume", "seed"], "seed is a shipped model, with no run to resume; --from seed trains it"),
        (["predict", "r", ""], "an argument is empty"),
        (["evaluate", "r", "--data="], "--data is empty"),
        (["predict", "r", "--index", "first"], "--index must be a whole number, not 'first'"),
        (["evaluate", "r", "--splt", "test"], "no option --splt; did you mean '--split'?"),
        (["predict", "r", "nowhere.png"], "nowhere.png"),
        (["predict", "r"], "predict needs either pictures or --index"),
        (["predict", "nowhere"], "there is no run or model file at nowhere"),
        (["train", "--teacher", "best-80"], "no model file at best-80; did you mean 'best-800'?"),
        (["diagnose", "best-800"], "best-800 is a model without its run"),
        (["predict", "r", "test.csv", "--show-steps", "steps.png"], "--show-steps needs a picture"),
        (["data", "export", "--format", "xyz", "--output", "x"], "'--format': 'xyz' is not one of 'idx', 'csv', 'png'"),
        (["predict", "r", "--index", "100"], "--index must be 0 to 99"),
        (["predict", "r", "text.png"], "text.png"),
        (["evaluate", "text.png"], "text.png is not a model file of mnist-nn (made by `train`), or is damaged\n"),
        (["evaluate", "r", "--split", "dev"], "dev"),
        (["check", "--samples", "0"], "--samples must be a whole number ≥ 1, not '0'"),
        (["trian"], "No such command 'trian'. Did you mean 'train'?\n"),
        (["data", "show", "--data", "nowhere"], "nowhere"),
        (["data", "show", "--augment", "strong"], "--augment strong needs --output"),
        (["data", "download", "mnits"], "mnits"),
    ],
)
def test_bad_input_is_one_line_and_status_2(run, small, trained, monkeypatch, arguments, complaint):
    monkeypatch.setenv("MNIST_NN_DATA", str(small))
    Path("text.png").write_text("this is no picture")
    result = run(*(str(trained) if a == "r" else a for a in arguments))
    assert result.status == 2
    assert complaint in result.err
    assert result.err.count("\n") == 1
    assert result.out == ""


def test_version_and_help(run):
    assert run("--version").out.strip() == f"mnist-nn {__version__}"
    for command in ([], ["train"], ["evaluate"], ["predict"], ["data"], ["check"], ["figures"]):
        result = run(*command, "--help")
        assert result.status == 0
        assert "Usage" in result.out
    assert "mnist-nn train --hidden 128" in run("train", "--help").out
    assert run().out == run("--help").out == run("-h").out
    for group in ("data", "recipes", "course"):
        assert run(group).out == run(group, "--help").out


def test_an_unexpected_error_is_one_line_too(run, monkeypatch):
    monkeypatch.setattr("neural_network.cli.check.check_gradients", lambda *a, **k: 1 / 0)
    result = run("check")
    assert result.status == 1
    assert result.err.startswith("mnist-nn: internal error in ")
    assert "test_commands.py, line " in result.err
    assert "ZeroDivisionError" in result.err


def test_the_module_is_the_command():
    printed = subprocess.run(
        [sys.executable, "-m", "neural_network", "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == f"mnist-nn {__version__}"


def test_output_cut_short_is_no_error():
    command = f"{sys.executable} -m neural_network data list | head -1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert result.stderr == ""


def test_data_generate_writes_four_files_that_train_reads(run):
    assert run("data", "generate", "--count", 60, "--test", 20, "--seed", 3, "--output", "digits").status == 0
    assert len(list(Path("digits").iterdir())) == 4
    dataset = load("digits")
    assert (len(dataset.train.Y), len(dataset.test.Y)) == (60, 20)
    assert run("train", "--data", "digits", "--validation", 5, "--epochs", 1, "--no-figures").status == 0


@pytest.mark.parametrize("form", ["idx", "csv", "png"])
def test_data_export_reads_back_the_same(run, small, form):
    assert run("data", "export", "--data", small, "--format", form, "--output", "copy").status == 0
    original, copy = load(str(small)), load("copy")
    assert sorted(copy.train.X.sum(axis=0)) == pytest.approx(sorted(original.train.X.sum(axis=0)))
    assert np.bincount(copy.train.Y).tolist() == np.bincount(original.train.Y).tolist()


def test_data_show_draws_sheets(run, small):
    for options in ([], ["--augment", "light", "--index", 3]):
        result = run("data", "show", "--data", small, "--output", "sheet.png", *options)
        assert result.status == 0, result.err
        with Image.open("sheet.png") as sheet:
            assert sheet.width == 1440
        Path("sheet.png").unlink()


def test_predict_shows_the_steps_of_normalization(run, trained):
    Image.fromarray(np.pad(np.full((40, 8), 255, np.uint8), 30)).save("one.png")
    assert run("predict", trained, "one.png", "--show-steps", "steps.png").status == 0
    with Image.open("steps.png") as steps:
        assert steps.width == 1440


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("a.png", "a.png is an input of the picture"),
        ("./b.png", "b.png is an input of the picture"),
        ("notes.png", "notes.png exists and is not a PNG picture"),
        ("steps", "steps: a picture's name must end in one of .png"),
        ("runs/r/model.safetensors", "must end in one of .png"),
    ],
)
def test_the_steps_are_not_drawn_over_something_else(run, trained, output, complaint):
    for name in ("a.png", "b.png"):
        Image.fromarray(np.pad(np.full((40, 8), 255, np.uint8), 30)).save(name)
    Path("notes.png").write_text("no picture")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = run("predict", trained, "a.png", "b.png", "--show-steps", output)
    assert (result.status, result.out) == (2, "")
    assert complaint in result.err
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_sheet_is_not_drawn_over_data(run):
    for label in ("3", "7"):
        Path("data", label).mkdir(parents=True)
        Image.new("L", (28, 28), 9).save(Path("data", label, "a.png"))
    Path("train-labels-idx1-ubyte").write_bytes(b"labels")
    for output in ("data/3/a.png", "train-labels-idx1-ubyte"):
        before = Path(output).read_bytes()
        assert run("data", "show", "--data", "data", "--output", output).status == 2
        assert Path(output).read_bytes() == before


def test_one_bad_picture_keeps_no_other_from_being_read(run, trained):
    Image.fromarray(np.pad(np.full((40, 8), 255, np.uint8), 30)).save("one.png")
    Image.new("L", (90, 90), 255).save("blank.png")
    paths = ["one.png", "blank.png", "nowhere.png", "nowhere.csv", "one.png"]
    (alone,) = json.loads(run("predict", trained, "one.png", "--json").out)["predictions"]
    result = run("predict", trained, *paths, "--json")
    first, blank, missing, csv, last = json.loads(result.out)["predictions"]
    assert first == last == alone
    assert blank == {"image": "blank.png", "error": blank["error"]}
    assert "no digit found" in blank["error"]
    assert missing == {"image": "nowhere.png", "error": "nowhere.png: no such file"}
    assert "nowhere.csv" in csv["error"]
    assert result.status == 2
    result = run("predict", trained, *paths)
    assert result.status == 2
    assert result.out.count("one.png") == 2
    assert [line.split(": ")[:2] for line in result.err.splitlines()][:2] == [
        ["mnist-nn", "blank.png"],
        ["mnist-nn", "nowhere.png"],
    ]
    assert result.err.count("\n") == 3


@pytest.mark.parametrize("size", [28, 90])
@pytest.mark.parametrize("grey", [0, 127, 255])
def test_a_blank_picture_is_refused_and_its_steps_are_shown(run, trained, size, grey):
    Image.new("L", (size, size), grey).save("blank.png")
    result = run("predict", trained, "blank.png", "--show-steps", "steps.png")
    assert result.status == 2
    assert result.err.startswith("mnist-nn: blank.png: no digit found")
    assert Path("steps.png").exists()


def test_the_names_of_classes_are_kept_with_the_model(run, tmp_path):
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for name, row in (("cat", 5), ("[red]dog", 20)):
            (tmp_path / "pets" / split / name).mkdir(parents=True)
            for number in range(8):
                picture = rng.integers(0, 60, (28, 28)).astype(np.uint8)
                picture[row : row + 3] = 250
                Image.fromarray(picture).save(tmp_path / "pets" / split / name / f"{number}.png")
    train = run("train", "--data", "pets", "--validation", 2, "--epochs", 200, "--name", "r", "--no-figures", "--json")
    assert train.status == 0, train.err
    assert TwoLayerNN.load("runs/r/model.safetensors").classes == ("[red]dog", "cat")
    picture = "pets/test/[red]dog/0.png"
    (prediction,) = json.loads(run("predict", "runs/r", picture, "--json").out)["predictions"]
    assert (prediction["label"], prediction["class"]) == (0, "[red]dog")
    assert run("predict", "runs/r", picture).out.count("[red]dog") == 2  # in the path, and as its class
    assert run("evaluate", "runs/r", "--data", "pets").out.count("[red]dog") == 3
    rows = json.loads(run("evaluate", "runs/r", "--data", "pets", "--json").out)["per_class"]
    assert [row["class"] for row in rows] == ["[red]dog", "cat"]
    assert f"{picture} is a [red]dog, predicted: [red]dog" in run("explain", "runs/r", picture, "--label", 0).out


def put_pictures(folder, *names, size=4):
    """Write `size` pictures of each class: a bright bar in a row that is the name's own."""
    rng = np.random.default_rng(1)
    for name in names:
        Path(folder, name).mkdir(parents=True, exist_ok=True)
        for number in range(size):
            picture = rng.integers(0, 60, (28, 28)).astype(np.uint8)
            picture[sum(map(ord, name)) % 24 :][:3] = 250
            Image.fromarray(picture).save(Path(folder, name, f"{number}.png"))


@pytest.mark.parametrize("others", [("cat", "cow"), ("cat", "cow", "dog"), tuple("0123456789")])
def test_a_model_is_not_judged_by_other_classes(run, others):
    put_pictures("pets", "cat", "dog")
    put_pictures("others", *others)
    run("train", "--data", "pets", "--validation", 0, "--epochs", 1, "--name", "r", "--no-figures")
    complaint = f"mnist-nn: the model's classes are cat, dog, but those of others {', '.join(others)}\n"
    for command in ("evaluate", "explain", "figures", "diagnose", "predict"):
        index = ["--index", 0] if command == "predict" else []
        result = run(command, "runs/r", "--data", "others", *index)
        assert (result.status, result.err, result.out) == (2, complaint, "")


def test_a_model_is_judged_by_some_of_its_classes_wherever_they_stand(run):
    put_pictures("all/train", "cat", "dog", "ant", size=6)
    put_pictures("all/test", "cat", "dog", "ant")
    put_pictures("some/train", "cat", "dog")
    put_pictures("some/test", "cat", "dog")
    run("train", "--data", "all", "--validation", 0, "--epochs", 200, "--name", "r", "--no-figures")
    result = run("evaluate", "runs/r", "--data", "some", "--json")
    assert (result.status, result.err) == (0, "")
    figures = json.loads(result.out)
    assert figures["accuracy"] == 1
    assert [(row["class"], row["samples"]) for row in figures["per_class"]] == [("ant", 0), ("cat", 4), ("dog", 4)]
    (sample,) = json.loads(run("explain", "runs/r", "--data", "some", "--json").out)["samples"]
    assert (sample["label"], sample["class"], sample["read_as"], sample["read_as_class"]) == (1, "cat", 1, "cat")
    assert "class dog, unit 3" in run("explain", "runs/r", "--data", "some", "--cell", "W2[2, 3]").out


def test_a_model_of_a_mixture_is_judged_by_each_of_its_parts(run):
    put_pictures("fruit", "apple", "pear")
    put_pictures("more", "pear", "zebra")
    train = run("train", "--data", "more + fruit", "--validation", 0, "--epochs", 200, "--name", "r", "--no-figures")
    assert train.status == 0, train.err
    for part in ("fruit", "more"):
        assert json.loads(run("evaluate", "runs/r", "--data", part, "--json").out)["accuracy"] == 1


def test_labels_without_names_are_taken_for_the_models_and_that_is_said(run, small):
    put_pictures("letters", *"abcdefghij")
    run("train", "--data", "letters", "--validation", 0, "--epochs", 1, "--name", "r", "--no-figures")
    result = run("evaluate", "runs/r", "--data", small)
    assert result.status == 0
    assert result.err == f"{small.name} has no names for its classes: label 0 is taken for a, 9 for j\n"


def test_a_mixture_is_judged_part_by_part(run, small, trained):
    run("data", "generate", "--count", 30, "--test", 10, "--output", "digits")
    result = json.loads(run("evaluate", trained, "--data", f"{small}+digits", "--json").out)
    parts = list(result["parts"].values())
    assert [part["samples"] for part in parts] == [100, 10]
    right = sum(part["samples"] * part["accuracy"] for part in parts)
    assert right / 110 == pytest.approx(result["accuracy"])


def test_augmented_training_is_reproducible_and_differs_from_plain(run, small):
    def weights(*options):
        folder = "".join(map(str, options)).strip("-") or "plain"
        batch = ["--validation", 50, "--epochs", 2, "--batch-size", 50, "--no-figures"]
        assert run("train", "--data", small, *batch, "--name", folder, "--overwrite", *options).status == 0
        return Path(f"runs/{folder}/model.safetensors").read_bytes()

    assert weights("--augment", "light") == weights("--augment", "light") != weights()
