import numpy as np
import pytest

from neural_network.activations import ACTIVATIONS

Z = np.array([-3.0, -1.0, -0.25, 0.25, 1.0, 3.0])


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


def test_sigmoid_and_tanh_by_hand():
    assert ACTIVATIONS["sigmoid"].g(np.log([3.0])) == pytest.approx(0.75)
    assert ACTIVATIONS["tanh"].g(np.log([3.0])) == pytest.approx(0.8)
