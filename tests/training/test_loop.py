"""The loop: what an epoch is, what is recorded, and how a run ends."""

import os
import signal

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from neural_network import SGD, Callback, DivergenceError, InputError, TwoLayerNN
from neural_network.support.randomness import SHUFFLE, stream
from neural_network.training.loop import fit
from neural_network.training.stepper import Stepper


class Recorder(Callback):
    """Keeps what it is called with."""

    def __init__(self):
        self.stages, self.batches, self.losses = [], [], []

    def on_start(self, run):
        self.stages.append("start")

    def on_batch(self, run):
        self.stages.append("batch")
        self.batches.append(run.indices.copy())

    def on_gradients(self, run):
        self.stages.append("gradients")
        self.losses.append(run.loss)

    def on_step(self, run):
        self.stages.append("step")

    def on_epoch(self, run, row):
        self.stages.append("epoch")

    def on_end(self, run):
        self.stages.append("end")


def test_full_batch_training_is_gradient_descent_by_hand(network, blobs):
    X, Y = blobs
    by_hand = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
    for _ in range(3):
        gradients = by_hand.backward(X.astype(np.float64), Y)
        for name, θ in by_hand.parameters.items():
            θ -= 0.3 * gradients[name]
    network.train(X, Y, epochs=3, learning_rate=0.3)
    for name, θ in network.parameters.items():
        np.testing.assert_allclose(θ, by_hand.parameters[name], rtol=1e-12)

    plainly = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
    fit(plainly, X, Y, epochs=3, optimizer=SGD(0.3), stepper=Stepper())
    for name, θ in plainly.parameters.items():
        np.testing.assert_array_equal(θ, by_hand.parameters[name])


def test_it_learns(blobs):
    network = TwoLayerNN(4, 8, 3, seed=0)
    history = network.train(*blobs, epochs=300, learning_rate=0.5, validation=blobs)
    assert network.evaluate(*blobs) > 0.95
    assert history["loss"][-1] < 0.3 < history["loss"][0]
    assert history["validation_accuracy"][-1] == network.evaluate(*blobs)
    assert history["validation_loss"][-1] == pytest.approx(network.loss(*blobs), rel=1e-6)


def test_every_epoch_meets_every_sample_once_in_a_fresh_order(network, blobs):
    recorder = Recorder()
    network.train(*blobs, epochs=2, batch_size=32, callbacks=[recorder], seed=5)
    sizes = [len(batch) for batch in recorder.batches]
    first, second = np.concatenate(recorder.batches[:5]), np.concatenate(recorder.batches[5:])
    assert sizes == [32, 32, 32, 32, 22] * 2
    assert sorted(first) == sorted(second) == list(range(150))
    assert list(first) != list(second)
    np.testing.assert_array_equal(first, stream(5, SHUFFLE, 1).permutation(150))


@pytest.mark.parametrize("batch_size", [None, 64])
def test_the_blas_has_one_thread_while_a_network_is_trained(network, blobs, batch_size):
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    class Look(Callback):
        def on_step(self, run):
            self.threads = threads()

    look = Look()
    with threadpool_limits(2, user_api="blas"):
        network.train(*blobs, epochs=1, batch_size=batch_size, callbacks=[look])
        assert look.threads == {1}
        assert threads() == {2}


def test_without_shuffling_the_order_is_that_of_the_data(network, blobs):
    recorder = Recorder()
    network.train(*blobs, epochs=1, batch_size=40, shuffle=False, callbacks=[recorder])
    np.testing.assert_array_equal(np.concatenate(recorder.batches), np.arange(150))


def test_callbacks_are_called_at_every_stage(network, blobs):
    recorder = Recorder()
    network.train(*blobs, epochs=1, batch_size=75, callbacks=[recorder])
    step = ["batch", "gradients", "step"]
    assert recorder.stages == ["start", *step, *step, "epoch", "end"]


def test_a_callback_can_swap_the_batch_scale_gradients_and_stop(network, blobs):
    class Meddler(Callback):
        def on_batch(self, run):
            run.X = np.zeros_like(run.X)

        def on_gradients(self, run):
            run.gradients = {name: 0 * g for name, g in run.gradients.items()}

        def on_step(self, run):
            run.stop = run.step == 2

    before = {name: θ.copy() for name, θ in network.parameters.items()}
    history = network.train(*blobs, epochs=9, callbacks=[Meddler()])
    assert len(history) == 2
    assert history["loss"][0] == pytest.approx(np.log(3))  # all inputs zero, so all classes alike
    for name, θ in network.parameters.items():
        np.testing.assert_array_equal(θ, before[name])


