"""Opening and closing sessions, and what the controls of a page may choose from."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...formats.shipped_models import SHIPPED
from ...inspection.analysis.toy_data import TOYS
from ...runs.settings import Settings
from ...support.errors import InputError
from ..sessions.branches import Plan, read_runs
from ..sessions.job import Job
from ..sessions.models import OF_THE_MODEL, job_of_shipped
from ..sessions.reading import CHOICES, read_settings
from ..sessions.restoring import restore
from ..sessions.session import check_size
from .requests import answer, integer, session_of, sessions_of, text


def job_of(request: Request, values: dict[str, Any]) -> Job:
    """Return the job that a request describes by `data` and either an `experiment` or `settings`, checked.

    With `from`, the weights to start with are those of the shipped model of this name.
    """
    sets = sessions_of(request).data
    data = sets.get(text(values, "data", sets.names[0]))
    if experiment := text(values, "experiment", ""):
        return Job.of_experiment(experiment, data)
    given = values.get("settings", {})
    settings = read_settings(given)
    if model := text(values, "from", ""):
        return job_of_shipped(model, settings, data, given)
    return Job(settings, data)


def _plans_of(request: Request, values: dict[str, Any]) -> tuple[list[Plan], int]:
    """Return the `runs` of a request, and the number of the one to bring into view, by default the last."""
    plans = read_runs(values.get("runs", {}), lambda each: job_of(request, dict(each)))
    in_view = integer(values, "run", len(plans))
    if plans and not 1 <= in_view <= len(plans):
        raise InputError(f"run must be 1 to {len(plans)}, the runs that there are, not {in_view}")
    return plans, in_view


@answer
def open_session(request: Request, values: dict[str, Any]) -> Any:
    """Open a session with a run that waits before its first step, or trains up to step `until`.

    With `runs`, the texts of an address, these are trained again instead, and `run` says which comes into view.
    """
    until, (plans, in_view) = integer(values, "until", 0), _plans_of(request, values)
    session = sessions_of(request).open(plans[0].job if plans else job_of(request, values))
    if plans:
        restore(session, plans, in_view)
    elif until:
        session.run.play(until)
    return {"session": session.key}


@answer
def check(request: Request, values: dict[str, Any]) -> Any:
    """Do nothing, if a session could be opened with these values, and a run started."""
    integer(values, "until", 0)
    _plans_of(request, values)
    check_size(job_of(request, values))
    return {}


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
    return {
        "names": names | {"data": data},
        "usual": Settings(),
        "rates": rates,
        "toys": list(TOYS),
        "models": list(SHIPPED),
        "ofModel": ["hidden", *OF_THE_MODEL],
    }


routes = [
    Route("/api/session/open", open_session, methods=["POST"]),
    Route("/api/session/check", check, methods=["POST"]),
    Route("/api/session/close", close_session, methods=["POST"]),
    Route("/api/session/keep", keep_session, methods=["POST"]),
    Route("/api/choices", choices),
]
