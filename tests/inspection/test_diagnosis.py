"""The diagnosis names the cause of every broken run, and is silent about every healthy one."""

import numpy as np
import pytest

from neural_network import DivergenceError, History, InputError, TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.inspection.diagnosis import diagnose
from neural_network.inspection.diagnosis.descent import descend
from neural_network.inspection.diagnosis.probe import Probe, best_shift
from neural_network.training.monitor import COLUMNS, Monitor, dead_units, hidden_slopes

from broken_runs import BROKEN, HEALTHY, unmonitored  # isort: skip


@pytest.mark.parametrize("job", BROKEN, ids=lambda job: job.name)
def test_the_cause_is_named_first(job):
    history, *others = job.run()
    for seen in (history, unmonitored(history)):
        findings = diagnose(seen, *others)
        assert [finding.cause for finding in findings][:1] == [job.cause]


@pytest.mark.parametrize("job", HEALTHY, ids=lambda job: job.name)
def test_a_healthy_run_is_met_with_silence(job):
    history, *others = job.run()
    assert diagnose(history, *others) == diagnose(unmonitored(history), *others) == []


def test_dead_units_are_listed_with_the_step(blobs):
    network = TwoLayerNN(4, 8, 3, seed=0)
    network.b1[...] = 1
    network.b1[[0, 1, 2, 4, 5, 6, 7]] = -50  # of four inputs, a unit or two would be silent by chance
    (finding,) = diagnose(network.train(*blobs, epochs=50), network, blobs)
    assert (finding.cause, finding.since) == ("dead-units", 1)
    assert "7 of 8 hidden units" in finding.evidence
    assert "(units 0, 1, 2, 4, 5, 6, 7)" in finding.evidence


def test_divergence_is_reported_with_its_step_and_its_root(blobs):
    X, Y = blobs
    for factor, rate, cause in ((1, 1e38, "learning-rate-too-high"), (1e30, 0.1, "inputs-not-scaled")):
        network = TwoLayerNN(4, 5, 3, activation="leaky-relu", seed=1)
        with pytest.raises(DivergenceError) as caught:
            network.train(X * np.float32(factor), Y, epochs=50, learning_rate=rate)
        step = caught.value.step
        finding = diagnose(History(), network, (X * np.float32(factor), Y), diverged_at=step)[0]
        assert finding.cause == cause
        assert f"infinite or NaN at step {step}" in finding.evidence


def test_overfitting_is_dated_by_the_best_validation_loss():
    history, *others = next(job for job in BROKEN if job.cause == "overfitting").run()
    (finding,) = diagnose(history, *others)
    losses = np.array(history["validation_loss"])
    assert losses[: finding.since - 1].min() > 1.02 * losses.min() >= losses[finding.since - 1]


def test_samples_are_checked(network, blobs):
    with pytest.raises(InputError, match="X must have the shape"):
        diagnose(History(), network, (blobs[0].T, blobs[1]))


def test_weights_of_nan_are_not_blamed_on_the_learning_rate(blobs):
    network = TwoLayerNN(4, 5, 3, seed=0)
    network.W1[2, 1] = np.nan
    with pytest.raises(DivergenceError) as caught:
        network.train(*blobs, epochs=3)
    (finding,) = diagnose(caught.value.history, network, blobs, diverged_at=caught.value.step)
    assert finding.cause == "initialization-not-finite"
    assert "before the first step was completed: 1 of 20 entries of W1" in finding.evidence


# ------------------------------------------------------------------ the experiments


@pytest.mark.parametrize("places", [-40, -1, 0, 7])
def test_the_shift_of_labels_is_found(rng, places):
    Y = rng.integers(0, 4, 400)
    X = rng.random((8, 4))[:, Y] + rng.normal(0, 0.05, (8, 400))
    shift, then, now = best_shift(X, np.roll(Y, -places))
    assert shift == places
    assert then > 0.9
    assert now > 0.9 if places == 0 else now < 0.5


def test_careful_steps_go_down_and_leave_the_network_alone(network, blobs):
    before = network.W1.copy()
    few, many = descend(network, *blobs), descend(network, *blobs, steps=50)
    assert few.before == many.before == network.loss(*blobs)
    assert many.after < few.after < few.before
    assert (before == network.W1).all()


def test_predictability_tells_labels_from_noise(rng):
    X = rng.random((5, 600))
    Y = (X[0] > 0.5).astype(int) + (X[1] > 0.5)
    probe, in_order = Probe(X, Y), np.argsort(Y)
    assert probe.recall > 0.8
    assert probe.is_above_chance
    assert Probe(X[:, in_order], Y[in_order]).recall > 0.8
    assert not Probe(X, rng.permutation(Y)).is_above_chance


# ------------------------------------------------------------------ the monitor


def test_the_monitor_measures_the_step_that_is_made(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 5, 3, seed=0, dtype=np.float64)
    W1, dW1 = network.W1.copy(), network.backward(X.astype(float), Y)["W1"]
    row = network.train(X, Y, epochs=1, learning_rate=0.1, callbacks=[Monitor()]).rows[0]
    assert row["gradient_W1"] == pytest.approx(np.linalg.norm(dW1))
    assert row["update_W1"] == pytest.approx(0.1 * np.linalg.norm(dW1) / np.linalg.norm(W1))


def test_the_monitor_looks_once_an_epoch_and_changes_nothing(blobs, tmp_path):
    networks = [TwoLayerNN(4, 5, 3, seed=0) for _ in range(2)]
    plain = networks[0].train(*blobs, epochs=3, batch_size=20)
    watched = networks[1].train(*blobs, epochs=3, batch_size=20, callbacks=[Monitor()])
    assert (networks[0].W1 == networks[1].W1).all()
    assert set(watched.columns) - set(plain.columns) == set(COLUMNS)
    watched.save(tmp_path / "history.csv")
    assert History.load(tmp_path / "history.csv").rows == watched.rows


def test_slopes_are_shares_of_the_largest():
    Z1 = np.array([[0.0, 3.0], [-1.0, -2.0], [40.0, -40.0]])
    assert hidden_slopes(ACTIVATIONS["relu"], Z1).tolist() == [[0, 1], [0, 0], [1, 0]]
    assert dead_units(hidden_slopes(ACTIVATIONS["relu"], Z1)).tolist() == [1]
    assert dead_units(hidden_slopes(ACTIVATIONS["sigmoid"], Z1)).tolist() == [2]
    assert hidden_slopes(ACTIVATIONS["sigmoid"], np.zeros((1, 1))).item() == pytest.approx(1)
