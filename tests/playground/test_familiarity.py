"""Familiarity: an input is as unlike the training images as the share of the validation that is nearer to them."""

import numpy as np
import pytest

from neural_network.data.dataset import make_samples
from neural_network.data.synthetic import generate
from neural_network.playground.familiarity import Familiarity


@pytest.fixture(scope="module")
def parts():
    images, labels = generate(600, seed=3)
    return make_samples(images[:450], labels[:450]), make_samples(images[450:], labels[450:])


def test_a_training_image_is_at_distance_zero_and_noise_is_farther_than_all(parts):
    familiarity, train = Familiarity(*parts), parts[0]
    known = train.X[:, [1]]
    found = familiarity.measure(known)
    assert found.distance == 0
    assert found.share == 0
    assert found.labels[0] == train.Y[1]
    np.testing.assert_array_equal(found.images[0], known[:, 0])
    assert familiarity.measure(1 - known).share == 1


def test_the_distance_is_that_of_the_nearest_image(parts):
    train, validation = parts
    X = 0.5 * train.X[:, [0]]
    distances = np.linalg.norm(train.X - X, axis=0)
    found = Familiarity(train, validation).measure(X)
    assert found.distance == pytest.approx(distances.min(), rel=1e-5)
    np.testing.assert_array_equal(found.images[0], train.X[:, distances.argmin()])


def test_the_share_is_of_validation_images(parts):
    train, validation = parts
    own = np.array([np.linalg.norm(train.X - x[:, None], axis=0).min() for x in validation.X.T])
    familiarity = Familiarity(train, validation)
    for index in (0, 7, 70):
        found = familiarity.measure(validation.X[:, [index]])
        assert found.share == pytest.approx(np.mean(own < own[index]), abs=0.01)