def test_history_records_the_mean_over_the_epoch(network, blobs):
    recorder = Recorder()
    history = network.train(*blobs, epochs=1, batch_size=100, callbacks=[recorder])
    assert history.columns == ["epoch", "step", "loss", "accuracy", "seconds"]
    assert history["loss"][0] == pytest.approx((100 * recorder.losses[0] + 50 * recorder.losses[1]) / 150)
    assert history["step"] == [2]


def test_same_seed_same_bits(blobs):
    def trained(seed):
        network = TwoLayerNN(4, 5, 3, seed=seed)
        network.train(*blobs, epochs=3, batch_size=16)
        return b"".join(θ.tobytes() for θ in network.parameters.values())

    assert trained(1) == trained(1) != trained(2)


def test_a_sample_order_in_memory_makes_no_difference(blobs):
    X, Y = blobs
    results = []
    for layout in (np.ascontiguousarray(X), np.asfortranarray(X)):
        network = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
        network.train(layout, Y, epochs=2, batch_size=16)
        results.append(network.W1.copy())
    np.testing.assert_allclose(*results, rtol=1e-12)


def test_divergence_is_an_error_that_names_the_step(blobs):
    X, Y = blobs
    with pytest.raises(DivergenceError, match=r"step 2: the loss became (nan|inf) with learning rate 1e\+30") as caught:
        TwoLayerNN(4, 5, 3, seed=1).train(X, Y, epochs=9, learning_rate=1e30, batch_size=75)
    assert caught.value.step == 2


def test_parameters_that_overflow_in_the_last_step_are_divergence_too(blobs):
    with pytest.raises(
        DivergenceError, match=r"step 1: its update gave infinite or NaN values with learning rate 1e\+40"
    ):
        TwoLayerNN(4, 5, 3, seed=1).train(*blobs, epochs=1, learning_rate=1e40)


def test_the_end_is_called_even_after_divergence(blobs):
    recorder = Recorder()
    with pytest.raises(DivergenceError):
        TwoLayerNN(4, 5, 3, seed=1).train(*blobs, epochs=9, learning_rate=1e38, callbacks=[recorder])
    assert recorder.stages[-1] == "end"


def test_ctrl_c_finishes_the_step_and_keeps_what_was_learnt(network, blobs):
    class PressCtrlC(Callback):
        def on_gradients(self, run):
            if run.step == 3:
                os.kill(os.getpid(), signal.SIGINT)

    usual = signal.getsignal(signal.SIGINT)
    history = network.train(*blobs, epochs=50, callbacks=[PressCtrlC()])
    untouched = TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)
    untouched.train(*blobs, epochs=3)
    assert history.interrupted
    assert len(history) == 3
    np.testing.assert_array_equal(network.W1, untouched.W1)
    assert signal.getsignal(signal.SIGINT) is usual


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"epochs": 0}, "epochs must be a whole number ≥ 1, not 0"),
        ({"batch_size": 0}, "batch_size must be a whole number ≥ 1, not 0"),
        ({"learning_rate": 0}, "learning_rate must be a finite number > 0, not 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number > 0, not nan"),
        ({"seed": "x"}, "seed must be an integer"),
        ({"validation": (np.ones((3, 1)), np.zeros(1, int))}, r"validation X must have the shape \(4, samples\)"),
    ],
)
def test_bad_arguments_are_named_and_change_nothing(network, blobs, arguments, complaint):
    before = network.W1.copy()
    with pytest.raises(InputError, match=complaint):
        network.train(*blobs, **arguments)
    np.testing.assert_array_equal(network.W1, before)


def test_fit_takes_any_optimizer(network, blobs):
    class SignDescent:
        learning_rate = 0.01

        def step(self, parameters, gradients):
            for name, θ in parameters.items():
                θ -= self.learning_rate * np.sign(gradients[name])

    fit(network, *blobs, epochs=1, optimizer=SignDescent())
    assert np.abs(network.b2) == pytest.approx(0.01)


def test_sgd_is_equation_11():
    θ = {"W1": np.array([1.0, 2.0])}
    SGD(0.5).step(θ, {"W1": np.array([4.0, -2.0])})
    np.testing.assert_array_equal(θ["W1"], [-1.0, 3.0])
