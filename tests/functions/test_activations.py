import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from neural_network.functions.activations import ACTIVATIONS

Z = np.array([-3.0, -1.0, -0.25, 0.25, 1.0, 3.0])

FORMULAS = {  # of one number, as the papers have them, without care for large ones
    "relu": lambda z: max(z, 0),
    "leaky-relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "tanh": lambda z: (math.exp(2 * z) - 1) / (math.exp(2 * z) + 1),
    "scaled-tanh": lambda z: 1.7159 * math.tanh(2 * z / 3),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "swish": lambda z: z / (1 + math.exp(-z)),
    "gelu": lambda z: z / (1 + math.exp(-2 * math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),  # tanh as a quotient
    "identity": lambda z: z,
}


def test_every_activation_is_known_and_has_its_formula_here():
    assert list(ACTIVATIONS) == list(FORMULAS)


@pytest.mark.parametrize("name", FORMULAS)
def test_g_is_the_formula_of_its_paper(name):
    expected = [FORMULAS[name](z) for z in (*Z, 0.0)]
    np.testing.assert_allclose(ACTIVATIONS[name].g(np.array([*Z, 0.0])), expected, rtol=1e-12, atol=1e-15)


def test_gelu_is_nearly_z_times_the_normal_distributions_share_below_z():
    expected = [0.5 * z * (1 + math.erf(z / math.sqrt(2))) for z in Z]
    np.testing.assert_allclose(ACTIVATIONS["gelu"].g(Z), expected, atol=5e-4)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_a_corner_is_named_where_the_slopes_on_both_sides_differ(name):
    left, right = ACTIVATIONS[name].g_prime(np.array([-1e-9, 1e-9]))
    assert ACTIVATIONS[name].kinks == ((0.0,) if abs(right - left) > 1e-6 else ())


def test_an_activation_is_a_value_that_nobody_can_change():
    with pytest.raises(FrozenInstanceError):
        ACTIVATIONS["relu"].g = np.tanh


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_g_prime_is_the_derivative_of_g(name):
    activation, h = ACTIVATIONS[name], 1e-6
    numeric = (activation.g(Z + h) - activation.g(Z - h)) / (2 * h)
    np.testing.assert_allclose(activation.g_prime(Z), numeric, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_inputs_stay_finite_and_keep_their_dtype(name, dtype):
    activation, huge = ACTIVATIONS[name], np.array([-1e38, 0, 1e38], dtype)
    for values in (activation.g(huge), activation.g_prime(huge)):
        assert np.isfinite(values).all()
        assert values.dtype == dtype


def test_relu_at_its_corner_has_slope_zero():
    np.testing.assert_array_equal(ACTIVATIONS["relu"].g_prime(np.array([-1.0, 0.0, 1.0])), [0, 0, 1])


def test_leaky_relu_at_its_corner_has_the_slope_of_its_leak():
    np.testing.assert_array_equal(ACTIVATIONS["leaky-relu"].g_prime(np.array([-1.0, 0.0, 1.0])), [0.01, 0.01, 1])


def test_sigmoid_and_tanh_by_hand():
    assert ACTIVATIONS["sigmoid"].g(np.log([3.0])) == pytest.approx(0.75)
    assert ACTIVATIONS["tanh"].g(np.log([3.0])) == pytest.approx(0.8)
