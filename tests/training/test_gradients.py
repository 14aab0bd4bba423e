"""Loss, correct predictions and gradients of a batch."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.training.gradients import compute, count_correct


def test_a_batch_is_computed_by_the_network_s_own_lines(network, blobs):
    X, Y = blobs
    result = compute(network, X, Y)
    assert result.loss == network.mean_loss(network.forward(X), Y) == pytest.approx(network.loss(X, Y))
    assert result.correct == np.count_nonzero(network.predict(X) == Y)
    for name, dθ in network.backward(X, Y).items():
        np.testing.assert_array_equal(result.gradients[name], dθ)


def test_mask_and_weights_reach_both_passes_and_the_loss(network, blobs, rng):
    X, Y = blobs
    mask, weights = 2.0 * rng.integers(0, 2, (5, 150)), rng.random(150)
    result = compute(network, X, Y, mask, weights)
    forward = network.forward(X, mask)
    assert result.loss == network.mean_loss(forward, Y, weights) != network.mean_loss(forward, Y)
    for name, dθ in network.backward(X, Y, forward, mask, weights).items():
        np.testing.assert_array_equal(result.gradients[name], dθ)


def test_a_network_without_the_newer_arguments_is_computed(blobs):
    class Own(TwoLayerNN):
        def forward(self, X):
            return super().forward(X)

        def backward(self, X, Y, forward=None):
            return {name: dθ / 2 for name, dθ in super().backward(X, Y, forward).items()}

    own, usual = Own(4, 5, 3, seed=1), TwoLayerNN(4, 5, 3, seed=1)
    np.testing.assert_array_equal(compute(own, *blobs).gradients["W1"], compute(usual, *blobs).gradients["W1"] / 2)


def test_labels_may_be_bytes(network, blobs):
    X, Y = blobs
    some, others = compute(network, X, Y.astype(np.uint8)), compute(network, X, Y)
    assert some[:2] == others[:2]
    np.testing.assert_array_equal(some.gradients["W1"], others.gradients["W1"])


@pytest.mark.parametrize("shape", [(3, 40), (8, 3, 5)])
def test_of_equal_probabilities_the_first_counts(shape, rng):
    A2 = rng.integers(1, 3, shape) / 10
    Y = rng.integers(0, 3, (*shape[:-2], shape[-1]))
    assert 0 < count_correct(A2, Y) == np.count_nonzero(A2.argmax(axis=-2) == Y) < Y.size


@pytest.mark.parametrize("shape", [(3, 40), (8, 3, 5)])
def test_samples_without_a_largest_probability_are_counted_as_argmax_has_them(shape, rng):
    A2 = rng.random(shape)
    A2[..., 1, ::2] = np.nan
    Y = np.full((*shape[:-2], shape[-1]), 1)
    assert count_correct(A2, Y) == np.count_nonzero(A2.argmax(axis=-2) == 1)
