"""Endpoints of the view Draw: what the network sees in a drawing, an uploaded picture or a test image."""

import functools
import io
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from ...data.images import FORMATS, NotAPictureError
from ...data.preprocess import read_picture
from ...data.resample import to_bytes
from ...formats.model_file import load_model
from ...formats.shipped_models import SHIPPED
from ...network import Network
from ...support.blas_threads import one_blas_thread
from ...support.errors import InputError
from .. import drawing
from ..encoding import encode
from ..samples import write_pixels
from ..sessions.session import Session
from .requests import answer, session_of, text
from .views import network_of, or_names_last_finite, pictures, sample_of, shape_for

MAX_CLASSES = 64  # whose pixels and units are sent: the 62 of EMNIST and some more
THUMBNAIL = 64  # pixels of the longer side of the picture after a step


@answer
@or_names_last_finite
@one_blas_thread()
def read(request: Request, values: dict[str, Any]) -> Any:
    """Return the input that `strokes` become, with the steps `leftOut` left out, and what the network says to it."""
    session, network = _reader_of(request, values)
    left_out = _names(values.get("leftOut", []))
    reading = drawing.read_strokes(values.get("strokes"), drawing.format_for(network), left_out)
    return _describe(session, network, reading)


@answer
@or_names_last_finite
@one_blas_thread()
def upload(request: Request, values: dict[str, Any]) -> Any:
    """Return the same for a picture, the bytes of a file."""
    session, network = _reader_of(request, values)
    left_out = [name for name in values.get("leftOut", "").split(",") if name not in ("", drawing.ZOOM)]
    try:
        picture = read_picture(io.BytesIO(request.state.body))
    except NotAPictureError:
        raise InputError(
            f"the file is not a picture; expected one of {', '.join(FORMATS)}; "
            "to train on data, such as a CSV file, start mnist-nn play --data FILE"
        ) from None
    except InputError as error:
        raise InputError(str(error).replace("standard input: ", "the file ")) from None
    return _describe(session, network, drawing.read(picture, drawing.format_for(network), left_out))


@answer
@or_names_last_finite
@one_blas_thread()
def sample(request: Request, values: dict[str, Any]) -> Any:
    """Return what the network says to a sample that is an input already."""
    session, network = _reader_of(request, values)
    chosen = sample_of(session, network, values)
    found = {"steps": [], "problem": "", **_answer(session, network, chosen.X[:, :1])}
    return found | {"truth": None if chosen.Y is None else int(chosen.Y[0]), "classes": network.classes}


@answer
def weights(request: Request, values: dict[str, Any]) -> Any:
    """Return the weights of the hidden units as pictures: int8, 127 for the largest of all."""
    _, network = _reader_of(request, values)
    shape = shape_for(network)
    if shape is None:
        raise InputError(f"this network has {network.input_size} inputs, which are no picture; choose data with digits")
    largest = float(np.abs(network.W1).max()) or 1.0
    return {
        "largest": largest,
        "images": encode(np.rint(127 * network.W1 / largest).astype(np.int8).reshape(-1, *shape)),
    }


def _reader_of(request: Request, values: dict[str, Any]) -> tuple[Session, Network]:
    """Return the session, and the network that reads: the shipped `model` of this name, or else that of the session."""
    name = text(values, "model", "")
    if not name:
        return network_of(request, values)
    session, network = session_of(request), _shipped(name)
    inputs = len(session.dataset.train.X)
    if network.input_size != inputs:
        raise InputError(
            f"{name} reads {network.input_size} pixels; {session.dataset.name} has {inputs} inputs: "
            "choose data with digits, or the network trained here"
        )
    if network.classes != session.dataset.classes:
        raise InputError(
            f"{name} reads {', '.join(network.classes)}; {session.dataset.name} has "
            f"{', '.join(session.dataset.classes)}: choose data with digits, or the network trained here"
        )
    return session, network


def check_reading(values: dict[str, Any]) -> None:
    """Raise InputError where the `model` that reads, or a step that is `leftOut`, as in an address, is unknown."""
    if name := text(values, "model", ""):
        _shipped(name)
    unknown = [name for name in text(values, "leftOut", "").split(",") if name and name not in drawing.SENTENCES]
    if unknown:
        raise InputError(f"leftout names steps, such as center, not {unknown[0]!r}")


@functools.cache
def _shipped(name: str) -> Network:
    if name not in SHIPPED:
        raise InputError(f"model must be one of {', '.join(SHIPPED)}, not {name!r}")
    return load_model(SHIPPED[name], Network)


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InputError("leftOut must be a list of the names of steps")
    return value


def _describe(session: Session, network: Network, reading: drawing.Reading) -> dict[str, Any]:
    steps = [
        {"name": step.name, "sentence": step.sentence, "done": step.done, "picture": _thumbnail(step.picture)}
        for step in reading.steps
    ]
    found = {"steps": steps, "problem": reading.problem, "truth": None, "classes": network.classes}
    if reading.image is None:
        return found
    return found | _answer(session, network, drawing.column(reading.image, network))


def _thumbnail(picture: np.ndarray | None) -> dict[str, Any] | None:
    """Return a picture with values from 0 to 1 as bytes, with every second pixel or fewer where it is large."""
    if picture is None:
        return None
    every = max(1, max(picture.shape) // THUMBNAIL)
    return encode(to_bytes(np.clip(picture[::every, ::every], 0, 1)))


def _answer(session: Session, network: Network, X: np.ndarray) -> dict[str, Any]:
    found = drawing.answer(network, X)
    shape = shape_for(network) or (1, network.input_size)
    image = to_bytes(np.clip(X[:, 0], 0, 1))
    likeness = session.dataset.familiarity.measure(X)
    return {
        "image": encode(image.reshape(shape)),
        "sample": write_pixels(image),
        "label": found.label,
        "A2": found.A2,
        "A1": encode(found.A1),
        "votes": encode(found.votes[:MAX_CLASSES]),
        "evidence": encode(found.evidence[:MAX_CLASSES].reshape(-1, *shape)),
        "slopes": encode(found.slopes[:MAX_CLASSES].reshape(-1, *shape)),
        "likeness": {
            "data": session.dataset.name,
            "share": likeness.share,
            "distance": likeness.distance,
            "labels": likeness.labels,
            "images": pictures(likeness.images.T, network),
        },
    }


routes = [
    Route("/api/draw/read", read, methods=["POST"]),
    Route("/api/draw/upload", upload, methods=["POST"]),
    Route("/api/draw/sample", sample),
    Route("/api/draw/weights", weights),
]
