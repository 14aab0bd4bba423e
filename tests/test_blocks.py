"""Blocks give what the plain equations give, for every option, and the same bits for any number of threads."""

import numpy as np
import pytest

from neural_network import TwoLayerNN, blocks
from neural_network.activations import ACTIVATIONS
from neural_network.losses import LOSSES
from neural_network.regularizers import masked
from neural_network.training import compute_plainly

SAMPLES = 4 * blocks.BLOCK + 3 * blocks.PANEL + 5  # whole blocks, some panels, and some samples more
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].carry_back]


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    return rng.random((SAMPLES, 20)).T, rng.integers(0, 7, SAMPLES)


def assert_equal(network, X, Y, tolerance):
    ours, plain = blocks.compute(network, X, Y), compute_plainly(network, X, Y)
    assert ours.loss == pytest.approx(plain.loss, rel=tolerance)
    assert ours.hits == plain.hits
    for name, gradient in plain.gradients.items():
        size = np.abs(gradient).max()
        np.testing.assert_allclose(ours.gradients[name], gradient, rtol=tolerance, atol=tolerance * size)
        assert ours.gradients[name].dtype == gradient.dtype


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("hidden", [1, 4, 10])
def test_float64_agrees_to_1e_12(samples, activation, loss, output, hidden):
    options = {"activation": activation, "loss": loss, "output": output}
    network = TwoLayerNN(20, hidden, 7, **options, label_smoothing=0.1, seed=0, dtype=np.float64)
    network.b1 += 0.1
    assert_equal(network, *samples, 1e-12)


def test_float32_agrees_to_1e_5(samples):
    X, Y = samples
    assert_equal(TwoLayerNN(20, 10, 7, seed=0), X.astype(np.float32), Y, 1e-5)


def test_the_bits_do_not_depend_on_the_number_of_threads(samples, monkeypatch):
    network, results = TwoLayerNN(20, 10, 7, seed=0, dtype=np.float64), []
    for threads in (1, 2, 5):
        monkeypatch.setattr("os.cpu_count", lambda threads=threads: threads)
        results.append(blocks.compute(network, *samples).gradients["W1"].tobytes())
    assert results[0] == results[1] == results[2]


def test_the_loop_takes_blocks_for_large_batches_only(samples, monkeypatch):
    calls = []
    monkeypatch.setattr(blocks, "compute", lambda *a: calls.append(len(a[2])) or compute_plainly(*a))
    TwoLayerNN(20, 4, 7, seed=0).train(*samples, epochs=2)
    TwoLayerNN(20, 4, 7, seed=0).train(*samples, epochs=1, batch_size=1000)
    assert calls == [SAMPLES, SAMPLES]


def test_what_a_callback_put_in_place_for_a_batch_is_computed_plainly():
    network = TwoLayerNN(20, 4, 7, seed=0)
    assert blocks.pays_off(network, SAMPLES)
    assert not blocks.pays_off(network, 1000)
    assert not blocks.pays_off(TwoLayerNN(784, 64, 10), SAMPLES)
    network.activation = masked(network.activation, np.ones((4, SAMPLES), np.float32))
    assert not blocks.pays_off(network, SAMPLES)
