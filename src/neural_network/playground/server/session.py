"""Opening and closing sessions, and what the controls of a page may choose from."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...inspection.analysis.toy_data import TOYS
from ...runs.settings import Settings
from ..sessions.job import Job
from ..sessions.reading import CHOICES, read_settings
from .requests import answer, integer, session_of, sessions_of, text


def job_of(request: Request, values: dict[str, Any]) -> Job:
    """Return the job that a request describes by `data` and either `settings` or an `experiment`, checked."""
    sets = sessions_of(request).data
    data = sets.get(text(values, "data", sets.names[0]))
    if experiment := text(values, "experiment", ""):
        return Job.of_experiment(experiment, data)
    return Job(read_settings(values.get("settings", {})), data)


@answer
def open_session(request: Request, values: dict[str, Any]) -> Any:
    """Open a session with a run that waits before its first step, or trains up to step `until`."""
    session = sessions_of(request).open(job_of(request, values))
    if until := integer(values, "until", 0):
        session.run.play(until)
    return {"session": session.key}


@answer
def close_session(request: Request, values: dict[str, Any]) -> Any:
    """End the session of the request; its tab is being closed."""
    sessions_of(request).close(session_of(request).key)
    return {}


@answer
def keep_session(request: Request, values: dict[str, Any]) -> Any:
    """Say that the tab is still open."""
    session_of(request)
    return {}


@answer
def choices(request: Request, values: dict[str, Any]) -> Any:
    """Return the names that settings may have, the data sets, and the usual values."""
    names = {name: list(registry) for name, registry in CHOICES.items()}
    rates = {name: Settings(optimizer=name).make_optimizer().learning_rate for name in CHOICES["optimizer"]}
    data = sessions_of(request).data.names
    return {"names": names | {"data": data}, "usual": Settings(), "rates": rates, "toys": list(TOYS)}


routes = [
    Route("/api/session/open", open_session, methods=["POST"]),
    Route("/api/session/close", close_session, methods=["POST"]),
    Route("/api/session/keep", keep_session, methods=["POST"]),
    Route("/api/choices", choices),
]
