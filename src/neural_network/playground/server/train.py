"""The endpoints of the view Train: start, play, pause, rewind, branch, and what a run looks like after a step."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import anyio
import numpy as np
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...functions.metrics import confusion_matrix
from ...inspection.analysis.layers import measure_layers
from ...inspection.analysis.sampling import some_of
from ...inspection.analysis.toy_data import TOYS, grid
from ...support.errors import InputError
from ...training.loop import judge
from ..encoding import encode
from ..sessions.branches import write_run
from ..sessions.reading import changed, read_settings
from ..sessions.session import Session
from ..sessions.training_run import TrainingRun
from .requests import NoSession, answer, integer, reply, session_of, sessions_of, text, to_json
from .session import job_of
from .views import shape_for

PAUSE, LONG_PAUSE = 0.05, 0.5  # seconds between events, and where a training goes on and on
SEND_TIMEOUT = 20.0  # seconds that a browser may take for an event, before its stream is closed
MEASURED = 500  # samples of which activations are measured
BINS = 30
MOST_PICTURES = 64  # hidden units of which weight images are sent
POINTS, LIMIT = 61, 1.9  # of the picture of decision regions: points along a side, and half the side


def progress(session: Session, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what has changed of a session since `sent`, which is brought up to date."""
    if sent.get("session") != session.version:
        sent.clear()
        sent.update(session=session.version, runs={})
    runs = {}
    for name, run in list(session.runs.items()):
        before = sent["runs"].get(name)
        if before is None or before["version"] != run.version:
            before = {"version": run.version, "epochs": 0, "step": -1}
        rows, losses = run.rows, run.losses.after(before["step"])
        runs[name] = {
            "fresh": before["epochs"] == 0 and before["step"] == -1,
            "status": run.status,
            "error": run.error,
            "step": run.step,
            "epochs": len(rows),
            "total": run.total,
            "stepsPerEpoch": run.steps_per_epoch,
            "offset": run.offset,
            "parent": run.parent,
            "origin": origin(run),
            "experiment": experiment.title if (experiment := run.job.experiment) else "",
            "address": write_run(run),
            "rows": rows[before["epochs"] :],
            "losses": losses,
            "stride": run.losses.stride,
        }
        last = losses[-1][0] if losses else before["step"]
        sent["runs"][name] = {"version": run.version, "epochs": len(rows), "step": last}
    settings = {name: changed(run.settings) for name, run in list(session.runs.items())}
    again = session.restoring
    return {"inView": session.name, "runs": runs, "settings": settings, "restoring": again and asdict(again)}


def origin(run: TrainingRun) -> str:
    """Return where the weights of a run come from: "random weights", "run 1, step 7", or the name of a model."""
    job = run.job
    if run.parent:
        return f"{run.parent}, step {run.offset}"
    if job.start is not None:
        return job.model or "a model from a file"
    return "weights of zero" if job.settings.initializer == "zeros" else "random weights"


async def stream(request: Request) -> Response:
    """Send what has changed once the browser has taken what came before, twenty times a second at most.

    A slow browser thus misses nothing but frames. While a run trains on, less is sent: to draw it takes time that the
    training needs too.
    """
    try:
        session = session_of(request)
    except NoSession as error:
        return reply({"error": str(error)}, 410)

    async def events() -> AsyncIterator[dict[str, str]]:
        sent: dict[str, Any] = {}
        last, pause = "", PAUSE
        while sessions_of(request).get(session.key):
            event = to_json(await anyio.to_thread.run_sync(progress, session, sent))
            if event != last:
                yield {"data": event}
            last = event
            await anyio.sleep(pause)
            pause = min(2 * pause, LONG_PAUSE) if session.run.status == "running" else PAUSE

    return EventSourceResponse(events(), send_timeout=SEND_TIMEOUT)


@answer
def start(request: Request, values: dict[str, Any]) -> Any:
    """Replace the runs of the session by a new one, or add it `beside` them, and train it up to `until` if given."""
    session, job = session_of(request), job_of(request, values)
    (session.add if values.get("beside") is True else session.start)(job)
    if until := integer(values, "until", 0):
        session.run.play(until)
    return state(session)


