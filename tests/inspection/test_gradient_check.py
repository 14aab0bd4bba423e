import re

import numpy as np
import pytest

from neural_network import TwoLayerNN, check_gradients
from neural_network.functions.activations import ACTIVATIONS, Activation, relu
from neural_network.functions.losses import LOSSES, one_hot
from neural_network.inspection.gradient_check.common_mistakes import wrong_derivative
from neural_network.training.regularizers import L1, L2, draw_mask

Z0 = float(np.linspace(-6, 6, 240)[77])  # a point of the grid

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("options", ["plain", "penalties", "dropout and smoothing"])
def test_every_parameter_agrees_with_central_differences(activation, loss, output, options, rng):
    smoothing = 0.1 if "smoothing" in options else 0
    network = TwoLayerNN(
        7, 5, 4, activation=activation, loss=loss, output=output, label_smoothing=smoothing, seed=0, dtype=np.float64
    )
    mask = draw_mask((5, 6), 0.4, rng, network.dtype) if "dropout" in options else None
    penalties = [L1(0.01), L2(0.1)] if options == "penalties" else []
    result = check_gradients(network, rng.random((7, 6)), rng.integers(0, 4, 6), penalties=penalties, mask=mask)
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
        (lambda g: g / 6, "6 times too small, the number of samples; is 1/m applied twice?"),
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


def mistaken_backward(*, targets=None, carried=True, product=None, slope=None, hidden=None, drop=None, factor=1.0):
    """Return a `backward` written out anew, with one thing done wrongly."""

    def backward(self, X, Y, forward=None):
        Z1, A1, _, A2 = forward or self.forward(X)
        m, g_prime, output_gradient = (
            X.shape[1],
            self.activation.g_prime,
            self.loss_function.output_gradient[self.output],
        )
        dZ2 = A2 - (targets(self, Y) if targets else self.targets(Y))
        if output_gradient and carried:
            dZ2 = output_gradient(dZ2, A2)
        dZ1 = (product or (lambda W2: W2.T))(self.W2) @ dZ2 * (slope(g_prime, Z1, A1) if slope else g_prime(Z1))
        sums = {"b1": dZ1.sum(axis=1, keepdims=True) / m, "b2": dZ2.sum(axis=1, keepdims=True) / m}
        gradients = {"W1": dZ1 @ X.T / m, "W2": dZ2 @ (hidden(Z1) if hidden else A1).T / m, **sums}
        return {name: factor * dθ for name, dθ in gradients.items() if name != drop}

    return backward


def check_mistake(monkeypatch, sizes=(5, 4, 3), options=None, **mistake):
    monkeypatch.setattr(TwoLayerNN, "backward", mistaken_backward(**mistake))
    rng = np.random.default_rng(0)
    network = TwoLayerNN(*sizes, seed=0, **(options or {"activation": "tanh"}))
    return check_gradients(network, rng.random((5, 6)), rng.integers(0, 3, 6))


def test_the_backward_that_is_spoilt_below_is_right_by_itself(monkeypatch):
    assert check_mistake(monkeypatch).passed


