"""Each experiment of Break it goes wrong as the page says, is diagnosed rightly, and is right when it is mended."""

import pytest

from neural_network.data.dataset import DIGITS, make_samples
from neural_network.data.synthetic import generate
from neural_network.inspection.diagnosis import diagnose
from neural_network.playground.server.breaking import first_bad
from neural_network.playground.sessions.data import SessionData
from neural_network.playground.sessions.experiments import EXPERIMENTS, MENDED
from neural_network.playground.sessions.job import Job
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat

from .conftest import wait


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


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_is_wrong_once_it_is_mended(name, sessions, many):
    _, findings = found(Job.of_experiment(f"{name}{MENDED}", many), sessions)
    assert findings == []


def test_an_experiment_needs_pictures(data_sets):
    with pytest.raises(InputError, match="moons"):
        Job.of_experiment("zeros", data_sets.get("moons"))
    with pytest.raises(InputError, match="sign"):
        Job.of_experiment("nothing", data_sets.get("digits"))
