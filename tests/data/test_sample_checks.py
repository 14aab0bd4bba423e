"""Likely mistakes in samples are named, and nothing is said of samples in order."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data import Dataset, make_samples
from neural_network.data.dataset import keep_bytes
from neural_network.data.image_changes import change_images
from neural_network.data.sample_checks import dataset_warnings, sample_warnings
from neural_network.data.synthetic import generate

IMAGES, LABELS = generate(300, 7)
X, Y = make_samples(IMAGES, LABELS)


@pytest.mark.parametrize(
    ("X", "Y"),
    [
        (X, Y),
        keep_bytes(IMAGES, LABELS),
        (X[:, :9], np.zeros(9, int)),  # so few may be of one class by chance
        (np.rint(255 * X) - 100, Y),  # not pixels
        (255 * X - 0.5, Y),
        (255 * X[:63], Y),  # not square
        (np.arange(120.0).reshape(4, 30), np.arange(30) % 3),  # measurements
        (0 * X, Y),
        (X[0], Y),
        (X, Y[1:]),
        (X, Y.astype(str)),  # refused elsewhere
        ([[1, 2]], [0, 1]),
        ([], []),
        (np.full((64, 20), "a"), np.arange(20)),
    ],
)
def test_nothing_is_said_of_samples_in_order(X, Y):
    assert sample_warnings(X, Y) == []


def test_a_single_class_is_named():
    for classes, name in (((), "3"), (("a", "b", "c", "pics"), "pics")):
        (sentence,) = sample_warnings(X[:, :10], np.full(10, 3), classes)
        assert f"all 10 samples are of one class, {name}" in sentence


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (255 * X, "whole numbers up to 255; divide them by 255"),
        (IMAGES.reshape(300, 784).T, "whole numbers up to 255"),
        (np.minimum(IMAGES, 128).reshape(300, 784).T, "whole numbers up to 128"),
        (X / 255, "the brightest pixel is 0.0039, where white is 1: were the pixels divided by 255 twice"),
        (keep_bytes(IMAGES // 11, LABELS).X, "the brightest pixel is 0.09"),
    ],
)
def test_pixels_that_are_not_from_0_to_1_are_named(X, words):
    (sentence,) = sample_warnings(X if not isinstance(X, np.ndarray) else np.rint(X) if X.max() > 1 else X, Y)
    assert words in sentence


@pytest.mark.parametrize("change", [lambda X: np.rint(255 * X), lambda X: X / 255])
def test_train_warns_of_them(change):
    with pytest.warns(UserWarning, match="255") as caught:
        TwoLayerNN(seed=0).train(change(X), Y, epochs=1, progress=False)
    assert [warning.filename for warning in caught] == [__file__]


def test_transposed_digits_are_named():
    dataset = Dataset("mine", "here", make_samples(IMAGES, LABELS))
    assert dataset_warnings(dataset) == []
    (sentence,) = dataset_warnings(change_images(dataset, "transposed"))
    assert "the digits of mine are transposed" in sentence


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (IMAGES, np.random.default_rng(0).permutation(LABELS)),
        (np.random.default_rng(0).integers(0, 256, IMAGES.shape), LABELS),
        (IMAGES.swapaxes(1, 2)[LABELS > 0], LABELS[LABELS > 0]),  # not all ten
        (IMAGES[:, ::-1], LABELS),
    ],
)
def test_nothing_is_said_of_the_orientation_of_what_are_no_transposed_digits(images, labels):
    assert dataset_warnings(Dataset("mine", "here", make_samples(np.ascontiguousarray(images), labels))) == []
