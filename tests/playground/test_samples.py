"""Names of samples: each gives exactly its samples, and what names none is refused."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data.dataset import make_samples
from neural_network.data.synthetic import generate
from neural_network.playground.samples import choose, write_pixels
from neural_network.support.errors import InputError

TEST = make_samples(*generate(20, seed=0))
PARTS = {"train": make_samples(*generate(30, seed=1)), "test": TEST}
NETWORK = TwoLayerNN(784, 4, 10, seed=0)


def test_samples_have_their_part_and_number():
    chosen = choose("test:3,1", PARTS, NETWORK)
    np.testing.assert_array_equal(chosen.X, TEST.X[:, [3, 1]])
    np.testing.assert_array_equal(chosen.labels(NETWORK), TEST.Y[[3, 1]])
    assert chosen.names == ["test 3", "test 1"]


def test_pixels_come_back_as_they_were():
    image = np.rint(255 * TEST.X[:, 5]).astype(np.uint8)
    chosen = choose(write_pixels(image), PARTS, NETWORK)
    np.testing.assert_array_equal(chosen.X, TEST.X[:, [5]])
    assert chosen.labels(NETWORK)[0] == NETWORK.predict(TEST.X[:, [5]])[0]
    assert choose(write_pixels(image), PARTS, NETWORK, label=7).labels(NETWORK).tolist() == [7]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "sample must be"),
        ("test", "0 to 19"),
        ("test:20", "0 to 19"),
        ("test:-1", "0 to 19"),
        ("test:²", "0 to 19"),
        ("../../etc:1", "sample must be"),
        ("test:" + ",".join("1" * 100), "64"),
        ("pixels:!!!!", "base64"),
        ("pixels:AAAA", "3 pixels"),
    ],
)
def test_what_names_none_is_refused(text, fact):
    with pytest.raises(InputError, match=fact):
        choose(text, PARTS, NETWORK)


def test_a_label_is_one_of_the_classes():
    with pytest.raises(InputError, match="label"):
        choose(write_pixels(np.zeros(784, np.uint8)), PARTS, NETWORK, label=10)
