"""The diagnosis names the cause of every broken run, and is silent about every healthy one."""

import copy
import re

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from neural_network import DivergenceError, History, InputError, TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.inspection.diagnosis import diagnose, remark_on_units
from neural_network.inspection.diagnosis.descent import descend
from neural_network.inspection.diagnosis.evidence import RunEvidence
from neural_network.inspection.diagnosis.probe import Probe, best_shift
from neural_network.inspection.diagnosis.samples import difference
from neural_network.training.monitor import COLUMNS, Monitor, dead_units, hidden_slopes
from neural_network.training.regularizers import Dropout, MaxNorm

from broken_runs import BROKEN, HEALTHY, Job, quick, unmonitored  # isort: skip
from unseen_runs import BROKEN as UNSEEN_BROKEN, HEALTHY as UNSEEN_HEALTHY  # isort: skip

QUICK = quick([*BROKEN, *UNSEEN_BROKEN, *HEALTHY, *UNSEEN_HEALTHY])


def each(jobs):
    """Return the jobs as parameters, all but the quick ones marked as slow."""
    return [pytest.param(job, id=job.name, marks=() if job in QUICK else pytest.mark.slow) for job in jobs]


@pytest.mark.parametrize("job", each([*BROKEN, *HEALTHY]))
def test_the_cause_is_named_first_with_a_monitor_and_without(job):
    history, *others = job.run()
    for seen in (history, unmonitored(history)):
        findings = diagnose(seen, *others)
        assert findings[0].cause in job.causes if job.causes else findings == []


@pytest.mark.parametrize("job", each([*UNSEEN_BROKEN, *UNSEEN_HEALTHY]))
def test_the_cause_is_named_first_in_runs_unlike_those(job):
    findings = diagnose(*job.run())
    assert findings[0].cause in job.causes if job.causes else findings == []


def the(name: str) -> Job:
    return next(job for job in (*BROKEN, *UNSEEN_BROKEN) if job.name == name)


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
    history, *others = the("80 samples, 256 units").run()
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


# ------------------------------------------------------------------ what findings state


def test_a_run_that_diverged_later_did_not_begin_with_nan(blobs):
    network = TwoLayerNN(4, 5, 3, seed=0)
    network.W1[2, 1] = np.nan
    (finding,) = diagnose(History(), network, blobs, diverged_at=12)
    assert finding.cause == "learning-rate-too-high"
    assert "at step 12" in finding.evidence


def test_units_that_die_in_batches_of_one_were_not_dead_at_the_start():
    history, *others = the("batches of 1, 0.5").run()
    assert history["dead_units"][0] < 10 < history["dead_units"][-1]
    assert "died on the way" in diagnose(history, *others)[0].evidence


def test_a_loss_that_began_high_did_not_rise():
    history, *others = the("W2 300 times too large").run()
    (finding,) = diagnose(history, *others)
    assert f"the loss was {history['batch_loss'][0]:.3g} at the start" in finding.evidence
    for seen in (history, unmonitored(history)):
        assert re.search("W2 was about (29|30).* times as large as", diagnose(seen, *others)[0].evidence)


def test_the_initializer_of_the_run_is_not_advised():
    for name, advised in (("W2 300 times too large", False), ("huge weights, relu", True)):
        finding = diagnose(*the(name).run())[0]
        assert ("he-normal suits relu" in finding.advice) == advised


def test_scaling_is_not_advised_for_inputs_between_0_and_1():
    X, Y = np.zeros((400, 200), np.float32), np.arange(200) % 4
    X[Y * 100 + np.arange(200) % 100, np.arange(200)] = 1  # few of the inputs are not 0: a root mean square of 0.05
    network = TwoLayerNN(400, 8, 4, seed=0)
    history = network.train(X, Y, epochs=30, learning_rate=1e-3, callbacks=[Monitor()])
    assert "inputs-not-scaled" not in [finding.cause for finding in diagnose(history, network, (X, Y))]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("validation transposed", "with the validation inputs transposed, "),
        ("validation inverted", "with the validation inputs inverted, "),
        ("validation moved by 4", "with the validation inputs moved by 0 down and 4 left, "),
        ("validation of 0.4", "with the validation inputs multiplied by 2."),
        ("three classes renumbered in validation", "0 taken as 2, 1 taken as 0, 2 taken as 1, it is "),
        ("validation one late", "with the labels moved by 1 place, it is "),
        ("35 % + 1", "of them with +1 added"),
        ("3 and 8 exchanged in 40 %", "the labels of classes 3 and 8 are mixed up"),
        ("sorted before the split", "the samples are in order of class, and were split in that order"),
        ("validation of half the size", "samples; training inputs go from 0 to 1 with a root mean square of "),
        ("oversampled before the split", "validation samples are exact copies of training samples"),
        ("8 rare classes", "48 of 359 training samples (13.4%) are of class 2, 3, 4, 5, 6, 7, 8, 9; per class: "),
        ("softmax twice", "backward gives what (5) to (10) say of this A2"),
        ("softmax over the samples", "backward does not give the derivative of the loss"),
        ("tanh with g' of 1 - z²", "g' of activation 'wrong-tanh' is not the derivative of its g"),
        ("gradients not divided by m", "is 1/m missing?"),
        ("label smoothing of 0.95", "cannot be removed"),
        ("4 groups of alike units", "the 32 hidden units have only 4 different sets of weights"),
        ("max-norm of 0.05", "the same norm, 0.05, as a max-norm limit makes it"),
        ("dropout of 0.95", "dropout leaves out 95% of the hidden units in each step"),
    ],
)
def test_the_evidence_says_what_was_done(name, words):
    assert words in diagnose(*the(name).run())[0].evidence


