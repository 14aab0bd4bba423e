"""Taking a run out of the page, as code or as a model file, and bringing a model into it."""

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...formats.model_file import load_model, save_model
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.model import TwoLayerNN
from ..sessions.code import as_command, as_python
from ..sessions.data import SessionData
from ..sessions.job import Job
from .requests import answer, integer, session_of, text

CODE = {"python": as_python, "command": as_command}
OF_THE_MODEL = ("activation", "initializer", "output", "loss", "label_smoothing")


@answer
def code(request: Request, values: dict[str, Any]) -> Any:
    """Return the run in view as `kind` of code: "python" or "command"."""
    kind = text(values, "kind")
    if kind not in CODE:
        raise InputError(f"kind must be one of {', '.join(CODE)}, not {kind!r}")
    return {"code": CODE[kind](session_of(request).run.job)}


@answer
def save(request: Request, values: dict[str, Any]) -> Any:
    """Return the network of a step as a model file: `kind` is "safetensors" or "onnx"."""
    session, kind = session_of(request), text(values, "kind")
    network = session.run.network_at(integer(values, "step", session.run.step))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        if kind == "safetensors":
            save_model(network, path)
        elif kind == "onnx":
            from ...formats.onnx import export_onnx  # which takes long to load

            export_onnx(network, path)
        else:
            raise InputError(f"kind must be safetensors or onnx, not {kind!r}")
        return Response(path.read_bytes(), media_type="application/octet-stream")


@answer
def load(request: Request, values: dict[str, Any]) -> Any:
    """Start a run with the weights of the model file in the body, which may be anything."""
    session = session_of(request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(request.state.body)
        try:
            network = load_model(path, TwoLayerNN)
        except InputError as error:
            raise InputError(str(error).replace(str(path), "the file")) from None
    session.start(job_of_model(network, session.settings, session.dataset))
    return {"settings": {name: getattr(session.settings, name) for name in ("hidden", *OF_THE_MODEL)}}


def job_of_model(network: TwoLayerNN, settings: Settings, data: SessionData) -> Job:
    """Return the job that trains a loaded network further on `data`; raises InputError where it does not fit them."""
    expected = len(data.train.X), len(data.classes)
    if (network.input_size, network.output_size) != expected:
        raise InputError(
            f"the model has {network.input_size} inputs and {network.output_size} classes; {data.name} has "
            f"{expected[0]} and {expected[1]}: choose the data it was trained on"
        )
    model = {
        "hidden": network.hidden_size,
        "activation": network.activation.name,
        "initializer": network.initializer,
        "output": network.output,
        "loss": network.loss_function.name,
        "label_smoothing": network.label_smoothing,
    }
    parameters = {name: θ.astype("float32") for name, θ in network.parameters.items()}
    data = replace(data, picture_format=network.picture_format or data.picture_format)
    return Job(Settings(**{**asdict(settings), **model}), data, parameters)


routes = [
    Route("/api/share/code", code),
    Route("/api/share/model", save),
    Route("/api/share/load", load, methods=["POST"]),
]
