"""Endpoints of the view Under glass: a recorded step, its large arrays one by one, and the sum behind a cell."""

import math
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from ...inspection.trace import Trace, worked_example
from ...runs.settings import Settings
from ...support.errors import InputError
from .. import glass
from ..encoding import encode
from ..sessions.next_batch import next_batch
from ..sessions.session import Session
from ..sessions.training_run import TrainingRun
from .requests import answer, integer, session_of
from .views import last_finite, sample_of, shape_for, step_of

INLINE = 2**13  # entries of an array that is sent with the step
TOY = "toy"  # the name of the worked example
BATCH = "batch"  # the name of the batch of the next step

Recorded = tuple[Trace, dict[str, Any]]

# The step that each run was asked for last: its arrays and the sums of its cells are asked for next.
_last: WeakKeyDictionary[TrainingRun, tuple[tuple[Any, ...], Recorded]] = WeakKeyDictionary()


@answer
def step(request: Request, values: dict[str, Any]) -> Any:
    """Return the step on a `sample`, with its rows and arrays; those of more than INLINE entries have no data yet."""
    trace, about = _record(request, values)
    found = glass.describe(trace)
    arrays = [
        {"name": array.name, "axes": array.axes, "shape": array.value.shape}
        | ({"data": encode(array.value)} if array.value.size <= INLINE else {})
        for array in found.arrays
    ]
    rows = [asdict(row) for row in found.rows]
    return about | {"rows": rows, "arrays": arrays, "loss": found.loss, "lossAfter": found.loss_after}


@answer
def array(request: Request, values: dict[str, Any]) -> Any:
    """Return one array of a step, by its `index`."""
    arrays, index = glass.describe(_record(request, values)[0]).arrays, integer(values, "index")
    if index >= len(arrays):
        raise InputError(f"the step has the arrays 0 to {len(arrays) - 1}, not {index}")
    return encode(arrays[index].value)


@answer
def cell(request: Request, values: dict[str, Any]) -> Any:
    """Return the sum behind the `cell`, such as 3,400, of the array that a `line` computed."""
    place = str(values.get("cell", ""))
    if not all(each.isascii() and each.isdecimal() and len(each) < 10 for each in place.split(",")):
        raise InputError("cell must be a row and a column, such as 3,400")
    trace, about = _record(request, values)
    found = glass.cell_sum(trace, integer(values, "line"), tuple(map(int, place.split(","))))
    shape = about["shape"]
    is_picture = shape is not None and len(found.map) == math.prod(shape)
    return asdict(found) | {"map": encode(np.array(found.map, np.float32).reshape(shape)) if is_picture else None}


def _record(request: Request, values: dict[str, Any]) -> Recorded:
    """Return the step that a request asks for, and the samples it is made on: the last one of the run, if it is that.

    A run has the same weights at a step whenever it is asked, also after it was rewound. In place of a step that
    diverges, which no glass can show, comes the last one before it.
    """
    session = session_of(request)
    run = session.run
    asked = step_of(session, values)
    key = (asked, values.get("sample"), values.get("label"))
    known = _last.get(run)
    if known and known[0] == key:
        return known[1]
    recorded = _make_last_step(session, asked, values)
    _last[run] = key, recorded
    return recorded


def _make_last_step(session: Session, asked: int, values: dict[str, Any]) -> Recorded:
    """Return the step after step `asked`, or the last one before it that does not diverge."""
    before, (trace, about) = last_finite(asked, lambda step: _make_step(session, step, values))
    if before < asked:
        instead = f"Step {asked + 1} diverges: this is step {before + 1}, the last one before it that does not."
        about["note"] = f"{instead} {about['note']}".rstrip()
    return trace, about


def _make_step(session: Session, step: int, values: dict[str, Any]) -> Recorded:
    network, optimizer, note = session.run.network_at(step), None, ""
    if values.get("sample") == TOY:
        network, settings = worked_example.toy_network(), Settings(learning_rate=worked_example.LEARNING_RATE)
        names, X, Y = ["sample 0", "sample 1"], worked_example.X, worked_example.Y
    else:
        settings = session.settings
        if values.get("sample") == BATCH:
            indices, optimizer = next_batch(session.run, step)
            if len(indices) > glass.MAX_SAMPLES:
                note = f"The batch has {len(indices):,} samples; these are the first {glass.MAX_SAMPLES}."
            values = {"sample": "train:" + ",".join(map(str, indices[: glass.MAX_SAMPLES]))}
        chosen = sample_of(session, network, values)
        names, X, Y = chosen.names, chosen.X, chosen.labels(network)
    optimizer = optimizer or settings.make_optimizer()
    trace = glass.record(network, X, Y, settings, optimizer)
    about = {
        "names": names,
        "labels": Y,
        "predicted": network.predict(X),
        "classes": network.classes,
        "shape": shape_for(network),
        "learningRate": optimizer.learning_rate,
        "optimizer": settings.optimizer,
        "note": note,
    }
    return trace, about


routes = [
    Route("/api/glass/step", step),
    Route("/api/glass/array", array),
    Route("/api/glass/cell", cell),
]
