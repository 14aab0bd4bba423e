"""Networks as one: each has the results that it has alone, or they are not stacked."""

import numpy as np
import pytest
from tests.own_equations import Broken, HalfGradients, SumOfLosses, assert_equal

from neural_network import TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.losses import LOSSES
from neural_network.support import threads
from neural_network.support.byte_pixels import Pixels
from neural_network.training import stacked
from neural_network.training.gradients import compute
from neural_network.training.stacked import Stack, can_be_stacked

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]


def make(count=3, cls=TwoLayerNN, **options):
    return [cls(4, 5, 3, **{"dtype": np.float64, "seed": seed} | options) for seed in range(count)]


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("smoothing", [0, 0.1])
def test_a_stack_computes_each_network_s_own_equations(blobs, monkeypatch, activation, loss, output, smoothing):
    networks = make(activation=activation, loss=loss, output=output, label_smoothing=smoothing)
    expected = [compute(network, *blobs) for network in networks]
    monkeypatch.setattr(stacked, "blocks", lambda samples, block: [slice(0, 70), slice(70, samples)])
    stack = Stack(networks)
    for result, alone in zip(stack.compute(*blobs), expected, strict=True):
        assert_equal(result, alone)
    assert can_be_stacked(networks, *blobs)


def test_labels_may_be_bytes_and_inputs_pixels(rng):
    rows, Y = rng.integers(0, 256, (300, 4), dtype=np.uint8), rng.integers(0, 3, 300).astype(np.uint8)
    networks, X = make(), Pixels(rows, np.float64)
    for network, result in zip(networks, Stack(networks).compute(X, Y), strict=True):
        assert_equal(result, compute(network, np.asarray(X), Y))


def test_networks_have_views_of_the_stack(blobs):
    networks = make()
    stack = Stack(networks)
    for network, parts in zip(networks, stack.split(stack.parameters), strict=True):
        for name, θ in network.parameters.items():
            assert np.shares_memory(θ, parts[name])
            θ += 1
    for network, result in zip(networks, stack.compute(*blobs), strict=True):
        assert_equal(result, compute(network, *blobs))


def test_the_bits_do_not_depend_on_the_number_of_threads(blobs, monkeypatch):
    monkeypatch.setattr(stacked, "blocks", lambda samples, block: [slice(i, i + 30) for i in range(0, samples, 30)])
    stack, results = Stack(make()), set()
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "size", lambda count=count: count)
        results.add(tuple((loss, dθ["W1"].tobytes()) for loss, _, dθ in stack.compute(*blobs)))
    assert len(results) == 1


@pytest.mark.parametrize("cls", [HalfGradients, SumOfLosses, Broken])
@pytest.mark.parametrize("place", [0, 2])
def test_networks_with_equations_of_their_own_do_not_agree_with_a_stack(blobs, cls, place):
    networks = make()
    assert can_be_stacked(networks, *blobs)
    networks[place] = make(cls=cls)[place]
    assert not can_be_stacked(networks, *blobs)
