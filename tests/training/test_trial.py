"""Another way to compute is relied on only where it gives what network.py's lines give."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.training.gradients import Result, compute
from neural_network.training.trial import agrees, trial


def test_agreement_is_of_loss_and_gradients_but_for_rounding(network):
    def result(loss=1.0, **changes):
        return lambda network: [Result(loss, 3, {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[0.0]]), **changes})]

    assert agrees(network, result(), result(W1=np.array([[1.000001, 2.0]])))
    assert agrees(network, result(W1=np.array([[np.nan, 2.0]])), result(W1=np.array([[np.nan, 2.0]])))
    assert not agrees(network, result(), result(loss=1.01))
    assert not agrees(network, result(), result(W1=np.array([[1.0, 2.01]])))
    assert not agrees(network, result(), result(W1=np.array([[1.0], [2.0]])))
    assert not agrees(network, result(), result(b1=np.array([[1e-6]])))
    assert not agrees(network, result(), result(b2=np.array([[0.0]])))
    assert not agrees(network, result(), lambda network: 1 / 0)


def test_a_trial_network_has_biases_and_leaves_the_network_alone(network):
    before = {name: θ.copy() for name, θ in network.parameters.items()}
    tried = trial(network)
    assert all(θ.all() for θ in tried.parameters.values())
    for name, θ in network.parameters.items():
        np.testing.assert_array_equal(θ, before[name])
        assert not np.shares_memory(θ, tried.parameters[name])


class KeepsActivations(TwoLayerNN):
    def forward(self, X, mask=None):
        forward = super().forward(X, mask)
        self.A1 = forward.A1
        return forward


class Momentum(TwoLayerNN):
    v = np.zeros(())

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        gradients = super().backward(X, Y, forward, mask, weights)
        gradients["W1"] = self.v = 0.9 * self.v + gradients["W1"]
        return gradients


class Prints(TwoLayerNN):
    def targets(self, Y):
        print(Y.shape)
        return super().targets(Y)


@pytest.mark.parametrize("cls", [KeepsActivations, Momentum, Prints])
def test_equations_that_keep_or_show_something_have_no_other_way(blobs, cls):
    def way(network):
        return [compute(network, *blobs)]

    assert agrees(TwoLayerNN(4, 5, 3, seed=0), way, way)
    own = cls(4, 5, 3, seed=0)
    before = set(vars(own))
    assert not agrees(own, way, way)
    assert set(vars(own)) == before
