"""Many networks trained at once: each learns what it would have learnt alone."""

import os
import signal

import numpy as np
import pytest
from tests.own_equations import Broken, HalfGradients, SumOfLosses

from neural_network import SGD, Callback, InputError, TwoLayerNN
from neural_network.training import multi_seed
from neural_network.training.multi_seed import train_many
from neural_network.training.optimizers import make_optimizer


def make(count=3, cls=TwoLayerNN, **options):
    return [cls(4, 5, 3, **{"dtype": np.float64, "seed": seed} | options) for seed in range(count)]


def sgd(*rates):
    return [make_optimizer("sgd", rate) for rate in rates]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_each_network_ends_as_it_would_have_ended_alone(blobs, optimizer):
    together, alone, rates = make(), make(), [0.01, 0.02, 0.05]
    parameters = together[1].parameters
    histories = train_many(
        together, *blobs, epochs=30, optimizers=[make_optimizer(optimizer, rate) for rate in rates], validation=blobs
    )
    for network, twin, rate, history in zip(together, alone, rates, histories, strict=True):
        expected = twin.train(*blobs, epochs=30, optimizer=optimizer, learning_rate=rate, validation=blobs)
        for column in ("loss", "validation_loss"):
            np.testing.assert_allclose(history[column], expected[column], rtol=1e-9)
        for column in ("epoch", "step", "accuracy", "validation_accuracy"):
            assert history[column] == expected[column]
        for name, θ in twin.parameters.items():
            np.testing.assert_allclose(network.parameters[name], θ, rtol=1e-9, atol=1e-12)
    assert all(together[1].parameters[name] is θ for name, θ in parameters.items())  # the arrays are still its own


def test_float32_losses_agree_to_1e_6_after_500_steps(blobs):
    together, alone = make(dtype=np.float32), make(dtype=np.float32)
    histories = train_many(together, *blobs, epochs=500, optimizers=sgd(0.1, 0.1, 0.1))
    for history, twin in zip(histories, alone, strict=True):
        assert history["loss"][-1] == pytest.approx(twin.train(*blobs, epochs=500)["loss"][-1], rel=1e-6)


def test_one_that_diverges_keeps_no_other_from_learning(blobs):
    X, Y = blobs
    networks, twin = make(activation="identity"), make(activation="identity")[2]
    histories = train_many(networks, 100 * X, Y, epochs=200, optimizers=sgd(0.001, 1e9, 0.001))
    assert [len(history) for history in histories] != [200, 200, 200]
    assert (len(histories[0]), len(histories[2])) == (200, 200)
    assert len(histories[1]) < 200
    expected = twin.train(100 * X, Y, epochs=200, learning_rate=0.001)
    assert histories[2]["loss"][-1] == pytest.approx(expected["loss"][-1], rel=1e-6)


def test_what_cannot_be_stacked_is_refused_in_one_line(blobs):
    with pytest.raises(InputError, match=r"^networks must be of one kind, but hidden_size of network 1 is 6, not 5$"):
        train_many([*make(1), TwoLayerNN(4, 6, 3, dtype=np.float64)], *blobs, epochs=1, optimizers=sgd(0.1, 0.1))
    with pytest.raises(InputError, match=r"^optimizers must be 3 different values, one for each network$"):
        train_many(make(), *blobs, epochs=1, optimizers=sgd(0.1) * 3)
    with pytest.raises(InputError, match="at least one network"):
        train_many([], *blobs, epochs=1, optimizers=[])
    with pytest.raises(InputError, match=r"^epochs must be"):
        train_many(make(), *blobs, epochs=0, optimizers=sgd(0.1, 0.1, 0.1))


def test_ctrl_c_ends_all_of_them_after_the_same_step(blobs):
    class PressCtrlC(SGD):
        def step(self, parameters, gradients):
            super().step(parameters, gradients)
            if self.steps == 3:
                os.kill(os.getpid(), signal.SIGINT)

    networks = [TwoLayerNN(4, 5, 3, seed=seed) for seed in range(3)]
    histories = train_many(networks, *blobs, epochs=50, optimizers=[SGD(), PressCtrlC(), SGD()])
    assert [(len(history), history.interrupted) for history in histories] == [(3, True)] * 3


def test_a_network_that_is_there_twice_is_refused(blobs):
    network = make(1)[0]
    with pytest.raises(InputError, match="one of them is there twice"):
        train_many([network, network], *blobs, epochs=1, optimizers=sgd(0.1, 0.1))


@pytest.mark.parametrize("cls", [HalfGradients, SumOfLosses])
@pytest.mark.parametrize("most", [256, 10])
def test_networks_with_equations_of_their_own_are_trained_each_by_itself(blobs, monkeypatch, cls, most):
    """Also where only one of them has them, and where there are several stacks, of two networks each."""
    monkeypatch.setattr(multi_seed, "MOST_UNITS", most)
    together, alone = ([*make(3), *make(5, cls)[3:]] for _ in range(2))
    histories = train_many(together, *blobs, epochs=5, optimizers=sgd(*[0.1] * 5))
    for network, twin, history in zip(together, alone, histories, strict=True):
        expected = twin.train(*blobs, epochs=5, learning_rate=0.1)
        np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-12)
        np.testing.assert_allclose(network.W1, twin.W1, rtol=1e-9)


def test_an_error_in_a_network_s_equations_is_raised_and_all_have_their_own_arrays(blobs):
    networks = [*make(2), *make(1, Broken)]
    before = [network.W1 for network in networks]
    with pytest.raises(ValueError, match="matmul"):
        train_many(networks, *blobs, epochs=5, optimizers=sgd(0.1, 0.1, 0.1))
    assert all(network.W1 is W1 for network, W1 in zip(networks, before, strict=True))


def test_the_progress_bar_tells_of_the_first_network(blobs, monkeypatch):
    losses = []

    class Bar(Callback):
        def on_epoch(self, run, row):
            losses.append((run.network.seed, row["loss"]))

    monkeypatch.setattr(multi_seed, "progress_bar", lambda wanted: [Bar()])
    histories = train_many(make(), *blobs, epochs=3, optimizers=sgd(0.1, 0.2, 0.3))
    assert losses == [(0, loss) for loss in histories[0]["loss"]]
