from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from neural_network.functions.losses import LOSSES, OUTPUTS, cross_entropy, one_hot, softmax, squared_error

columns = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-1e300, 1e300))


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0], [3.0, 2.0]])), [[0.25, 0.5], [0.75, 0.5]])


@given(columns)
def test_softmax_is_a_distribution_for_any_finite_input(Z):
    P = softmax(Z)
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=0), 1, rtol=1e-12)


def test_one_samples_size_does_not_drown_anothers():
    """A shift by the maximum of the whole batch would turn the second column into 0 / 0."""
    P = softmax(np.array([[1000.0, 0.0], [0.0, 0.0]]))
    np.testing.assert_allclose(P, [[1.0, 0.5], [0.0, 0.5]])


def test_cross_entropy_is_scikit_learns_log_loss(rng):
    metrics = pytest.importorskip("sklearn.metrics")
    Z, Y = rng.normal(size=(4, 30)), rng.integers(0, 4, 30)
    expected = metrics.log_loss(Y, softmax(Z).T, labels=range(4))
    assert cross_entropy.value(Z, softmax(Z), one_hot(Y, 4, float)).mean() == pytest.approx(expected, rel=1e-12)


def test_cross_entropy_never_takes_the_logarithm_of_zero():
    Z = np.array([[1000.0], [0.0]])
    assert cross_entropy.value(Z, softmax(Z), np.array([[0.0], [1.0]])) == 1000.0
    assert cross_entropy.value(Z, softmax(Z), np.array([[1.0], [0.0]])) == 0.0


def test_the_cross_entropy_of_one_sample_does_not_drown_in_anothers():
    """Shifted by the maximum of the whole batch, the second column would be the logarithm of 0."""
    Z = np.array([[1000.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(cross_entropy.value(Z, softmax(Z), np.eye(2)), [0, np.log(2)])


def test_squared_error_by_hand():
    A2, Y = np.array([[0.5, 1.0], [0.25, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])
    np.testing.assert_array_equal(squared_error.value(A2, A2, Y), [0.5 * (0.25 + 0.0625), 0])


@pytest.mark.parametrize(
    ("loss", "output"), [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]
)
def test_what_is_carried_back_is_the_derivative(loss, output, rng):
    value, output_gradient, h = LOSSES[loss].value, LOSSES[loss].output_gradient[output], 1e-6
    Z, Y = rng.normal(size=(3, 4)), one_hot(np.array([2, 0, 1, 2]), 3, float)
    A2 = OUTPUTS[output](Z)
    dZ2 = output_gradient(A2 - Y, A2) if output_gradient else A2 - Y
    for k in range(3):  # one entry of every sample at a time: no sample's loss depends on another
        step = h * np.eye(3)[:, [k]]
        above, below = (value(z, OUTPUTS[output](z), Y) for z in (Z + step, Z - step))
        np.testing.assert_allclose(dZ2[k], (above - below) / (2 * h), rtol=1e-7)


def test_a_loss_is_a_value_that_nobody_can_change():
    with pytest.raises(FrozenInstanceError):
        cross_entropy.name = "other"


def test_one_hot_in_the_dtype_that_was_asked_for():
    columns = one_hot(np.array([2, 0]), 3, np.float32)
    np.testing.assert_array_equal(columns, [[0, 1], [0, 0], [1, 0]])
    assert columns.dtype == np.float32
