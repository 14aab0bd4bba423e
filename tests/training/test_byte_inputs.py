"""Full batches of what were bytes are kept as bytes, and give what the floats give."""

import numpy as np
import pytest
from tests.own_equations import assert_equal

from neural_network import Callback, TwoLayerNN
from neural_network.network import gradient_descent
from neural_network.support.byte_pixels import Pixels
from neural_network.training import stepper
from neural_network.training.blockwise import compute_bytes
from neural_network.training.byte_inputs import pack
from neural_network.training.gradients import compute
from neural_network.training.schedules import LearningRate

DARK = [0, 1, 19]


@pytest.fixture
def rows(rng):
    """5,000 samples of 20 bytes, three of which are zero in all samples, and one in all but one."""
    rows = rng.integers(0, 256, (5000, 20), dtype=np.uint8)
    rows[:, [*DARK, 7]] = 0
    rows[4999, 7] = 1
    return rows


@pytest.fixture
def labels(rng):
    return rng.integers(0, 7, 5000)


@pytest.mark.parametrize("hidden", [10, 100])
def test_bytes_give_the_gradients_of_the_floats(rows, labels, hidden, rng):
    X, network = (rows / np.float32(255)).T, TwoLayerNN(20, hidden, 7, seed=0)
    packed = pack(X)
    assert packed.pixels.dtype == np.uint8
    assert_equal(compute_bytes(network, packed, labels, block=999), compute(network, X, labels), 1e-5)
    options = (2 * rng.integers(0, 2, (hidden, 5000)).astype(np.float32), rng.random(5000).astype(np.float32))
    assert_equal(compute_bytes(network, packed, labels, *options), compute(network, X, labels, *options), 1e-5)


@pytest.mark.parametrize("as_pixels", [False, True])
def test_the_last_digits_of_float64_are_kept(rows, labels, as_pixels):
    """Divided by 255 in float32, as inputs are, bytes are not what W1 divided by 255 in float64 makes of them."""
    X = Pixels(rows, np.float64) if as_pixels else (rows / np.float32(255)).T.astype(np.float64)
    ours, plain = TwoLayerNN(20, 10, 7, seed=0, dtype=np.float64), TwoLayerNN(20, 10, 7, seed=0, dtype=np.float64)
    assert pack(X) is None
    ours.train(X, labels, epochs=1, learning_rate=0.1, progress=False)
    gradient_descent(plain.parameters, plain.backward(np.asarray(X), labels), 0.1)
    np.testing.assert_allclose(ours.W1, plain.W1, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("as_pixels", [False, True])
def test_inputs_that_are_zero_in_all_samples_are_left_out(rows, labels, as_pixels):
    X = Pixels(rows) if as_pixels else (rows / np.float32(255)).T
    packed, network = pack(X), TwoLayerNN(20, 10, 7, seed=0)
    assert packed.inputs.tolist() == [i for i in range(20) if i not in DARK]
    np.testing.assert_array_equal(packed.pixels.T, rows[:, packed.inputs])
    np.testing.assert_array_equal(packed.narrow(network).W1, network.W1[:, packed.inputs] / np.float32(255))
    dW1 = compute_bytes(network, packed, labels).gradients["W1"]
    assert dW1.shape == (10, 20)
    assert not dW1[:, DARK].any()
    assert dW1[:, 7].any()


def test_where_all_inputs_are_zero_only_biases_learn(labels):
    X, network = np.zeros((20, 5000), np.float32), TwoLayerNN(20, 10, 7, seed=0)
    assert_equal(compute_bytes(network, pack(X), labels), compute(network, X, labels), 1e-5)


@pytest.mark.parametrize("value", [0.5, -1 / 255, 256 / 255, 1e30, np.nan, np.nextafter(np.float32(7 / 255), 1)])
def test_one_value_that_was_no_byte_keeps_all_as_they_are(value):
    X = np.full((5000, 4), np.float32(7) / np.float32(255)).T
    np.testing.assert_array_equal(pack(X).pixels.T, np.full((5000, 4), 7))
    X[3, 4999] = value
    assert pack(X) is None


class Watch(Callback):
    """Changes nothing."""


class OnBatch(Callback):
    """Could change the numbers in the batch."""

    def on_batch(self, run):
        pass


class Derived(LearningRate):
    """Could do so, too, though what it is derived from does not."""

    def on_batch(self, run):
        super().on_batch(run)


@pytest.mark.parametrize(
    ("callbacks", "used"),
    [([], 3), ([Watch()], 3), ([LearningRate("constant")], 3), ([OnBatch()], 0), ([Derived("constant")], 0)],
)
def test_training_uses_bytes_unless_a_callback_could_change_the_batch(rows, labels, monkeypatch, callbacks, used):
    calls = []
    monkeypatch.setattr(stepper, "compute_bytes", lambda *work: calls.append(1) or compute_bytes(*work))
    TwoLayerNN(20, 10, 7, seed=0).train((rows / np.float32(255)).T, labels, epochs=3, callbacks=callbacks)
    assert len(calls) == used


@pytest.mark.parametrize("kind", [Pixels, lambda rows: np.asarray(Pixels(rows))])
def test_a_packed_sample_is_one_piece_of_memory(kind):
    """Of columns, blocks would be made floats at half the speed."""
    rows = np.random.default_rng(0).integers(1, 256, (50, 20)).astype(np.uint8)
    assert pack(kind(rows)).pixels.T.flags.c_contiguous
