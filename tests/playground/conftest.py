"""Small data for the playground: digits drawn by the generator, and toy points."""

import time
from collections.abc import Callable, Iterator

import pytest

from neural_network.data.dataset import DIGITS, make_samples
from neural_network.data.synthetic import generate
from neural_network.playground.sessions.data import DataSets, SessionData
from neural_network.playground.sessions.session import Session
from neural_network.playground.sessions.sessions import Sessions
from neural_network.support.picture_format import PictureFormat


@pytest.fixture(scope="session")
def digits() -> SessionData:
    """600 digits to train on, 100 to validate with and 100 to test with."""
    images, labels = generate(800, 0)
    train, validation, test = (
        make_samples(images[part], labels[part]) for part in (slice(600), slice(600, 700), slice(700, None))
    )
    return SessionData("digits", "synthetic", train, validation, test, DIGITS, PictureFormat())


@pytest.fixture
def data_sets(digits: SessionData) -> DataSets:
    """The data sets of a server, of which "digits" is the small one."""
    sets = DataSets({"digits": "synthetic"})
    sets._loaded["digits"] = digits
    return sets


@pytest.fixture
def sessions(data_sets: DataSets) -> Iterator[Sessions]:
    made = Sessions(data_sets)
    yield made
    made.close_all()


def wait(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def trained(session: Session, until: int | None = None) -> Session:
    """Play the run in view up to a step, or to its end, and wait for that."""
    session.run.play(until)
    wait(lambda: session.run.status != "running" and (until is None or session.run.step >= until))
    return session
