import numpy as np
import pytest

from neural_network import TwoLayerNN, check_gradients
from neural_network.activations import ACTIVATIONS
from neural_network.losses import LOSSES
from neural_network.regularizers import L1, L2, draw_mask, masked

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].carry_back]


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("options", ["plain", "penalties", "dropout and smoothing"])
def test_every_parameter_agrees_with_central_differences(activation, loss, output, options, rng):
    smoothing = 0.1 if "smoothing" in options else 0
    network = TwoLayerNN(
        7, 5, 4, activation=activation, loss=loss, output=output, label_smoothing=smoothing, seed=0, dtype=np.float64
    )
    if "dropout" in options:
        network.activation = masked(network.activation, draw_mask((5, 6), 0.4, rng, network.dtype))
    penalties = [L1(0.01), L2(0.1)] if options == "penalties" else []
    result = check_gradients(network, rng.random((7, 6)), rng.integers(0, 4, 6), penalties=penalties)
    assert result.parameters_checked + result.kinks_left_out == 7 * 5 + 5 + 5 * 4 + 4
    assert result.passed, result.worst


def break_backward(monkeypatch, name, mistake):
    """Make `backward` give a wrong gradient of one parameter."""
    honest = TwoLayerNN.backward

    def backward(self, X, Y, forward=None):
        gradients = honest(self, X, Y, forward)
        return {**gradients, name: mistake(gradients[name])}

    monkeypatch.setattr(TwoLayerNN, "backward", backward)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize(
    ("mistake", "cause"),
    [
        (lambda g: 1.00001 * g, ""),
        (lambda g: g + 1e-6, ""),
        (lambda g: -g, "the sign is wrong"),
        (lambda g: 0 * g, "is it computed at all?"),
        (lambda g: 6 * g, "6 times too large, the number of samples; is 1/m missing?"),
        (lambda g: g / 6, "6 times too small, the number of samples; is 1/m there twice?"),
    ],
)
def test_a_mistake_in_any_gradient_fails_and_is_explained(monkeypatch, rng, name, mistake, cause):
    break_backward(monkeypatch, name, mistake)
    result = check_gradients(TwoLayerNN(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert not result.passed
    assert result.worst.startswith(f"d{name}[")
    assert result.worst.endswith(cause)


@pytest.mark.parametrize("name", ["b1", "b2"])
def test_a_bias_summed_over_the_units_too_is_recognized(monkeypatch, rng, name):
    break_backward(monkeypatch, name, lambda g: g.sum() * np.ones_like(g) + 0.1)
    result = check_gradients(TwoLayerNN(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert "summed over the samples only (axis=1)" in result.worst


def test_a_transposed_product_is_recognized(monkeypatch, rng):
    break_backward(monkeypatch, "W2", lambda g: g.T)
    X, Y = rng.random((5, 6)), rng.integers(0, 3, 6)
    assert "it is transposed" in check_gradients(TwoLayerNN(5, 3, 3, seed=0), X, Y).worst
    wrong_shape = check_gradients(TwoLayerNN(5, 4, 3, seed=0), X, Y)
    assert not wrong_shape.passed
    assert wrong_shape.worst == (
        "dW2 must have its parameter's shape (3, 4), but backward gives (4, 3); it is transposed"
    )


def test_a_forgotten_derivative_is_recognized(monkeypatch, rng):
    def forgetful(self, X, Y, forward=None):
        _, A1, _, A2 = forward or self.forward(X)
        dZ2 = A2 - self.targets(Y)
        dZ1 = self.W2.T @ dZ2
        m = X.shape[1]
        sums = {"b1": dZ1.sum(axis=1, keepdims=True) / m, "b2": dZ2.sum(axis=1, keepdims=True) / m}
        return {"W1": dZ1 @ X.T / m, "W2": dZ2 @ A1.T / m, **sums}

    monkeypatch.setattr(TwoLayerNN, "backward", forgetful)
    result = check_gradients(TwoLayerNN(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert "the derivative g'(Z1) of the activation is missing" in result.worst


def test_entries_at_a_kink_are_left_out_and_counted():
    network = TwoLayerNN(1, 1, 2, seed=0)  # x = 0 and b1 = 0: the only hidden unit stands exactly on ReLU's corner
    result = check_gradients(network, np.zeros((1, 1)), np.array([0]))
    assert result.kinks_left_out == 1  # b1 moves it over the corner; W1 times 0 does not
    assert result.passed


def test_the_network_itself_is_left_alone(network, rng):
    before = network.W1.copy()
    check_gradients(network, rng.random((4, 3)), np.array([0, 1, 2]))
    np.testing.assert_array_equal(network.W1, before)
