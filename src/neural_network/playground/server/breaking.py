"""The endpoints of the view Break it: the experiments, and the diagnosis of a run."""

from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from ...inspection.analysis.sampling import some_of
from ...inspection.diagnosis import diagnose
from ...inspection.trace import trace_step
from ...support.arguments import shown
from ...support.errors import DivergenceError, InputError
from ..sessions.experiments import EXPERIMENTS, MENDED, Experiment
from ..sessions.training_run import TrainingRun
from .requests import answer, session_of

SAMPLES = 200  # of the step in which a tensor is looked at


@answer
def list_experiments(request: Request, values: dict[str, Any]) -> Any:
    """Return what the page says of each experiment."""
    shown_fields = ("title", "about", "change", "predictions", "why", "mend")
    return {
        name: {field: getattr(experiment, field) for field in shown_fields} for name, experiment in EXPERIMENTS.items()
    }


@answer
def diagnose_run(request: Request, values: dict[str, Any]) -> Any:
    """Return what is wrong with the run in view, once it has ended, and the first tensor that shows it."""
    run = session_of(request).run
    if run.status not in ("finished", "diverged"):
        raise InputError(f"only a run that has ended is diagnosed, and this one is {run.status}: play it to its end")
    diverged_at = run.history.diverged_at
    findings = diagnose(run.history, run.last_network, run.data.train, run.data.validation, diverged_at=diverged_at)
    experiment = run.job.experiment
    is_named = experiment is not None and bool(findings) and findings[0].cause in experiment.causes
    return {
        "findings": findings,
        "named": is_named,
        "mended": run.job.experiment_name.endswith(MENDED),
        "tensor": first_bad(run, experiment) if experiment and is_named else None,
    }


def first_bad(run: TrainingRun, experiment: Experiment) -> dict[str, Any]:
    """Return the first tensor that shows what is wrong, as it is in the first step."""
    name, data = experiment.tensor, run.data
    X, Y = some_of(*data.train, SAMPLES)
    if name in ("X", "Y"):
        return {"name": name, "line": None, **_numbers(np.asarray({"X": X, "Y": Y}[name]))}
    try:
        trace = trace_step(run.network_at(0), X, Y, run.settings.make_optimizer(), run.settings.make_callbacks())
    except (DivergenceError, InputError) as error:
        return {"name": name, "line": None, "note": shown(str(error))}
    line = trace.find(name)
    index = next(number for number, each in enumerate(trace.lines) if each is line)
    place = f"{Path(line.statement.file).name}, line {line.statement.line}"
    source = line.statement.source.strip()
    return {"name": name, "line": source, "index": index, "place": place, **_numbers(line.value)}


def _numbers(values: np.ndarray) -> dict[str, Any]:
    return {
        "shape": values.shape,
        "least": float(values.min()),
        "most": float(values.max()),
        "zeros": float(np.mean(values == 0)),
    }


routes = [
    Route("/api/break/experiments", list_experiments),
    Route("/api/break/diagnose", diagnose_run, methods=["POST"]),
]
