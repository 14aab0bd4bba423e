"""Networks with equations of their own, and the comparison of what two ways give for a batch."""

import numpy as np
import pytest

from neural_network import TwoLayerNN


def assert_equal(result, expected, tolerance=1e-12):
    assert result.loss == pytest.approx(expected.loss, rel=tolerance)
    assert result.correct == expected.correct
    assert result.gradients.keys() == expected.gradients.keys()
    for name, dθ in expected.gradients.items():
        size = np.abs(dθ).max()
        np.testing.assert_allclose(result.gradients[name], dθ, rtol=tolerance, atol=tolerance * size)
        assert result.gradients[name].dtype == dθ.dtype
        assert result.gradients[name].shape == dθ.shape


class SumOfGradients(TwoLayerNN):
    """Has lost the 1/m of (6), (7), (9) and (10)."""

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        gradients = super().backward(X, Y, forward, mask, weights)
        return {name: X.shape[-1] * dθ for name, dθ in gradients.items()}


class SumOfLosses(TwoLayerNN):
    """Has lost the 1/m of the loss that is shown."""

    def mean_loss(self, forward, Y, weights=None):
        return float(self.losses(forward, Y).sum())


class NoStacks(TwoLayerNN):
    """Is written for one batch of columns, as the equations stand on paper."""

    def forward(self, X, mask=None):
        Z1 = self.W1 @ X + self.b1
        A1 = self.activation.g(Z1) * (1 if mask is None else mask)
        Z2 = self.W2 @ A1 + self.b2
        E = np.exp(Z2 - Z2.max(axis=0))
        return super().forward(X, mask)._replace(A2=E / E.sum(axis=0))

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        Z1, A1, _, A2 = forward or self.forward(X)
        dZ2 = (A2 - np.eye(self.output_size)[Y].T) / X.shape[1]
        dZ1 = self.W2.T @ dZ2 * self.activation.g_prime(Z1) * (1 if mask is None else mask)
        db1, db2 = dZ1.sum(axis=1, keepdims=True), dZ2.sum(axis=1, keepdims=True)
        return {"W1": dZ1 @ X.T, "b1": db1, "W2": dZ2 @ A1.T, "b2": db2}


class Raises(TwoLayerNN):
    """Refuses a stack of batches."""

    def forward(self, X, mask=None):
        if X.ndim != 2:
            raise RuntimeError("one batch at a time")
        return super().forward(X, mask)


class OfTheBatch(TwoLayerNN):
    """Subtracts the batch's mean from the sums, as batch normalization does."""

    def forward(self, X, mask=None):
        return super().forward(X - X.mean(axis=-1, keepdims=True), mask)


class HalfGradients(TwoLayerNN):
    """Has other gradients, which are still the mean of those of its blocks."""

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        return {name: dθ / 2 for name, dθ in super().backward(X, Y, forward, mask, weights).items()}


class Broken(TwoLayerNN):
    """Has equations that cannot be computed."""

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        return {"W1": self.W1 @ X @ X}