def test_a_class_read_as_two_is_no_renumbering(rng):
    """All of classes 0 and 1 are taken for class 2: that is not one to one."""
    X, Y = the("validation 9 - y").run()[2]
    held_out = X[:, :300], np.where(Y[:300] == 2, rng.integers(0, 2, 300), Y[:300])
    network = TwoLayerNN(784, 10, 10, seed=0)
    history = network.train(X[:, 300:], Y[300:], epochs=100)
    findings = diagnose(history, network, (X[:, 300:], Y[300:]), held_out)
    assert "labels-shifted" not in [finding.cause for finding in findings]


def test_only_validation_inputs_that_overflow_are_blamed(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 5, 3, seed=0)
    validation = np.full_like(X, np.finfo(np.float32).max), Y
    with pytest.raises(DivergenceError) as caught:
        network.train(X, Y, epochs=3, validation=validation)
    (finding,) = diagnose(caught.value.history, network, blobs, validation)
    assert finding.cause == "inputs-scaled-differently"


def test_experiments_leave_the_other_processors_alone(blobs):
    threads = set()

    class Counting(TwoLayerNN):
        def forward(self, *arguments):
            threads.update(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
            return super().forward(*arguments)

    with threadpool_limits(2, user_api="blas"):
        diagnose(History(), Counting(4, 5, 3, seed=0), blobs)
    assert threads == {1}


def test_equations_of_wide_networks_are_checked_too(blobs):
    network = the("gradients of the wrong sign").network(4, 20_000, 3, seed=0)
    assert diagnose(History(), network, blobs)[0].cause == "wrong-gradients"


def test_equations_for_one_size_only_are_checked_as_they_are(blobs):
    class Sized(TwoLayerNN):
        """It counts each of 12 classes differently, but in the gradients only; a small copy has 10 classes."""

        def backward(self, X, *arguments):
            gradients = super().backward(X, *arguments)
            return gradients | {"W2": np.linspace(1, 2, 12)[:, None] * gradients["W2"]}

    assert diagnose(History(), Sized(4, 12, 12, seed=0), blobs)[0].cause == "wrong-gradients"
    assert diagnose(History(), Sized(4, 2000, 12, seed=0), blobs) == []  # which would take long


def test_a_remark_names_units_that_hardly_learn(blobs):
    network = TwoLayerNN(4, 6, 3, seed=0)
    network.b1[...] = 1
    assert remark_on_units(network, blobs) is None
    network.b1[[2, 4]] = -50
    remark = remark_on_units(network, blobs)
    assert remark == "unit 2 learns from 0.0% of the samples, unit 4 learns from 0.0% of the samples"
    assert diagnose(network.train(*blobs, epochs=50), network, blobs) == []


# ------------------------------------------------------------------ the experiments


@pytest.mark.parametrize("loss", ["cross-entropy", "squared-error"])
def test_nothing_remains_at_the_targets_however_smooth(blobs, loss):
    network = TwoLayerNN(4, 5, 3, seed=0, loss=loss, label_smoothing=0.3, dtype=np.float64)
    run = RunEvidence(History(), network, blobs, None, None)
    assert run.remaining_at(run.floor) == 0
    assert run.remaining_at(run.baseline) == pytest.approx(1)
    network.W2[...] = 0
    assert network.loss(*blobs) == pytest.approx(run.guessing)


def test_inputs_differ_by_standard_errors(rng):
    A, B = rng.normal(0, 1, (30, 400)), rng.normal(0, 1, (30, 200))
    even, half = np.ones(200), np.arange(200) % 2
    assert 0.4 < difference(A, B) < 1.2
    assert difference(A, B + 0.5) > 4  # another mean
    assert difference(A, 3 * B) > 4  # another spread
    assert difference(B + 5 * half, A, even) > 4 * difference(B + 5 * half, A, 1 - half)  # of what the weights choose


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


def test_the_monitor_looks_at_a_hundred_samples_of_small_batches(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 5, 3, seed=0)
    slopes = hidden_slopes(network.activation, network.forward(X).Z1)
    worst = np.argsort(slopes.sum(axis=0))  # first a sample on which hardly a unit is active
    X, Y = X[:, worst], Y[worst]
    options = {"batch_size": 1, "shuffle": False, "learning_rate": 1e-6, "callbacks": [Monitor()]}
    rows = network.train(X, Y, epochs=2, **options).rows
    dead = len(dead_units(slopes[:, worst[:100]]))
    assert [row["dead_units"] for row in rows] == [dead] * 2
    assert dead < len(dead_units(slopes[:, worst[:1]]))


def test_the_monitor_measures_the_first_batch(blobs):
    X, Y = blobs
    before = TwoLayerNN(4, 5, 3, seed=0)
    network, regularizers = copy.deepcopy(before), [Dropout(0.25, 0.5), MaxNorm(2.0)]
    (row,) = network.train(X, Y, epochs=1, batch_size=50, shuffle=False, callbacks=[Monitor()]).rows
    assert row["batch_loss"] == pytest.approx(before.loss(X[:, :50], Y[:50]))
    assert row["batch_classes"] == 1
    assert "dropout" not in row
    (row,) = network.train(X, Y, epochs=1, callbacks=[*regularizers, Monitor()]).rows
    assert (row["dropout"], row["input_dropout"], row["max_norm"]) == (0.25, 0.5, 2.0)
    assert row["batch_classes"] == 3


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
