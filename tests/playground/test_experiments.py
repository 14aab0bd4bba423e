"""Each experiment of Break it goes wrong as the page says, is diagnosed rightly, and is right when it is mended."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neural_network import network as equations
from neural_network.data.dataset import DIGITS, make_samples
from neural_network.data.synthetic import generate
from neural_network.inspection.diagnosis import diagnose
from neural_network.inspection.diagnosis.equations import SAMPLES
from neural_network.playground import glass
from neural_network.playground.server.breaking import first_bad
from neural_network.playground.sessions.data import SessionData
from neural_network.playground.sessions.experiments import EXPERIMENTS, MENDED, edited_network
from neural_network.playground.sessions.job import Job
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat
from neural_network.training.model import TwoLayerNN

from .conftest import trained, wait


@pytest.fixture(scope="module")
def many() -> SessionData:
    images, labels = generate(2500, 7)
    train, validation = make_samples(images[:2000], labels[:2000]), make_samples(images[2000:], labels[2000:])
    return SessionData("digits", "synthetic", train, validation, validation, DIGITS, PictureFormat())


def found(job, sessions):
    """Train an experiment to its end, and return its run and what the diagnosis says of it."""
    run = sessions.open(job).run
    run.play()
    wait(lambda: run.status in ("finished", "diverged"), seconds=120)
    diverged_at = run.history.diverged_at
    return run, diagnose(run.history, run.last_network, run.data.train, run.data.validation, diverged_at=diverged_at)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_diagnosis_names_what_is_wrong(name, sessions, many):
    run, findings = found(Job.of_experiment(name, many), sessions)
    assert findings[0].cause in EXPERIMENTS[name].causes, findings
    bad = first_bad(run, EXPERIMENTS[name])
    assert bad["name"] == EXPERIMENTS[name].tensor
    assert bad["least"] <= bad["most"]
    assert bad["zeros"] == 1 if name in ("zeros", "dead") else bad["zeros"] < 1


def test_the_diagnosis_and_the_text_of_a_missing_mean_name_the_same_numbers_of_samples(sessions, many):
    _, findings = found(Job.of_experiment("mean", many), sessions)
    assert f"{SAMPLES} times too large" in findings[0].evidence
    assert f"on {SAMPLES} random samples" in findings[0].evidence
    assert f"{SAMPLES} random ones in the check of the diagnosis" in EXPERIMENTS["mean"].why


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_is_wrong_once_it_is_mended(name, sessions, many):
    _, findings = found(Job.of_experiment(f"{name}{MENDED}", many), sessions)
    assert findings == []


@pytest.mark.parametrize(
    ("name", "edited"),
    [
        ("sign", {5: "dZ2 = Y - A2"}),
        (
            "mean",
            {
                6: "dW2 = dZ2 @ A1.mT",
                7: "db2 = dZ2.sum(axis=-1, keepdims=True)",
                9: "dW1 = dZ1 @ X.mT",
                10: "db1 = dZ1.sum(axis=-1, keepdims=True)",
            },
        ),
    ],
)
def test_an_edited_equation_is_shown_as_it_runs(name, edited, many):
    X, Y = many.train.X[:, :4], many.train.Y[:4]
    wrong, right = (Job.of_experiment(each, many) for each in (name, name + MENDED))
    trace, usual = (glass.record(job.make_network(), X, Y, job.settings) for job in (wrong, right))
    lines = Path(equations.__file__).read_text(encoding="utf-8").splitlines()
    rows = glass.describe(trace).rows
    assert {row.number: row.source.partition("  #")[0] for row in rows if row.original} == edited
    for row in rows:
        if row.place.startswith("network.py:"):
            assert lines[int(row.place.partition(":")[2]) - 1].strip() == (row.original or row.source)
        if row.number in edited:
            cell = glass.cell_sum(trace, row.index, (0, 0))
            assert cell.total == pytest.approx(cell.value, rel=1e-5, abs=1e-7)
            factor = 4 if name == "mean" else -1
            np.testing.assert_allclose(
                trace.find(row.name).value, factor * usual.find(row.name).value, rtol=1e-4, atol=1e-6
            )
    assert not any(row.original for row in glass.describe(usual).rows)


@pytest.mark.parametrize(("name", "factor"), [("sign", -1), ("mean", 2000)])
def test_a_run_trains_by_the_edited_equation(name, factor, sessions, many):
    session = trained(sessions.open(Job.of_experiment(name, many)), 3)
    network = Job.of_experiment(name + MENDED, many).make_network()
    for _ in range(3):
        gradients = network.backward(np.asarray(many.train.X), many.train.Y)
        equations.gradient_descent(
            network.parameters, gradients, factor * session.settings.make_optimizer().learning_rate
        )
    for parameter, θ in session.network_at(3).parameters.items():
        expected = network.parameters[parameter]
        np.testing.assert_allclose(θ, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("samples", "inputs", "hidden", "batch_size"),
    [(5000, 20, 10, 5000), (320, 784, 128, 64)],  # block by block; by halves of the hidden layer
)
@pytest.mark.parametrize("name", ["sign", "mean"])
def test_the_faster_ways_train_by_the_edited_equation(name, samples, inputs, hidden, batch_size, rng):
    X, Y = np.asfortranarray(rng.random((inputs, samples))), rng.integers(0, 10, samples)
    network, usual = (TwoLayerNN(inputs, hidden, 10, seed=1, dtype=np.float64) for _ in range(2))
    network.__class__ = edited_network(EXPERIMENTS[name].edits)
    rate = {"sign": -0.01, "mean": 0.01 * batch_size}[name]
    network.train(X, Y, epochs=2, learning_rate=0.01, batch_size=batch_size, shuffle=False, progress=False)
    for start in 2 * [*range(0, samples, batch_size)]:
        batch = slice(start, start + batch_size)
        equations.gradient_descent(usual.parameters, usual.backward(X[:, batch], Y[batch]), rate)
    for parameter, θ in network.parameters.items():
        np.testing.assert_allclose(θ, usual.parameters[parameter], rtol=1e-6, atol=1e-9)


def test_lines_that_network_py_has_lost_are_not_edited(monkeypatch, many):
    lost = replace(EXPERIMENTS["sign"], edits=(("dZ2 = A2 + Y", "dZ2 = Y"),))
    monkeypatch.setitem(EXPERIMENTS, "sign", lost)
    with pytest.raises(InputError, match=r"network\.py.*dZ2 = A2 \+ Y"):
        Job.of_experiment("sign", many)


def test_an_experiment_needs_pictures(data_sets):
    with pytest.raises(InputError, match="moons"):
        Job.of_experiment("zeros", data_sets.get("moons"))
    with pytest.raises(InputError, match="sign"):
        Job.of_experiment("nothing", data_sets.get("digits"))
