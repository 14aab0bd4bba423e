"""`mnist-nn train` says what is probably wrong with its data."""

import numpy as np
import pytest
from PIL import Image

from neural_network.data.idx import write_idx
from neural_network.data.synthetic import generate


def put(images, labels, folder="data"):
    for split in ("train", "t10k"):
        write_idx(f"{folder}/{split}-images-idx3-ubyte", np.ascontiguousarray(images))
        write_idx(f"{folder}/{split}-labels-idx1-ubyte", labels)


IMAGES, LABELS = generate(200, 3)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (IMAGES.swapaxes(1, 2), LABELS, "the digits of data are transposed"),
        (IMAGES, 0 * LABELS, "all 200 samples are of one class, 0"),
        (IMAGES // 16, LABELS, "the brightest pixel is 0.059"),
    ],
)
def test_likely_mistakes_are_named_once(run, images, labels, words):
    put(images, labels)
    result = run("train", "--data", "data", "--epochs", 2, "--name", "r", "--no-figures", "--json")
    assert result.status == 0
    assert result.err.count(words) == 1


def test_all_pictures_in_one_folder_are_one_class(run, tmp_path):
    folder = tmp_path / "data" / "pictures"
    folder.mkdir(parents=True)
    for number, image in enumerate(IMAGES[:30]):
        Image.fromarray(image).save(folder / f"{number}.png")
    result = run("train", "--data", "data", "--epochs", 2, "--name", "r", "--no-figures")
    assert "are of one class, pictures" in result.err


def test_data_in_order_need_no_words(run):
    put(IMAGES, LABELS)
    result = run("train", "--data", "data", "--epochs", 2, "--name", "r", "--no-figures")
    for words in ("transposed", "one class", "brightest", "divide"):
        assert words not in result.err
