"""The runs of a session are written as texts of an address, and texts become the same runs again, to the same bits."""

import pytest

from neural_network.formats.shipped_models import SHIPPED
from neural_network.playground.sessions.branches import read_runs, write_run
from neural_network.playground.sessions.job import Job
from neural_network.playground.sessions.models import job_of_shipped
from neural_network.playground.sessions.reading import read_settings
from neural_network.playground.sessions.restoring import restore
from neural_network.playground.sessions.session import Session
from neural_network.runs.settings import Settings
from neural_network.support.errors import InputError
from neural_network.training.model import TwoLayerNN

from .conftest import trained, wait
from .test_runs import same

FIRST = Settings(hidden=12, epochs=3, batch_size=100, optimizer="adam", dropout=0.1, seed=5)
SECOND = Settings(hidden=12, epochs=2, learning_rate=1e-3, seed=5)


@pytest.fixture
def make_job(data_sets):
    """What makes the jobs of texts, as the server does."""

    def make(values):
        data, settings = data_sets.get(values.get("data", "digits")), read_settings(values["settings"])
        if "experiment" in values:
            return Job.of_experiment(values["experiment"], data)
        if "from" in values:
            return job_of_shipped(values["from"], settings, data, values["settings"])
        return Job(settings, data)

    return make


def texts_of(session):
    return {name.replace(" ", ""): f"{write_run(run)},until:{run.step}" for name, run in session.runs.items()}


def test_a_tree_of_runs_comes_back_to_the_same_bits(sessions, digits, make_job):
    session = trained(sessions.open(Job(FIRST, digits)), 14)
    session.branch(7, SECOND)
    trained(session, 2)
    session.branch(1, Settings(hidden=12, epochs=9, l2=0.25, seed=5))
    trained(session, 3)
    session.choose("run 1")
    session.branch(9, FIRST)
    session.choose("run 1")
    session.run.rewind(4)  # to before its branches
    texts = texts_of(session)
    assert texts == {
        "run1": "data:digits,hidden:12,seed:5,epochs:3,batch_size:100,optimizer:adam,dropout:0.1,until:4",
        "run2": "1@7,epochs:2,batch_size:,optimizer:sgd,learning_rate:0.001,dropout:0.0,until:2",
        "run3": "2@1,epochs:9,learning_rate:,l2:0.25,until:3",
        "run4": "1@9,until:0",
    }
    plans = read_runs(texts, make_job)
    other = sessions.open(plans[0].job)
    restore(other, plans, 3)
    wait(lambda: other.restoring.is_over)
    assert (other.restoring.problem, other.name, texts_of(other)) == ("", "run 3", texts)
    for name, run in session.runs.items():
        again = other.runs[name]
        assert (again.settings, again.parent, again.offset, again.status) == (
            run.settings, run.parent, run.offset, run.status)  # fmt: skip
        assert same(again.network_at(again.step), run.network_at(run.step).parameters)
        assert again.losses.after(0) == run.losses.after(0)


def test_experiments_and_shipped_models_have_names(sessions, digits, make_job, tmp_path):
    session = sessions.open(job_of_shipped("seed", Settings(epochs=2), digits, {}))
    session.add(Job.of_experiment("order", digits))
    session.branch(0, session.settings)
    texts = texts_of(session)
    assert texts["run1"] == "data:digits,epochs:2,from:seed,until:0"
    assert texts["run2"].startswith("data:digits,experiment:order,")
    assert texts["run3"] == "2@0,until:0"
    plans = read_runs(texts, make_job)
    seed = TwoLayerNN.load(SHIPPED["seed"])
    assert same(plans[0].job.make_network(), {name: θ.astype("float32") for name, θ in seed.parameters.items()})
    assert plans[1].job.experiment_name == "order"


@pytest.mark.parametrize(
    ("texts", "fact"),
    [
        ("run1", "object"),
        ({f"run{n}": "until:1" for n in range(1, 8)}, "at most 6 runs, not 7"),
        ({"run2": "until:1"}, "run1 is missing"),
        ({"run1": "until:1", "run3": "1@0"}, "run2 is missing"),
        ({"run1": 3}, "run1: a run is written as"),
        ({"run1": "epochs"}, "'epochs'"),
        ({"run1": "1@0"}, "run1: it must branch from a run before it, not from run 1"),
        ({"run1": "", "run2": "0@0"}, "not from run 0"),
        ({"run1": "", "run2": "1@0", "run3": "3@0"}, "run3: it must branch from a run before it, not from run 3"),
        ({"run1": "epochs:30", "run2": "1@31"}, "run2: run 1 has 30 steps: there is no step 31"),
        ({"run1": "", "run2": f"1@{'9' * 30}"}, "the step must be a whole number"),
        ({"run1": "until:-1"}, "until must be a whole number"),
        ({"run1": "epochs:many"}, "run1: epochs must be a whole number, not 'many'"),
        ({"run1": "epochs:1000000"}, "epochs must be at most 10,000"),
        ({"run1": "", "run2": "1@0,epochs:1000000"}, "run2: epochs must be at most"),
        ({"run1": "hidden:9999"}, "parameters"),
        ({"run1": "", "run2": "1@0,hidden:11"}, "run2: a branch has the hidden units of its run, 10, not 11"),
        ({"run1": "", "run2": "1@0,data:moons"}, "no setting 'data'"),
        ({"run1": "from_run:x"}, "no setting 'from_run'"),
        ({"run1": "teacher:x"}, "no setting 'teacher'"),
        ({"run1": "hiden:3"}, "run1: there is no setting 'hiden'; did you mean 'hidden'?"),
        ({"run1": "epochs:30,until:31"}, "run1: until must be at most 30"),
        ({"run1": "", "run2": "1@3,epochs:2,until:3"}, "run2: until must be at most 2"),
        ({"run1": "data:../x"}, "data must be one of"),
        ({"run1": "from:../x"}, "from must be one of"),
        ({"run1": "from:seed,hidden:11"}, "the hidden of seed is 10, not 11"),
        ({"run1": "from:seed,data:moons"}, "784 inputs and 10 classes; moons has 2 and 2"),
        ({"run1": "experiment:none"}, "none"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(make_job, texts, fact):
    with pytest.raises(InputError) as caught:
        read_runs(texts, make_job)
    assert fact in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_run_that_ends_before_the_step_of_its_branch_is_a_problem(sessions, make_job):
    plans = read_runs({"run1": "epochs:60,learning_rate:1e30,seed:0", "run2": "1@50"}, make_job)
    session = sessions.open(plans[0].job)
    restore(session, plans, 2)
    wait(lambda: session.restoring.is_over)
    assert session.restoring.problem.startswith("run2: step must be 0 to ")
    assert list(session.runs) == ["run 1"]


@pytest.mark.parametrize(
    "act", [lambda session: session.run.pause(), lambda session: session.start(session.run.job), Session.close]
)
def test_restoring_ends_where_the_user_does_something_else(sessions, make_job, act):
    plans = read_runs({"run1": "epochs:9000,until:9000", "run2": "1@8000"}, make_job)
    session = sessions.open(plans[0].job)
    restore(session, plans, 2)
    progress = session.restoring
    wait(lambda: session.run.step > 0)
    act(session)
    wait(lambda: progress.is_over)
    assert list(session.runs) == ["run 1"]
    assert progress.problem == ""
