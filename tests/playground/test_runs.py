"""A run of the playground has the bits of the same run in the library: played, paused, rewound and branched."""

import numpy as np
import pytest

from neural_network.network import Network
from neural_network.playground.server.train import progress
from neural_network.playground.sessions.job import Job
from neural_network.playground.sessions.models import job_of_model, job_of_shipped
from neural_network.playground.sessions.recorder import StopAt
from neural_network.playground.sessions.series import Series
from neural_network.runs.settings import Settings
from neural_network.support.errors import DivergenceError, InputError
from neural_network.training.callback import CALLBACKS, Callback, Run, register_callback
from neural_network.training.model import TwoLayerNN

from .conftest import trained, wait

SETTINGS = {
    "full batch": Settings(epochs=12, seed=3),
    "adam": Settings(epochs=3, batch_size=100, optimizer="adam", hidden=16, schedule="cosine", dropout=0.2, seed=1),
    "all": Settings(epochs=3, batch_size=64, augment="light", l2=1e-3, average=0.9, optimizer="adam"),
    "stopped early": Settings(epochs=20, batch_size=100, learning_rate=2.0, early_stopping=1),
}


class Keep(Callback):
    """Keeps copies of the parameters after each step."""

    process_safe = True

    def on_start(self, run: Run) -> None:
        self.steps = [copies(run.network)]

    def on_step(self, run: Run) -> None:
        self.steps.append(copies(run.network))


def copies(network: Network) -> dict[str, np.ndarray]:
    return {name: θ.copy() for name, θ in network.parameters.items()}


def library(settings: Settings, digits) -> tuple[list[dict[str, np.ndarray]], TwoLayerNN, list[dict[str, float]]]:
    """Return the parameters after each step, the network and the rows of a run that `Settings.train` makes."""
    network = settings.make_network(784, digits.classes, digits.picture_format)
    keep = Keep()
    history = settings.train(network, digits.train, digits.validation, callbacks=[keep], progress=False)
    return keep.steps, network, history.rows


