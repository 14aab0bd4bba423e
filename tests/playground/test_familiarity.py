"""Familiarity: an input like the training data is near to it, and another one is farther than all held-out images."""

import numpy as np
import pytest

from neural_network.data.dataset import make_samples
from neural_network.data.synthetic import generate
from neural_network.playground.familiarity import Familiarity


@pytest.fixture(scope="module")
def samples():
    return make_samples(*generate(600, seed=3))


def test_a_training_image_is_at_distance_zero_and_noise_is_farther_than_all(samples):
    familiarity = Familiarity(samples)
    known = samples.X[:, [1]]  # the first of every four is held out
    found = familiarity.measure(known)
    assert found.distance == 0
    assert found.share == 0
    assert found.labels[0] == samples.Y[1]
    np.testing.assert_array_equal(found.images[0], known[:, 0])
    assert familiarity.measure(1 - known).share == 1


def test_the_distance_is_that_of_the_nearest_image(samples):
    X = 0.5 * samples.X[:, [0]]
    known = np.delete(samples.X, np.s_[::4], axis=1)
    distances = np.linalg.norm(known - X, axis=0)
    found = Familiarity(samples).measure(X)
    assert found.distance == pytest.approx(distances.min(), rel=1e-5)
    np.testing.assert_array_equal(found.images[0], known[:, distances.argmin()])
