"""Pictures as inputs: training, evaluating and predicting see the same of them, and the run says what that is."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neural_network.data.idx import read_idx, write_idx
from neural_network.data.synthetic import generate
from neural_network.formats.model_file import load_model
from neural_network.network import Network
from neural_network.support.picture_format import PictureFormat
from neural_network.training.model import TwoLayerNN

IMAGES, LABELS = generate(120, 11)
OPTIONS = ["--hidden", 32, "--batch-size", 20, "--epochs", 24, "--no-figures"]
OF_PICTURES = ["mistakes", "weights_over_time", "unit_responses", "saliency", "adversarial", "robustness"]
CHANGES = {
    "dark on light": lambda image: 255 - image,
    "moved": lambda image: np.pad(image, 3)[:28, :28],
    "larger": lambda image: 255 - np.kron(image, np.ones((2, 2), np.uint8)),
    "letters": lambda image: 255 - image,
}


def write_folder(folder, change, names="0123456789"):
    paths = []
    for number, (image, label) in enumerate(zip(IMAGES, LABELS, strict=True)):
        path = Path(folder) / names[label] / f"{number:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(change(image)).save(path)
        paths.append(path)
    return paths


@pytest.mark.parametrize("kind", CHANGES)
def test_what_training_saw_of_a_picture_predict_sees_too(run, kind):
    paths = write_folder("data", CHANGES[kind], "abcdefghij" if kind == "letters" else "0123456789")
    assert run("train", "--data", "data", "--validation", 0, *OPTIONS, "--name", "r").status == 0
    config = json.loads(Path("runs/r/config.json").read_text())
    assert config["data"]["pictures"]["fit"] == ("frame" if kind == "letters" else "mnist")
    assert config["metrics"]["train"]["accuracy"] > 0.7
    predictions = json.loads(run("predict", "runs/r", *paths, "--json").out)["predictions"]
    right = np.mean(
        [prediction["class"] == path.parent.name for prediction, path in zip(predictions, paths, strict=True)]
    )
    evaluated = json.loads(run("evaluate", "runs/r", "--split", "train", "--json").out)
    assert right == pytest.approx(config["metrics"]["train"]["accuracy"], abs=1e-9)
    assert evaluated["accuracy"] == pytest.approx(right, abs=1e-9)


def test_a_network_of_inverted_digits_reads_pictures_of_either_kind(run):
    for split in ("train", "t10k"):
        write_idx(f"data/{split}-images-idx3-ubyte", 255 - IMAGES)
        write_idx(f"data/{split}-labels-idx1-ubyte", LABELS)
    assert run("train", "--data", "data", *OPTIONS, "--name", "r").status == 0
    expected = TwoLayerNN.load("runs/r/model.safetensors").predict((255 - IMAGES).reshape(120, -1).T / 255)
    paths = write_folder("pictures", lambda image: image)
    predictions = json.loads(run("predict", "runs/r", *paths, "--json").out)["predictions"]
    assert [prediction["label"] for prediction in predictions] == expected.tolist()


def test_pictures_of_another_height_than_width_keep_their_shape(run):
    high = IMAGES[:, :, 6:20].reshape(120, 14, 2, 14).max(axis=2)[:, :, ::2]  # 14×7
    for split in ("train", "t10k"):
        write_idx(f"data/{split}-images-idx3-ubyte", high)
        write_idx(f"data/{split}-labels-idx1-ubyte", LABELS)
    trained = run("train", "--data", "data", *OPTIONS[:-1], "--augment", "light", "--name", "r")
    assert trained.status == 0, trained.err
    network = TwoLayerNN.load("runs/r/model.safetensors")
    assert network.picture_format.shape == (14, 7)
    assert (Path("runs/r/figures/hidden_weights.png")).exists()
    assert run("data", "export", "--data", "data", "--format", "idx", "--output", "again").status == 0
    assert np.array_equal(read_idx("again/train-images-idx3-ubyte.gz"), high)
    assert run("data", "show", "--data", "data", "--output", "sheet.png").status == 0
    assert "pixel (" in run("explain", "runs/r", "--cell", "Z1[0, 0]").out
    for command, drawn in (("figures", OF_PICTURES), ("report", ["hidden_weights"])):
        done = run(command, "runs/r", *(word for name in drawn for word in ("--only", name)))
        assert done.status == 0, done.err
    Image.fromarray(high[0]).save("same.png")
    Image.fromarray(255 - np.kron(IMAGES[0], np.ones((3, 3), np.uint8))).save("large.png")
    same, large = json.loads(run("predict", "runs/r", "same.png", "large.png", "--json").out)["predictions"]
    expected = network.predict_proba(high[0].reshape(-1, 1) / 255)[:, 0]
    np.testing.assert_allclose(same["probabilities"], expected, rtol=1e-4)
    assert "error" not in large


def test_numbers_are_read_with_digits_and_refused_without(run, trained):
    number = np.hstack([IMAGES[0], IMAGES[1], IMAGES[2]])
    Image.fromarray(255 - number).save("number.png")
    Image.fromarray(255 - IMAGES[0]).save("digit.png")
    refused = run("predict", trained, "number.png", "digit.png", "--json")
    first, second = json.loads(refused.out)["predictions"]
    assert refused.status == 2
    assert "shows 3 digits" in first["error"]
    assert "--digits" in first["error"]
    assert "label" in second
    three, one = json.loads(run("predict", trained, "number.png", "digit.png", "--digits", "--json").out)["predictions"]
    assert (three["count"], len(three["digits"]), one["count"]) == (3, 3, 1)
    assert three["number"] == "".join(digit["class"] for digit in three["digits"])
    assert one["digits"][0]["probabilities"] == second["probabilities"]
    assert three["number"] in run("predict", trained, "number.png", "--digits").out
    for arguments in (["--index", 0], ["test.csv"]):
        assert run("predict", trained, *arguments, "--digits").status == 2


@pytest.mark.parametrize(
    "odd",
    [
        np.pad(np.full((11, 2), 255, np.uint8), ((0, 1), (5, 5))),
        np.arange(64, dtype=np.uint8).reshape(8, 8) % 17 * 15,
        np.full((20, 3), 255, np.uint8),
        np.eye(5, dtype=np.uint8) * 255,
    ],
)
def test_one_odd_picture_never_costs_the_others(run, trained, odd):
    Image.fromarray(odd).save("odd.png")
    Image.fromarray(IMAGES[0]).save("digit.png")
    result = run("predict", trained, "odd.png", "digit.png", "odd.png", "--json")
    predictions = json.loads(result.out)["predictions"]
    assert len(predictions) == 3
    assert "label" in predictions[1]
    assert "internal" not in result.err


def test_the_format_is_kept_with_the_model_and_old_models_have_none(tmp_path):
    network = TwoLayerNN(98, 2, 10, seed=0)
    network.save(tmp_path / "old")
    assert load_model(tmp_path / "old", Network).picture_format is None
    network.picture_format = PictureFormat(14, 7, "digit", 12, 1.0, 0.25)
    network.save(tmp_path / "new")
    assert load_model(tmp_path / "new", Network).picture_format == network.picture_format


def test_a_format_that_does_not_fit_the_model_is_refused(tmp_path):
    network = TwoLayerNN(98, 2, 10, seed=0)
    network.picture_format = PictureFormat()
    with pytest.raises(Exception, match="pictures of 28×28 pixels are not 98 inputs"):
        network.save(tmp_path / "wrong")


def test_a_model_whose_shape_is_unknown_says_so(run):
    TwoLayerNN(98, 2, 10, seed=0).save("model.safetensors")
    Image.fromarray(IMAGES[0]).save("digit.png")
    result = run("predict", "model.safetensors", "digit.png")
    assert result.status == 2
    assert "98 inputs" in result.err
