"""What a page without a server may ask, answered for some steps of a training.

The forward pass of a drawing and the confusion matrix are computed in the page, from the weights of the steps. All else
is asked of the server's own endpoints: what a run looks like, one step under glass with its sums, and what the network
would have needed.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette

from ...data.dataset import Samples, to_pixels
from ...runs.settings import Settings
from ...support.errors import WorkError
from ..encoding import encode
from ..mistakes import of_cell, predictions
from ..server.app import ROUTES
from ..server.train import progress
from ..server.views import shape_for
from ..sessions.data import DataSets, SessionData
from ..sessions.job import Job
from ..sessions.session import Session
from ..sessions.sessions import Sessions
from .client import Client

SETTINGS = Settings(hidden=16, batch_size=100, epochs=4, learning_rate=0.3)
STEPS = 24  # of the time line
GLASS_STEPS = 3  # of them under glass
GLASS_SAMPLES = ("test:0", "test:1", "test:2")
TEST = 400  # images in the page
MAX_NEEDS = 60  # mistakes of which it is known what they would have needed
MAX_CELLS = 200  # entries of an array whose cells have their sums

Answers = dict[str, Any]


def record(
    data: SessionData, settings: Settings = SETTINGS, advance: Callable[[int], None] = lambda amount: None
) -> dict[str, Any]:
    """Train on `data` with `settings`, and return all that the page replays, as JSON values.

    `advance` is called with 1 for each of `amount()` steps that are recorded. Raises WorkError where the run fails.
    """
    data = replace(data, test=Samples(data.test.X[:, :TEST], data.test.Y[:TEST]))
    app = Starlette(routes=ROUTES)
    app.state.sessions = sessions = Sessions(DataSets({data.name: data.spec}))
    session = sessions.open(Job(settings, data))
    try:
        _play(session)
        with start_blocking_portal() as portal:
            return _record(session, Client(app, session.key, portal), advance)
    finally:
        sessions.close_all()


def amount() -> int:
    """Return how often `record` calls `advance`."""
    return STEPS + 1


def _play(session: Session) -> None:
    session.run.play()
    while session.run.status not in ("finished", "diverged", "failed"):
        time.sleep(0.02)
    if session.run.status != "finished":
        raise WorkError(f"the training to record {session.run.status}: {session.run.error}")


def _record(session: Session, client: Client, advance: Callable[[int], None]) -> dict[str, Any]:
    steps = _spread(session.run.step, STEPS)
    answers: Answers = {}

    def ask(path: str, **params: Any) -> Any:
        answers[name(path, params)] = found = client.get(path, params)
        return found

    networks = {}
    for step in steps:
        network = session.network_at(step)
        networks[step] = {name: encode(θ) for name, θ in network.parameters.items()}
        ask("/api/train/look", step=step)
        advance(1)
    ask("/api/train/state")
    ask("/api/choices")
    samples = session.dataset.test
    for index in of_cell(predictions(session.network_at(), samples), samples.Y)[:MAX_NEEDS]:
        need = ask("/api/mistakes/need", part="test", index=int(index), step=steps[-1])
        need["weights"] = None  # the page has them
    glass_steps = [steps[round(place)] for place in np.linspace(0, len(steps) - 1, GLASS_STEPS)]
    for step in glass_steps:
        for sample in GLASS_SAMPLES:
            _ask_glass(ask, {"sample": sample, "step": step})
    _ask_glass(ask, {"sample": "toy", "step": 0})
    advance(1)
    blobs: list[str] = []
    recording = {
        "steps": steps,
        "event": progress(session, {}),
        "networks": networks,
        "shape": shape_for(session.network_at()),
        "classes": session.dataset.classes,
        "images": encode(to_pixels(samples.X)),
        "labels": samples.Y.tolist(),
        "glass": list(GLASS_SAMPLES),
        "answers": answers,
    }
    return {**_share(recording, blobs, {}), "blobs": blobs}


def name(path: str, params: dict[str, Any]) -> str:
    """Return the name under which the page finds an answer."""
    return "&".join([path, *(f"{key}={params[key]}" for key in sorted(params))])


def _spread(last: int, count: int) -> list[int]:
    """Return up to `count` steps from 0 to `last`, closer together at the beginning, where most happens."""
    return sorted({round(last * (place / (count - 1)) ** 2) for place in range(count)})


def _ask_glass(ask: Callable[..., Any], params: dict[str, Any]) -> None:
    """Ask for a step under glass, its large arrays, and the sums of the cells of its small ones."""
    step = ask("/api/glass/step", **params)
    for index, array in enumerate(step["arrays"]):
        if "data" not in array:
            ask("/api/glass/array", index=index, **params)
    for row in step["rows"]:
        shape = step["arrays"][row["array"]]["shape"]
        if math.prod(shape) <= MAX_CELLS:
            for cell in np.ndindex(*shape):
                ask("/api/glass/cell", line=row["index"], cell=",".join(map(str, cell)), **params)


def _share(value: Any, blobs: list[str], known: dict[str, int]) -> Any:
    """Return a JSON value in which the bytes of equal arrays are kept once, in `blobs`; `data` is then their index."""
    if isinstance(value, dict):
        if isinstance(data := value.get("data"), str) and "dtype" in value:
            if data not in known:
                known[data] = len(blobs)
                blobs.append(data)
            return {**value, "data": known[data]}
        return {str(key): _share(each, blobs, known) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_share(each, blobs, known) for each in value]
    return value
