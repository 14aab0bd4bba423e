"""Large batches by blocks give what network.py gives for the whole, for every option, and the same bits each time."""

import numpy as np
import pytest
from tests.own_equations import Broken, NoStacks, OfTheBatch, Raises, SumOfGradients, SumOfLosses, assert_equal

from neural_network import Callback, TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.losses import LOSSES
from neural_network.network import gradient_descent
from neural_network.support import threads
from neural_network.support.byte_pixels import Pixels
from neural_network.training import stepper
from neural_network.training.blockwise import LARGE, blocks, compute_blockwise, is_mean_of_blocks
from neural_network.training.gradients import compute
from neural_network.training.regularizers import Dropout

SAMPLES = LARGE + 3 * 64 + 5  # no whole number of panels
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    return rng.random((SAMPLES, 20)).T, rng.integers(0, 7, SAMPLES)


def make(hidden=10, cls=TwoLayerNN, **options):
    network = cls(20, hidden, 7, **{"seed": 0, "dtype": np.float64} | options)
    network.b1 += network.dtype.type(0.1)
    return network


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("smoothing", [0, 0.1])
@pytest.mark.parametrize("hidden", [1, 10, 50, 100])
def test_float64_agrees_to_1e_12(samples, activation, loss, output, smoothing, hidden):
    network = make(hidden, activation=activation, loss=loss, output=output, label_smoothing=smoothing)
    X, Y = samples[0][:, :1500], samples[1][:1500]
    assert_equal(compute_blockwise(network, X, Y, block=400), compute(network, X, Y))


def test_float32_agrees_to_1e_5(samples):
    X, Y = samples[0].astype(np.float32), samples[1]
    network = make(dtype=np.float32)
    assert_equal(compute_blockwise(network, X, Y), compute(network, X, Y), 1e-5)


@pytest.mark.parametrize("hidden", [10, 100])
def test_mask_and_weights_go_with_their_samples(samples, hidden, rng):
    network, options = make(hidden), (2.0 * rng.integers(0, 2, (hidden, SAMPLES)), rng.random(SAMPLES))
    assert_equal(compute_blockwise(network, *samples, *options, block=999), compute(network, *samples, *options))


def test_pixels_become_numbers_block_by_block(samples, rng):
    rows = rng.integers(0, 256, (SAMPLES, 20)).astype(np.uint8)
    network, Y = make(), samples[1].astype(np.uint8)
    ours = compute_blockwise(network, Pixels(rows, np.float64), Y, block=999)
    assert_equal(ours, compute(network, np.asarray(Pixels(rows, np.float64)), Y))


def test_ties_are_counted_as_argmax_has_them(samples):
    X, Y = samples
    assert compute_blockwise(make(initializer="zeros"), X, Y).correct == np.count_nonzero(Y == 0)


def test_infinite_sums_make_the_loss_infinite_or_nan(samples):
    network = make()
    network.W1[:] = 1e308
    with np.errstate(all="ignore"):
        assert not np.isfinite(compute_blockwise(network, *samples).loss)


def test_the_bits_do_not_depend_on_the_number_of_threads(samples, monkeypatch):
    network, results = make(), set()
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "size", lambda count=count: count)
        loss, _, gradients = compute_blockwise(network, *samples, block=500)
        results.add((loss, *(dθ.tobytes() for dθ in gradients.values())))
    assert len(results) == 1


@pytest.mark.parametrize("count", [1, 47, 48, 1000, 4999])
@pytest.mark.parametrize("panel", [1, 48])
def test_blocks_hold_every_sample_once_and_all_but_the_last_whole_panels(count, panel):
    parts = blocks(count, panel, 600)
    assert np.concatenate([np.arange(count)[part] for part in parts]).tolist() == list(range(count))
    assert all((part.stop - part.start) % panel == 0 for part in parts if part.stop < count // panel * panel)
    assert max(part.stop - part.start for part in parts) <= 600 + panel


def test_large_batches_are_computed_by_blocks_and_small_ones_are_not(samples, monkeypatch):
    sizes = []
    way = lambda network, X, Y, *options: sizes.append(len(Y)) or compute(network, X, Y, *options)  # noqa: E731
    monkeypatch.setattr(stepper, "compute_blockwise", way)
    make().train(*samples, epochs=2)
    make().train(*samples, epochs=1, batch_size=LARGE)
    assert sizes == [SAMPLES, SAMPLES, LARGE]


@pytest.mark.parametrize("cls", [SumOfGradients, SumOfLosses, NoStacks, Raises, OfTheBatch])
def test_equations_that_are_no_mean_of_blocks_are_computed_as_a_whole(samples, monkeypatch, cls):
    network, by_hand = make(cls=cls), make(cls=cls)
    assert not is_mean_of_blocks(network, *samples)
    monkeypatch.setattr(stepper, "compute_blockwise", lambda *work: pytest.fail("blocks"))
    losses = network.train(*samples, epochs=3, learning_rate=1e-5)["loss"]
    for loss in losses:
        assert loss == compute(by_hand, *samples).loss
        gradient_descent(by_hand.parameters, compute(by_hand, *samples).gradients, 1e-5)
    assert network.W1.tobytes() == by_hand.W1.tobytes()


def test_a_mask_that_no_stack_can_take_has_the_batch_computed_as_a_whole(samples, monkeypatch):
    class Transposed(TwoLayerNN):
        def forward(self, X, mask=None):
            return super().forward(X, mask if mask is None else mask.T.T + 0 * X.T[:, :1].T)

    assert is_mean_of_blocks(make(cls=Transposed), *samples)
    ours, whole = make(cls=Transposed), make()
    ours.train(*samples, epochs=2, callbacks=[Dropout(0.4)])
    whole.train(*samples, epochs=2, callbacks=[Dropout(0.4)])
    np.testing.assert_allclose(ours.W1, whole.W1, rtol=1e-12)


def test_an_error_in_the_equations_is_raised_as_it_is(samples):
    with pytest.raises(ValueError, match="matmul"):
        make(cls=Broken).train(*samples, epochs=1)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_what_a_callback_changes_in_the_whole_batch_is_what_is_learnt(samples, as_bytes):
    class Darken(Callback):
        buffer = None

        def on_batch(self, run):
            self.buffer = run.X.copy(order="A") if self.buffer is None else self.buffer
            self.buffer *= 0.5
            run.X = self.buffer

    X = np.round(samples[0] * 255) / 255 if as_bytes else samples[0]
    X = X.astype(np.float32).astype(np.float64)
    ours, by_hand = make(), make()
    ours.train(X, samples[1], epochs=3, learning_rate=0.1, callbacks=[Darken()])
    for epoch in (1, 2, 3):
        gradient_descent(by_hand.parameters, by_hand.backward(0.5**epoch * X, samples[1]), 0.1)
    np.testing.assert_allclose(ours.W1, by_hand.W1, rtol=1e-10)