@pytest.mark.parametrize(
    ("mistake", "cause"),
    [
        ({"slope": lambda g_prime, Z1, A1: 1}, "the derivative g'(Z1) of the activation is missing in (8)"),
        ({"slope": lambda g_prime, Z1, A1: g_prime(A1)}, "(8) takes the derivative g' at A1; it must be at Z1"),
        ({"hidden": lambda Z1: Z1}, "(6) multiplies by Z1; it must be dZ2 @ A1.mT"),
        ({"product": lambda W2: W2, "sizes": (5, 3, 3)}, "(8) multiplies by W2; it must be W2.mT @ dZ2"),
        ({"product": lambda W2: W2}, "backward raised ValueError: matmul"),
        ({"product": lambda W2: W2}, "a product is likely transposed, see (6), (8) and (9)"),
        ({"drop": "b2"}, "db2 is missing: backward must return it under 'b2', but its keys are W1, W2, b1"),
        ({"factor": 2.0}, "it is 2 times what it should be, in every entry"),
        ({"factor": -0.5}, "it is -0.5 times what it should be, in every entry"),
        (
            {"carried": False, "options": {"loss": "squared-error", "output": "sigmoid"}},
            "dZ2 lacks the derivative of output layer 'sigmoid'; call output_gradient after (5)",
        ),
        (
            {"targets": lambda self, Y: one_hot(Y, 3, self.dtype), "options": {"label_smoothing": 0.1}},
            "label smoothing is missing; (5) needs the smoothed targets",
        ),
    ],
)
def test_a_usual_mistake_is_recognized(monkeypatch, mistake, cause):
    result = check_mistake(monkeypatch, **mistake)
    assert result.failed
    assert not result.passed
    assert cause in result.worst


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_an_infinite_or_missing_number_fails_and_is_named(monkeypatch, rng, name, bad):
    def spoil(g):
        g[1, 0] = bad
        return g

    break_backward(monkeypatch, name, spoil)
    result = check_gradients(TwoLayerNN(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert result.failed
    assert result.max_relative_error == np.inf
    assert result.worst.startswith(f"d{name}[1, 0]: backward gives {bad}, central differences ")


@pytest.mark.parametrize("corners", [(), (0.0,)])
def test_a_loss_of_nan_is_no_kink(rng, corners):
    nowhere = Activation("nowhere", g=lambda Z: Z * np.nan, g_prime=np.ones_like, kinks=corners)
    result = check_gradients(TwoLayerNN(5, 4, 3, activation=nowhere), rng.random((5, 6)), rng.integers(0, 3, 6))
    assert result.failed
    assert result.kinks_left_out == 0
    assert "g' of activation 'nowhere' is not the derivative of its g" in result.worst


def test_weights_of_nan_are_named(rng):
    network = TwoLayerNN(5, 4, 3, seed=0)
    network.W1[...] = np.nan
    result = check_gradients(network, rng.random((5, 6)), rng.integers(0, 3, 6))
    assert result.failed
    assert "W1 itself has infinite or NaN values; look at initializer 'he-normal'" in result.worst


def test_where_hardly_anything_could_be_compared_nothing_has_passed(rng):
    zeros = TwoLayerNN(5, 4, 3, initializer="zeros")
    result = check_gradients(zeros, rng.random((5, 6)), rng.integers(0, 3, 6))
    assert not result.failed
    assert not result.passed
    assert result.inconclusive.startswith("20 of the 20 entries of W1 could not be compared")
    assert "try another initializer, such as he-normal, or another seed" in result.inconclusive


def test_a_penaltys_corner_is_no_corner_of_the_biases(rng):
    network = TwoLayerNN(5, 4, 3, seed=0)
    result = check_gradients(network, rng.random((5, 6)), rng.integers(0, 3, 6), penalties=[L1(0.01)])
    assert result.kinks_left_out == 0


@pytest.mark.parametrize(
    "activation",
    [
        Activation("g", lambda Z: Z / (1 + np.abs(Z)), lambda Z: 1 / (1 + np.abs(Z))),
        Activation("g", np.tanh, lambda Z: 1 - Z**2),
        Activation("g", np.tanh, lambda Z: 0.5 * (1 - np.tanh(Z) ** 2)),
        Activation("g", np.tanh, lambda Z: np.tanh(Z) ** 2 - 1),
        Activation(
            "g", lambda Z: np.maximum(Z, 0), lambda Z: np.where(Z > 3, 2.0, Z > 0), (0.0,)
        ),  # no sample is there
    ],
    ids=["softsign", "1 - Z²", "half", "sign", "far out"],
)
def test_a_wrong_derivative_is_named_with_both_values(activation, rng):
    result = check_gradients(TwoLayerNN(5, 4, 3, activation=activation, seed=0), rng.random((5, 6)), np.arange(6) % 3)
    assert result.failed
    found = re.search(
        r"g' of activation 'g' is not the derivative of its g: g'\((.*)\) gives (.*), .* of g (.*)$", result.worst
    )
    Z, given, numeric = map(float, found.groups())
    assert given == pytest.approx(float(activation.g_prime(np.array(Z))), rel=1e-2)
    slope = (activation.g(np.array(Z + 1e-3)) - activation.g(np.array(Z - 1e-3))) / 2e-3
    assert numeric == pytest.approx(slope, rel=1e-2)
    assert given != pytest.approx(numeric, rel=1e-2)


def test_a_kink_is_no_wrong_derivative(rng):
    shifted = Activation("shifted", lambda Z: relu.g(Z - Z0), lambda Z: relu.g_prime(Z - Z0), kinks=(Z0,))
    assert wrong_derivative(shifted, (2, 3))[0] < 1e-6


def test_the_backward_of_a_subclass_is_the_one_that_is_checked(rng):
    class Doubled(TwoLayerNN):
        def backward(self, X, Y, forward=None):
            return {name: 2 * dθ for name, dθ in super().backward(X, Y, forward).items()}

    assert check_gradients(Doubled(5, 4, 3, seed=0), rng.random((5, 6)), rng.integers(0, 3, 6)).failed


def test_entries_at_a_kink_are_left_out_and_counted():
    network = TwoLayerNN(1, 1, 2, seed=0)  # x = 0 and b1 = 0: the only hidden unit stands exactly on ReLU's corner
    result = check_gradients(network, np.zeros((1, 1)), np.array([0]))
    assert result.kinks_left_out == 1  # b1 moves it over the corner; W1 times 0 does not
    assert not result.failed


def test_the_network_itself_is_left_alone(network, rng):
    before = network.W1.copy()
    check_gradients(network, rng.random((4, 3)), np.array([0, 1, 2]))
    np.testing.assert_array_equal(network.W1, before)
