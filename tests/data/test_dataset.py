import numpy as np
import pytest

from neural_network.data import Dataset, make_samples
from neural_network.data.dataset import interleave, to_pixels
from neural_network.support.errors import InputError


@pytest.fixture
def samples():
    return make_samples(np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2), np.array([3, 1, 4, 1, 5], np.uint8))


def test_pixels_become_fractions_in_columns_and_labels_int64(samples):
    assert samples.X.shape == (4, 5)
    assert samples.X.dtype == np.float32
    assert samples.X.T.flags.c_contiguous
    assert samples.X[:, 4].tolist() == [np.float32(value) / np.float32(255) for value in (16, 17, 18, 19)]
    assert samples.Y.dtype == np.int64
    assert samples.Y.tolist() == [3, 1, 4, 1, 5]


def test_every_pixel_value_survives_the_way_to_a_fraction_and_back():
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 256)
    X = make_samples(pixels, np.zeros(1)).X
    assert (X.min(), X.max()) == (0, 1)
    assert np.array_equal(to_pixels(X), pixels)


def test_validation_holds_out_the_first_samples_without_copying(samples):
    train, validation = Dataset("name", "source", samples).split(2)
    assert validation.Y.tolist() == [3, 1]
    assert train.Y.tolist() == [4, 1, 5]
    assert np.array_equal(np.hstack([validation.X, train.X]), samples.X)
    assert np.shares_memory(train.X, samples.X)
    assert np.shares_memory(validation.X, samples.X)
    assert train.X.T.flags.c_contiguous


def test_no_validation_is_none(samples):
    train, validation = Dataset("name", "source", samples).split(0)
    assert validation is None
    assert train is samples


@pytest.mark.parametrize("validation", [-1, 5, 6, 1.5])
def test_a_validation_that_cannot_be_held_out_is_refused(samples, validation):
    with pytest.raises(InputError, match="validation must"):
        Dataset("name", "source", samples).split(validation)


def test_every_beginning_of_a_mixture_has_its_share_of_each_part():
    counts = [60, 30, 10]
    turns = interleave(counts)
    assert np.bincount(turns).tolist() == counts
    for length in range(1, 101):
        share = np.bincount(turns[:length], minlength=3)
        assert np.abs(share - length * np.array([0.6, 0.3, 0.1])).max() <= 1


def test_an_empty_part_has_no_turn():
    assert interleave([2, 0, 1]).tolist() == [0, 2, 0]
