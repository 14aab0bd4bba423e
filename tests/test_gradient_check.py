import numpy as np
import pytest

from neural_network import TwoLayerNN, check_gradients
from neural_network.activations import ACTIVATIONS


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_every_parameter_agrees_with_central_differences(activation, rng):
    network = TwoLayerNN(12, 6, 4, activation=activation, seed=0)
    result = check_gradients(network, rng.random((12, 9)), rng.integers(0, 4, 9))
    assert result.parameters_checked + result.kinks_left_out == 12 * 6 + 6 + 6 * 4 + 4
    assert result.passed, result.worst


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("mistake", [lambda g: 1.00001 * g, lambda g: -g, lambda g: 0 * g, lambda g: g + 1e-6])
def test_a_small_mistake_in_any_gradient_fails(monkeypatch, rng, name, mistake):
    honest = TwoLayerNN.backward

    def backward(self, X, Y, forward=None):
        gradients = honest(self, X, Y, forward)
        return {**gradients, name: mistake(gradients[name])}

    monkeypatch.setattr(TwoLayerNN, "backward", backward)
    result = check_gradients(TwoLayerNN(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert not result.passed
    assert result.worst.startswith(f"d{name}[")


def test_entries_at_a_kink_are_left_out_and_counted():
    network = TwoLayerNN(1, 1, 2, seed=0)  # x = 0 and b1 = 0: the only hidden unit stands exactly on ReLU's corner
    result = check_gradients(network, np.zeros((1, 1)), np.array([0]))
    assert result.kinks_left_out == 1  # b1 moves it over the corner; W1 times 0 does not
    assert result.passed


def test_the_network_itself_is_left_alone(network, rng):
    before = network.W1.copy()
    check_gradients(network, rng.random((4, 3)), np.array([0, 1, 2]))
    np.testing.assert_array_equal(network.W1, before)
