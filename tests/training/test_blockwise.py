"""The fast path gives what the plain equations give, for every option, and the same bits for any number of threads."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from neural_network import TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.functions.losses import LOSSES
from neural_network.support import blas_threads, threads
from neural_network.training import fast
from neural_network.training.fast import blockwise, minibatch, network_step
from neural_network.training.fast.byte_inputs import pack
from neural_network.training.regularizers import Dropout, masked

SAMPLES = 2 * blockwise.BLOCK + 3 * 64 + 5  # whole blocks, some panels, and some samples more
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].output_gradient]


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    return rng.random((SAMPLES, 20)).T, rng.integers(0, 7, SAMPLES)


def assert_equal(ours, plain, tolerance):
    assert ours.loss == pytest.approx(network_step.loss, rel=tolerance)
    assert ours.correct == network_step.correct
    assert ours.gradients.keys() == network_step.gradients.keys()
    for name, gradient in network_step.gradients.items():
        size = np.abs(gradient).max()
        np.testing.assert_allclose(ours.gradients[name], gradient, rtol=tolerance, atol=tolerance * size)
        assert ours.gradients[name].dtype == gradient.dtype
        assert ours.gradients[name].shape == gradient.shape


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("smoothing", [0, 0.1])
@pytest.mark.parametrize("hidden", [1, 10, 25, 50])
def test_float64_agrees_to_1e_12(samples, activation, loss, output, smoothing, hidden):
    options = {"activation": activation, "loss": loss, "output": output, "label_smoothing": smoothing}
    network = TwoLayerNN(20, hidden, 7, **options, seed=0, dtype=np.float64)
    network.b1 += 0.1
    X, Y = samples
    assert_equal(blockwise.compute(network, X, Y), network_step.compute(network, X, Y), 1e-12)
    X, Y = X[:, :70], Y[:70]
    assert_equal(minibatch.compute(network, X, Y), network_step.compute(network, X, Y), 1e-12)


@pytest.mark.parametrize("way", [blockwise, minibatch])
def test_float32_agrees_to_1e_5(samples, way):
    X, Y = samples[0].astype(np.float32), samples[1]
    network = TwoLayerNN(20, 10, 7, seed=0)
    assert_equal(way.compute(network, X, Y), network_step.compute(network, X, Y), 1e-5)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_pixels_that_were_bytes_are_read_as_bytes(samples, monkeypatch, dtype, tolerance):
    X, Y = (np.round(samples[0] * 255) / 255).astype(dtype), samples[1]
    network = TwoLayerNN(20, 10, 7, seed=0, dtype=dtype)
    kinds, compute_block = set(), blockwise.compute_block
    monkeypatch.setattr(
        blockwise, "compute_block", lambda *a: kinds.add((a[2].dtype, a[3].dtype.kind)) or compute_block(*a)
    )
    assert_equal(fast.prepare(network, X)(network, X, Y), network_step.compute(network, X, Y), tolerance)
    assert kinds == {(np.dtype(np.uint8), "i")}
    other = X.copy(order="A")  # what a callback has put in the place of the batch
    other[0] = 0.5
    assert_equal(fast.prepare(network, X)(network, other, Y), network_step.compute(network, other, Y), tolerance)


@pytest.mark.parametrize("value", [0.5, -1 / 255, 256 / 255, 1e30, np.nextafter(np.float32(7 / 255), 1)])
def test_one_value_that_was_no_byte_keeps_all_as_they_are(value):
    X = np.full((5000, 4), np.float32(7) / np.float32(255)).T
    assert np.array_equal(pack(X).rows, np.full((5000, 4), 7))
    X[3, 4999] = value
    assert pack(X) is None


def test_pixels_that_are_zero_in_all_samples_are_left_out():
    bytes_ = np.random.default_rng(0).integers(0, 256, (5000, 20), dtype=np.uint8)
    dark = [0, 1, 7, 19]
    bytes_[:, dark] = 0
    bytes_[4999, 7] = 1  # a single light
    X, Y = (bytes_ / np.float32(255)).T, bytes_[:, 3] % 10
    packed = pack(X)
    assert packed.inputs.tolist() == [i for i in range(20) if i not in (0, 1, 19)]
    assert np.array_equal(packed.rows, bytes_[:, packed.inputs])
    network = TwoLayerNN(20, 10, 10, seed=0)
    result = fast.prepare(network, X)(network, X, Y)
    assert_equal(result, network_step.compute(network, X, Y), 1e-5)
    assert not result.gradients["W1"][:, [0, 1, 19]].any()


def test_where_all_pixels_are_zero_only_biases_learn():
    X, Y = np.zeros((20, 5000), np.float32), np.arange(5000) % 3
    network = TwoLayerNN(20, 10, 7, seed=0)
    result = fast.prepare(network, X)(network, X, Y)
    assert_equal(result, network_step.compute(network, X, Y), 1e-5)


@pytest.mark.parametrize("way", [blockwise, minibatch])
def test_labels_may_be_bytes(samples, way):
    network, X = TwoLayerNN(20, 10, 7, seed=0), samples[0].astype(np.float32)
    assert_equal(
        way.compute(network, X, samples[1].astype(np.uint8)), network_step.compute(network, X, samples[1]), 1e-5
    )


@pytest.mark.parametrize("way", [blockwise, minibatch, network_step])
def test_ties_are_counted_as_argmax_has_them(samples, way):
    network = TwoLayerNN(20, 10, 7, initializer="zeros", seed=0)
    X, Y = samples[0].astype(np.float32), samples[1]
    assert way.compute(network, X, Y).correct == np.count_nonzero(Y == 0)


def test_training_with_dropout_agrees_with_the_plain_equations(samples, monkeypatch):
    def train():
        network = TwoLayerNN(20, 10, 7, seed=0, dtype=np.float64)
        network.train(*samples, epochs=2, batch_size=500, callbacks=[Dropout(0.4)])
        return network.W1

    ours = train()
    monkeypatch.setattr(fast, "compute", network_step.compute)
    np.testing.assert_allclose(ours, train(), rtol=1e-10)


def test_the_bits_do_not_depend_on_the_number_of_threads(samples, monkeypatch):
    network, results = TwoLayerNN(20, 10, 7, seed=0, dtype=np.float64), []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "size", lambda count=count: count)
        results.append(blockwise.compute(network, *samples).gradients["W1"].tobytes())
    assert results[0] == results[1] == results[2]


def test_large_batches_are_computed_in_blocks_and_small_ones_are_not(samples, monkeypatch):
    calls = []
    for name, way in (("blocks", blockwise), ("minibatch", minibatch)):
        monkeypatch.setattr(
            way, "compute", lambda *a, name=name: calls.append((name, len(a[2]))) or network_step.compute(*a[:3])
        )
    TwoLayerNN(20, 4, 7, seed=0).train(*samples, epochs=1)
    TwoLayerNN(20, 4, 7, seed=0).train(*samples, epochs=1, batch_size=4000)
    assert calls == [("blocks", SAMPLES), ("minibatch", 4000), ("minibatch", SAMPLES - 4000)]


def test_what_a_callback_put_in_place_for_a_batch_is_not_cut_into_blocks():
    network = TwoLayerNN(20, 4, 7, seed=0)
    assert fast.takes_blocks(network, SAMPLES)
    network.activation = masked(network.activation, np.ones((4, SAMPLES), np.float32))
    assert not fast.takes_blocks(network, SAMPLES)


def test_changed_equations_are_the_ones_that_are_computed(samples):
    class Halved(TwoLayerNN):
        def backward(self, X, Y, forward=None):
            return {name: dθ / 2 for name, dθ in super().backward(X, Y, forward).items()}

    network, changed = TwoLayerNN(20, 4, 7, seed=0, dtype=np.float64), Halved(20, 4, 7, seed=0, dtype=np.float64)
    whole, half = fast.compute(network, *samples).gradients["W1"], fast.compute(changed, *samples).gradients["W1"]
    np.testing.assert_allclose(half, whole / 2, rtol=1e-12)

    network.mean_loss = lambda forward, Y: 42.0
    assert fast.compute(network, *samples).loss == 42


def test_work_is_shared_and_the_results_come_in_order(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 2)
    both = threading.Barrier(2, timeout=10)  # which lets nobody through before a second thread is there

    def work(i):
        if i < 2:
            both.wait()
        return i * i, threading.current_thread()

    squares, workers = zip(*threads.share(work, range(50)), strict=True)
    assert squares == tuple(i * i for i in range(50))
    assert len(set(workers)) == 2


@pytest.mark.parametrize("size", [1, 3])
def test_an_error_in_a_thread_is_raised_and_the_crew_works_on(monkeypatch, size):
    monkeypatch.setattr(threads, "size", lambda: size)

    def work(i):
        if i == 7:
            raise KeyError(i)
        return i

    with pytest.raises(KeyError, match="7"):
        threads.share(work, range(20))
    assert threads.share(work, range(5)) == [0, 1, 2, 3, 4]


def test_threads_go_by_the_errstate_of_whoever_shares(monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 2)
    both = threading.Barrier(2, timeout=10)

    def work(i):
        both.wait()
        return np.geterr()["over"]

    with np.errstate(over="ignore"):
        assert threads.share(work, range(2)) == ["ignore", "ignore"]


@pytest.mark.parametrize(("variable", "expected"), [("1", 1), ("", None), ("all", None), ("0", 1)])
def test_the_environment_limits_the_crew(monkeypatch, variable, expected):
    for name in threads.LIMITS:
        monkeypatch.delenv(name, raising=False)
    processors = threads.size()
    monkeypatch.setenv("OMP_NUM_THREADS", variable)
    assert threads.size() == (expected or processors)


@pytest.mark.parametrize("count", [1025, 2000, 2999])
@pytest.mark.parametrize("activation", ["relu", "identity", "gelu"])
def test_many_samples_are_predicted_as_one_by_one(count, activation, monkeypatch):
    monkeypatch.setattr(threads, "size", lambda: 3)
    network = TwoLayerNN(20, 7, 5, activation=activation, seed=0, dtype=np.float64)
    X = np.random.default_rng(1).normal(size=(20, count))
    np.testing.assert_allclose(network.predict_proba(X), network.forward(X).A2, rtol=1e-12)


def test_changed_equations_are_the_ones_that_predict():
    class Shy(TwoLayerNN):
        def forward(self, X):
            return super().forward(X / 2)

    network, X = Shy(20, 7, 5, seed=0), np.random.default_rng(1).random((20, 3000)).astype(np.float32)
    assert np.array_equal(network.predict_proba(X)[:, :1024], network.forward(X[:, :1024]).A2)


def test_whoever_has_limited_the_threads_of_the_blas_keeps_the_limit(monkeypatch):
    def threads():
        return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

    monkeypatch.setattr(threads, "size", lambda: 2)
    with threadpool_limits(2, user_api="blas"):
        with blas_threads.threads_for(10**9):
            assert threads() == {2}
        with blas_threads.one_thread(), blas_threads.threads_for(10**9):
            assert threads() == {1}
        assert threads() == {2}