@answer
def play(request: Request, values: dict[str, Any]) -> Any:
    """Train the run in view to its end, or up to step `until`."""
    run = session_of(request).run
    until = integer(values, "until") if "until" in values else None
    if until is not None and until <= run.step:
        raise InputError(f"the run is at step {run.step:,}: play it to a later one, not to {until:,}")
    run.play(until)
    return {}


@answer
def advance(request: Request, values: dict[str, Any]) -> Any:
    """Train the run in view one step further."""
    session_of(request).run.advance()
    return {}


@answer
def pause(request: Request, values: dict[str, Any]) -> Any:
    """Wait after the step under way."""
    session_of(request).run.pause()
    return {}


@answer
def rewind(request: Request, values: dict[str, Any]) -> Any:
    """Take the run in view back to a step."""
    session_of(request).run.rewind(integer(values, "step"))
    return {}


@answer
def again(request: Request, values: dict[str, Any]) -> Any:
    """Train the run in view once more from its first step, to the same bits."""
    run = session_of(request).run
    run.rewind(0)
    run.play()
    return {}


@answer
def branch(request: Request, values: dict[str, Any]) -> Any:
    """Begin another run from a step of the one in view, with other settings."""
    session = session_of(request)
    session.branch(integer(values, "step"), read_settings(values.get("settings", {})))
    return state(session)


@answer
def choose(request: Request, values: dict[str, Any]) -> Any:
    """Bring another run of the session into view."""
    session = session_of(request)
    session.choose(text(values, "run"))
    return state(session)


def state(session: Session) -> dict[str, Any]:
    """Return which run is in view, and its settings."""
    data = session.dataset
    return {
        "inView": session.name,
        "settings": changed(session.settings),
        "data": data.name,
        "experiment": session.run.job.experiment_name,
        "from": session.run.job.model,
        "isFromFile": write_run(session.run) is None,
        "classes": data.classes,
        "shape": data.picture_format and data.picture_format.shape,
        "note": data.note,
        "samples": {part: len(getattr(data, part).Y) for part in ("train", "validation", "test")},
    }


@answer
def get_state(request: Request, values: dict[str, Any]) -> Any:
    """Return the settings and the data of the run in view."""
    return state(session_of(request))


@answer
def look(request: Request, values: dict[str, Any]) -> Any:
    """Return what the network of a step looks like: weights, activations, gradients, confusion matrix."""
    run = session_of(request).run
    return picture(run, min(integer(values, "step", run.step), run.step))  # which a rewind may just have taken back


def picture(run: TrainingRun, step: int) -> dict[str, Any]:
    """Return the network of a step in numbers."""
    network, data = run.network_at(step), run.data
    X, Y = some_of(*data.validation, MEASURED)
    layers = measure_layers(network, X, Y)
    loss, predicted = judge(network, *data.validation)
    counts, edges = np.histogram(layers.A1, BINS)
    found: dict[str, Any] = {
        "step": step,
        "loss": loss,
        "accuracy": float(np.mean(predicted == data.validation.Y)),
        "confusion": confusion_matrix(predicted, data.validation.Y, network.output_size),
        "activations": {"counts": counts, "edges": edges, "active": layers.active, "dead": layers.dead},
        "gradients": {name: float(np.linalg.norm(dθ)) for name, dθ in layers.gradients.items()},
        "weights": {name: float(np.linalg.norm(θ)) for name, θ in network.parameters.items()},
    }
    if data.name in TOYS:
        probabilities = network.predict_proba(grid(-LIMIT, LIMIT, POINTS))
        found["regions"] = {"points": POINTS, "limit": LIMIT, "probabilities": np.round(probabilities, 3)}
        found["samples"] = {"X": np.round(data.train.X, 3), "Y": data.train.Y}
    else:
        shape = shape_for(network) or (1, network.input_size)
        W1 = network.W1[:MOST_PICTURES]
        found["images"] = {"units": network.hidden_size, "W1": encode(W1.reshape(len(W1), *shape))}
    return found


routes = [
    Route("/api/train/stream", stream),
    Route("/api/train/state", get_state),
    Route("/api/train/look", look),
    *(
        Route(f"/api/train/{endpoint.__name__}", endpoint, methods=["POST"])
        for endpoint in (start, play, advance, pause, rewind, again, branch, choose)
    ),
]
