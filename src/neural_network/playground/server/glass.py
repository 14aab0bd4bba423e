"""Endpoints of the view Under glass: a recorded step, its large arrays one by one, and the sum behind a cell."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...inspection.trace import Trace, worked_example
from ...runs.settings import Settings
from ...support.errors import InputError
from .. import glass
from ..encoding import encode
from .requests import answer, integer
from .views import network_of, sample_of, shape_for

INLINE = 2**13  # entries of an array that is sent with the step
TOY = "toy"  # the name of the worked example


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
    return asdict(found) | {"shape": about["shape"]}


def _record(request: Request, values: dict[str, Any]) -> tuple[Trace, dict[str, Any]]:
    """Return the step that a request asks for, and the samples it is made on."""
    session, network = network_of(request, values)
    if values.get("sample") == TOY:
        network, settings = worked_example.toy_network(), Settings(learning_rate=worked_example.LEARNING_RATE)
        names, X, Y = ["sample 0", "sample 1"], worked_example.X, worked_example.Y
    else:
        chosen, settings = sample_of(session, network, values), session.settings
        names, X, Y = chosen.names, chosen.X, chosen.labels(network)
    about = {
        "names": names,
        "labels": Y,
        "predicted": network.predict(X),
        "classes": network.classes,
        "shape": shape_for(network),
        "learningRate": settings.make_optimizer().learning_rate,
        "optimizer": settings.optimizer,
    }
    return glass.record(network, X, Y, settings), about


routes = [
    Route("/api/glass/step", step),
    Route("/api/glass/array", array),
    Route("/api/glass/cell", cell),
]
