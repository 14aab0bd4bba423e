"""Code that is copied from the page makes the run again, to the same bits; models go out and come in unchanged."""

import json
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import pytest

from neural_network.cli import main
from neural_network.data.dataset import Dataset
from neural_network.data.export import export_csv
from neural_network.formats.model_file import load_model
from neural_network.playground.sessions.code import as_command, as_python
from neural_network.playground.sessions.data import DataSets
from neural_network.playground.sessions.job import Job
from neural_network.playground.sessions.models import job_of_model, job_of_shipped
from neural_network.runs.settings import Settings
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat
from neural_network.training.model import TwoLayerNN

from .conftest import trained
from .test_runs import same

SETTINGS = Settings(hidden=12, epochs=4, batch_size=100, optimizer="adam", dropout=0.1, seed=5, average=0.5)


@pytest.fixture
def own(digits, tmp_path):
    """A data set of the user's own, in a file."""
    export_csv(Dataset("own", "", digits.train, None), tmp_path / "data")
    (path,) = (tmp_path / "data").glob("*.csv")
    return DataSets({"own": str(path)}).get("own")


def ran(code):
    """Return what a program leaves behind."""
    world = {}
    with redirect_stdout(StringIO()):
        exec(compile(code, "copied.py", "exec"), world)
    return world


@pytest.mark.parametrize("name", ["own", "moons", "spirals"])
def test_python_makes_the_same_bits(name, sessions, own):
    job = Job(SETTINGS, own if name == "own" else DataSets({}).get(name))
    session = trained(sessions.open(job))
    assert same(session.network_at(), ran(as_python(job))["network"].parameters)


def test_python_of_a_branch_makes_the_same_bits(sessions, own):
    session = trained(sessions.open(Job(SETTINGS, own)))
    session.branch(7, Settings(hidden=12, epochs=3, learning_rate=0.3))
    trained(session)
    session.branch(2, Settings(hidden=12, epochs=2, l2=0.01))
    trained(session)
    assert same(session.network_at(), ran(as_python(session.run.job))["network"].parameters)


def test_python_of_a_shipped_model_makes_the_same_bits(sessions, own):
    job = job_of_shipped("seed", Settings(epochs=3, batch_size=100, optimizer="adam", seed=2), own, {})
    session = trained(sessions.open(job))
    assert "TwoLayerNN.load('seed')" in as_python(job)
    assert same(session.network_at(), ran(as_python(job))["network"].parameters)
    session.branch(4, replace(job.settings, learning_rate=0.01))
    trained(session)
    assert same(session.network_at(), ran(as_python(session.run.job))["network"].parameters)


def test_python_of_a_branch_from_step_0_makes_the_same_bits(sessions, own):
    session = trained(sessions.open(Job(SETTINGS, own)))
    session.branch(0, replace(SETTINGS, seed=6))  # the weights of seed 5, and the batches of seed 6
    trained(session)
    assert same(session.network_at(), ran(as_python(session.run.job))["network"].parameters)


def test_python_of_an_experiment_makes_the_same_bits(sessions, own):
    session = trained(sessions.open(Job.of_experiment("order", own)))
    assert same(session.network_at(), ran(as_python(session.run.job))["network"].parameters)


def test_the_command_makes_the_same_bits(sessions, own, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    job = Job(SETTINGS, own)
    session = trained(sessions.open(job))
    words = as_command(job).split()
    assert words[:2] == ["mnist-nn", "train"]
    with pytest.raises(SystemExit):
        main([*words[1:], "--name", "again", "--no-figures", "--json"])
    assert json.loads(capsys.readouterr().out)["run"] == "runs/again"
    assert same(session.network_at(), TwoLayerNN.load("runs/again/model.safetensors").parameters)


def test_the_command_of_a_shipped_model_makes_the_same_bits(sessions, own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    job = job_of_shipped("seed", Settings(epochs=3, batch_size=100, optimizer="adam", seed=2), own, {})
    session = trained(sessions.open(job))
    words = as_command(job).split()
    assert words[-2:] == ["--from", "seed"]
    with pytest.raises(SystemExit):
        main([*words[1:], "--name", "again", "--no-figures", "--json"])
    assert same(session.network_at(), TwoLayerNN.load("runs/again/model.safetensors").parameters)


def test_what_has_no_command_says_so_and_what_to_do(sessions, own, digits):
    session = trained(sessions.open(Job(SETTINGS, own)), 3)
    session.branch(2, SETTINGS)
    network = session.network_at()
    for job in (
        Job(SETTINGS, DataSets({}).get("moons")),
        Job.of_experiment("zeros", own),
        session.run.job,
        job_of_shipped("seed", Settings(), replace(own, classes=("zero", *own.classes[1:])), {}),
    ):
        with pytest.raises(InputError, match=r"no command.*: copy it as Python"):
            as_command(job)
    for write in (as_command, as_python):
        with pytest.raises(InputError, match=r"from a file has no co(mmand|de).*: save the model"):
            write(job_of_model(network, SETTINGS, own))


def test_a_branch_of_an_experiment_has_no_code(sessions, own):
    session = trained(sessions.open(Job.of_experiment("order", own)), 3)
    session.branch(2, session.settings)
    with pytest.raises(InputError, match="branch of an experiment"):
        as_python(session.run.job)


def test_models_go_out_and_come_in(sessions, digits, own, tmp_path):
    session = trained(sessions.open(Job(SETTINGS, digits)), 9)
    network = session.network_at(5)
    network.save(tmp_path / "model.safetensors")
    job = job_of_model(load_model(tmp_path / "model.safetensors", TwoLayerNN), Settings(epochs=2), digits)
    session.start(job)
    assert same(session.network_at(), network.parameters)
    assert session.settings.hidden == 12
    with pytest.raises(InputError, match="2 and 2"):
        job_of_model(network, Settings(), DataSets({}).get("moons"))


def test_a_model_of_deskewed_images_does_not_train_on_others(digits):
    network = TwoLayerNN(784, 3, 10)
    network.picture_format = PictureFormat(deskew=True)
    with pytest.raises(InputError, match="deskewed:"):
        job_of_model(network, SETTINGS, digits)
    deskewed = replace(digits, picture_format=network.picture_format)
    assert job_of_model(network, SETTINGS, deskewed).data.picture_format.deskew
