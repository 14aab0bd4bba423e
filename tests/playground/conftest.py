"""Small data for the playground: digits drawn by the generator, and toy points."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from neural_network.data.dataset import DIGITS, make_samples
from neural_network.data.synthetic import generate
from neural_network.playground.server.app import make_app
from neural_network.playground.server.serve import Server, listen, names_of
from neural_network.playground.sessions.data import DataSets, SessionData
from neural_network.playground.sessions.session import Session
from neural_network.playground.sessions.sessions import Sessions
from neural_network.support.picture_format import PictureFormat

CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


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
    return small(digits)


def small(digits: SessionData) -> DataSets:
    sets = DataSets({"digits": "synthetic", "clothes": "synthetic"})
    form = PictureFormat(fit="frame", background=0.0)
    sets._loaded["digits"] = digits
    sets._loaded["clothes"] = replace(digits, name="clothes", classes=CLOTHES, picture_format=form)
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


class Served(NamedTuple):
    """A server in a thread."""

    port: int
    token: str
    sessions: Sessions

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


TOKEN = "the-token-of-the-tests"


@pytest.fixture(scope="module")
def served(digits: SessionData) -> Iterator[Served]:
    sets = small(digits)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    app = make_app(sets, names_of("127.0.0.1", port), token=TOKEN)
    server = Server(app)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    wait(lambda: server.started)
    yield Served(port, TOKEN, app.app.state.sessions)
    server.should_exit = True
    thread.join(10)
    listener.close()
    assert not thread.is_alive()


@pytest.fixture
def open_page(browser: Any, served: Served) -> Iterator[Callable[..., Any]]:
    """Open an address of the page; what it asks elsewhere, and whatever its console says, fails the test.

    The console may say that requests were answered with status 400 where they are to be `refused`, and with 410 where
    the session is `gone`.
    """
    contexts, asked, said = [], [], []

    def open_(address: str = "", refused: bool = False, gone: bool = False, **settings: Any) -> Any:
        def expected(text: str) -> bool:
            return (refused and "status of 400" in text) or (gone and "status of 410" in text)

        contexts.append(browser.new_context(reduced_motion="reduce", **settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: expected(message.text) or said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{served.url}{address}")
        return page

    open_.url = served.url  # type: ignore[attr-defined]
    yield open_
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []
    assert said == []
