"""Endpoints of the view Mistakes: the confusion matrix, the images of a cell, what one of them would have needed."""

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from ...support.errors import InputError
from .. import mistakes
from ..encoding import encode
from .requests import answer, integer, session_of
from .views import network_of, or_names_last_finite, part_of, pictures, shape_for, step_of

PAGE = 48  # images that are sent at a time
MAX_UNITS = 12  # hidden units that are listed


@answer
@or_names_last_finite
def matrix(request: Request, values: dict[str, Any]) -> Any:
    """Return the confusion matrix of a `part` of the data after a `step`."""
    session = session_of(request)
    step = step_of(session, values)
    found = mistakes.predictions(network := session.network_at(step), part_of(session, values))
    return {
        "step": step,
        "classes": network.classes,
        "confusion": found.confusion,
        "samples": len(found.predicted),
        "correct": int(np.trace(found.confusion)),
    }


@answer
@or_names_last_finite
def images(request: Request, values: dict[str, Any]) -> Any:
    """Return the images of the cell of `label` and `predicted`, from the `first` on; without a cell, all mistakes."""
    session, network = network_of(request, values)
    samples = part_of(session, values)
    label, predicted = (_class(values, name, network.output_size) for name in ("label", "predicted"))
    found = mistakes.predictions(network, samples)
    indices = mistakes.of_cell(found, samples.Y, label, predicted)
    shown = indices[integer(values, "first", 0) :][:PAGE]
    return {
        "count": len(indices),
        "indices": shown,
        "labels": samples.Y[shown],
        "predicted": found.predicted[shown],
        "confidence": found.confidence[shown],
        "images": pictures(np.asarray(samples.X[:, shown]), network),
        "classes": network.classes,
    }


@answer
@or_names_last_finite
def need(request: Request, values: dict[str, Any]) -> Any:
    """Return what the network would have needed to classify sample `index` correctly."""
    session, network = network_of(request, values)
    samples, index = part_of(session, values), integer(values, "index")
    if index >= len(samples.Y):
        raise InputError(f"index must be 0 to {len(samples.Y) - 1}, not {index}")
    X = np.asarray(samples.X[:, [index]])
    A2, shape = network.predict_proba(X)[:, 0], shape_for(network)
    found = mistakes.need(network, X, int(samples.Y[index]))
    units = np.argsort(-np.abs(found.votes), kind="stable")[:MAX_UNITS]
    mended = None if found.mended is None else found.mended[:, None]
    return {
        "label": found.label,
        "predicted": int(A2.argmax()),
        "rival": found.predicted,
        "A2": A2,
        "logits": found.logits,
        "missing": found.missing,
        "units": units,
        "A1": network.forward(X).A1[units, 0],
        "votes": found.votes[units],
        "bias": found.bias,
        "otherVotes": float(found.votes.sum() - found.votes[units].sum()),
        "weights": shape and encode(network.W1[units].reshape(-1, *shape)),
        "wish": shape and encode(found.wish.reshape(shape)),
        "change": found.change,
        "image": pictures(X, network),
        "mended": None if mended is None else pictures(mended, network),
        "classes": network.classes,
    }


def _class(values: dict[str, Any], name: str, classes: int) -> int | None:
    if values.get(name) in (None, ""):
        return None
    number = integer(values, name)
    if number >= classes:
        raise InputError(f"{name} must be 0 to {classes - 1}, not {number}")
    return number


routes = [
    Route("/api/mistakes/matrix", matrix),
    Route("/api/mistakes/images", images),
    Route("/api/mistakes/need", need),
]
