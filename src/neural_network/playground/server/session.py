"""Opening and closing sessions, and what the controls of a page may choose from."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...formats.shipped_models import SHIPPED
from ...inspection.analysis.toy_data import TOYS
from ...runs.settings import Settings
from ...support.arguments import shown
from ...support.errors import InputError
from ..sessions.branches import Plan, read_runs
from ..sessions.job import Job
from ..sessions.models import OF_THE_MODEL, job_of_shipped
from ..sessions.reading import CHOICES, read_settings
from ..sessions.restoring import restore
from ..sessions.session import check_size
from .draw import check_reading
from .requests import answer, integer, session_of, sessions_of, text


def job_of(request: Request, values: dict[str, Any]) -> Job:
    """Return the job that a request describes by `data` and either an `experiment` or `settings`, checked.

    With `from`, the weights to start with are those of the shipped model of this name.
    """
    sets = sessions_of(request).data
    data = sets.get(text(values, "data", sets.names[0]))
    if experiment := text(values, "experiment", ""):
        return Job.of_experiment(experiment, data)
    given = _given(values)
    settings = read_settings(given)
    if model := text(values, "from", ""):
        return job_of_shipped(model, settings, data, given)
    return Job(settings, data)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    given = values.get("settings", {})
    if not isinstance(given, dict):
        raise InputError(f"settings should be an object, not {shown(given)}")
    return given


def _plans_of(request: Request, values: dict[str, Any]) -> tuple[list[Plan], int]:
    """Return the `runs` of a request, and the number of the one to bring into view, by default the last."""
    plans = read_runs(values.get("runs", {}), lambda each: job_of(request, dict(each)))
    if not plans and "run" in values:
        raise InputError(f"run is {shown(values['run'])}, the run in view, but there are no run1, run2 and so on")
    if plans and "until" in values:
        raise InputError(f"until is {shown(values['until'])}, but each run has its own, as in run1=until:5")
    in_view = integer(values, "run", len(plans))
    if plans and not 1 <= in_view <= len(plans):
        raise InputError(f"run must be 1 to {len(plans)}, the runs that there are, not {in_view}")
    return plans, in_view


def _goal(values: dict[str, Any], job: Job) -> int:
    """Return the step up to which an address trains a job: `until`, which may be "end", or farther to show `step`."""
    until = job.last_step if values.get("until") == "end" else integer(values, "until", 0)
    job.check_step("until", until)
    step = integer(values, "step", 0)
    job.check_step("step", step)
    return max(until, step)


@answer
def open_session(request: Request, values: dict[str, Any]) -> Any:
    """Open a session with a run that waits before its first step, or trains up to step `until`.

    With `runs`, the texts of an address, these are trained again instead, and `run` says which comes into view.
    """
    plans, in_view = _plans_of(request, values)
    job = plans[0].job if plans else job_of(request, values)
    goal = _goal(values, plans[in_view - 1].job if plans else job)
    session = sessions_of(request).open(job)
    if plans:
        restore(session, plans, in_view)
    elif goal:
        session.run.train_again(goal)
    return {"session": session.key}


@answer
def check(request: Request, values: dict[str, Any]) -> Any:
    """Return which settings are `beside` the runs, if a session could be opened with these values, and all be shown.

    They are no part of the run that comes into view, and are for the next one.
    """
    plans, in_view = _plans_of(request, values)
    job = job_of(request, values)
    check_size(job)
    _goal(values, plans[in_view - 1].job if plans else job)
    check_reading(values)
    return {"beside": _differing(values, job, plans[in_view - 1].job) if plans and not job.experiment else []}


def _differing(values: dict[str, Any], job: Job, other: Job) -> list[str]:
    """Return the names of what `values` say of their job and is otherwise in the other one."""
    mine, others = ({**asdict(each.settings), "data": each.data.name, "from": each.model} for each in (job, other))
    return [name for name in mine if name in {**values, **_given(values)} and mine[name] != others[name]]


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