def same(network: Network, parameters: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(θ, parameters[name]) for name, θ in network.parameters.items())


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_every_step_has_the_bits_of_the_library(settings, sessions, digits):
    steps, network, rows = library(settings, digits)
    session = trained(sessions.open(Job(settings, digits)))
    assert session.run.status == "finished"
    assert session.run.step == len(steps) - 1
    assert same(session.network_at(), network.parameters)
    for step in (0, 1, len(steps) // 2, len(steps) - 2):
        assert same(session.network_at(step), steps[step])
    for row, other in zip(session.run.rows, rows, strict=True):
        assert {name: row[name] for name in other if name != "seconds"} == {
            name: value for name, value in other.items() if name != "seconds"
        }


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_pausing_and_rewinding_change_no_bit(settings, sessions, digits):
    steps, network, rows = library(settings, digits)
    session = sessions.open(Job(settings, digits))
    last = len(steps) - 1
    for until in (1, 2, last // 2 + 1):
        trained(session, until)
        assert session.run.step == until
        assert same(session.network_at(), steps[until])
    for back in (last // 2, 1, 0):
        session.run.rewind(back)
        wait(lambda: session.run.status == "paused")
        assert session.run.step == back
        trained(session, back + 2)
        assert same(session.network_at(), steps[back + 2])
    trained(session)
    assert same(session.network_at(), network.parameters)
    assert [row["loss"] for row in session.run.rows] == [row["loss"] for row in rows]
    assert [step for step, _ in session.run.losses.after(0)] == list(range(1, last + 1))
    session.run.rewind(last)  # from where there is nothing left to train
    assert same(session.network_at(), network.parameters)


def test_several_single_steps_in_a_row_are_as_many(sessions, digits):
    run = sessions.open(Job(Settings(epochs=30, seed=2), digits)).run
    for _ in range(6):
        run.advance()
    wait(lambda: (run.step, run.status) == (6, "paused"))
    run.rewind(2)
    run.advance()
    wait(lambda: (run.step, run.status) == (3, "paused"))
    run.play(8)
    wait(lambda: (run.step, run.status) == (8, "paused"))
    run.advance()
    wait(lambda: (run.step, run.status) == (9, "paused"))


def test_a_single_step_is_made_after_those_that_are_trained_again(sessions, digits):
    run = sessions.open(Job(Settings(epochs=500, seed=2), digits)).run
    run.train_again(300)
    run.advance()  # long before step 300
    wait(lambda: (run.step, run.status) == (301, "paused"))


def test_a_long_curve_keeps_evenly_spaced_points():
    series = Series(most=8)
    for step in range(1, 100):
        series.add(step, float(step))
        assert len(series.after(0)) <= 8
        assert all(kept % series.stride == 0 for kept, _ in series.after(0))
    assert series.after(0) == [(step, float(step)) for step in range(16, 100, 16)]


def test_a_branch_starts_from_the_weights_of_its_step(sessions, digits):
    settings, other = Settings(epochs=6, seed=2), Settings(epochs=4, seed=2, learning_rate=0.5)
    steps, _, _ = library(settings, digits)
    session = trained(sessions.open(Job(settings, digits)))
    session.branch(3, other)
    expected = other.make_network(784, digits.classes)
    for name, θ in expected.parameters.items():
        θ[...] = steps[3][name]
    other.train(expected, digits.train, digits.validation, progress=False)
    assert same(trained(session).network_at(), expected.parameters)
    assert (session.name, session.run.parent, session.run.offset) == ("run 2", "run 1", 3)
    session.choose("run 1")
    assert same(session.network_at(3), steps[3])


def test_thinned_frames_still_give_every_step(sessions, digits, monkeypatch):
    monkeypatch.setattr("neural_network.playground.sessions.recorder.INTERVAL", 0)
    monkeypatch.setattr("neural_network.playground.sessions.recorder.SHARE", 0)
    settings = Settings(epochs=3, batch_size=50, optimizer="adam")
    steps, _, _ = library(settings, digits)
    session = sessions.open(Job(settings, digits))
    frame = session.run.timeline.before(0).bytes
    session.run.timeline._budget = lambda: 25 * frame
    trained(session)
    kept = session.run.timeline.steps
    assert len(kept) < 12
    assert kept[0] == 0
    assert kept[-1] == session.run.step
    for step in (5, 17, 35):
        assert same(session.network_at(step), steps[step])


def test_a_step_that_was_not_made_is_an_error(sessions, digits):
    session = trained(sessions.open(Job(Settings(epochs=4), digits)), 2)
    with pytest.raises(InputError, match="0 to 2"):
        session.network_at(3)


def test_divergence_is_told_and_can_be_rewound(sessions, digits):
    session = sessions.open(Job(Settings(epochs=60, learning_rate=1e30, seed=0), digits))
    session.run.play()
    wait(lambda: session.run.status == "diverged")
    assert "learning rate" in session.run.error
    session.run.rewind(0)
    wait(lambda: session.run.status == "paused")
    assert session.run.error == ""
    assert session.network_at(0) is not None


def test_a_plugin_that_fails_ends_its_run_only(sessions, digits, monkeypatch):
    monkeypatch.setattr(CALLBACKS, "_values", {})

    @register_callback("fails in step 2")
    class Fails(Callback):
        def on_step(self, run: Run) -> None:
            if run.step == 2:
                raise RuntimeError("a bug in a plugin")

    session = sessions.open(Job(Settings(epochs=4, callbacks=("fails in step 2",)), digits))
    session.run.play()
    wait(lambda: session.run.status == "failed")
    assert "a bug in a plugin" in session.run.error
    assert session.run.step == 1


def test_a_run_pauses_after_its_longest_time(sessions, digits, monkeypatch):
    monkeypatch.setattr("neural_network.playground.sessions.training_run.LONGEST", 0.05)
    session = sessions.open(Job(Settings(epochs=10000), digits))
    session.run.play()
    wait(lambda: session.run.status == "paused")
    assert 0 < session.run.step < 10000


def test_the_last_step_before_a_divergence_can_be_looked_at(sessions, digits, monkeypatch):
    """Computed again, the step ends its epoch, and the validation samples that are then measured diverge."""
    monkeypatch.setattr("neural_network.playground.sessions.recorder.INTERVAL", 1000)
    session = sessions.open(
        Job(Settings(epochs=3, batch_size=50, activation="identity", learning_rate=30.0, seed=0), digits)
    )
    session.run.play()
    wait(lambda: session.run.status == "diverged")
    last = session.run.step
    assert last not in session.run.timeline.steps
    with pytest.raises(DivergenceError, match="validation"):
        session.run.job.train(session.run.job.make_network(), [StopAt(last)])
    assert np.isfinite(session.network_at(last).W1).all()


def test_each_run_says_where_its_weights_and_its_mistake_come_from(sessions, digits):
    def said(job):
        session = sessions.open(job)
        return [(run["origin"], run["experiment"]) for run in progress(session, {})["runs"].values()]

    assert said(Job(Settings(epochs=2), digits)) == [("random weights", "")]
    assert said(Job(Settings(initializer="zeros"), digits)) == [("weights of zero", "")]
    assert said(job_of_shipped("seed", Settings(), digits, {})) == [("seed", "")]
    loaded = job_of_model(Settings(hidden=4).make_network(784, 10), Settings(), digits)
    assert said(loaded) == [("a model from a file", "")]
    assert said(Job.of_experiment("sign", digits)) == [("random weights", "A flipped sign in (5)")]
    assert said(Job.of_experiment("sign-mended", digits)) == [("random weights", "A flipped sign in (5), mended")]
    session = trained(sessions.open(loaded), 3)
    session.branch(2, session.settings)
    trained(session, 3)
    session.branch(1, session.settings)
    assert [run["origin"] for run in progress(session, {})["runs"].values()][1:] == ["run 1, step 2", "run 2, step 3"]
