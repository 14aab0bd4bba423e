"""Taking a run out of the page, as code or as a model file, and bringing a model into it."""

import tempfile
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...formats.model_file import load_model, save_model
from ...support.errors import InputError
from ...training.model import TwoLayerNN
from ..sessions.code import as_command, as_python
from ..sessions.models import OF_THE_MODEL, job_of_model
from .requests import answer, integer, session_of, text

CODE = {"python": as_python, "command": as_command}


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

            try:
                export_onnx(network, path)
            except ImportError as error:  # of the package onnx, which is an extra
                raise InputError(str(error)) from None
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


routes = [
    Route("/api/share/code", code),
    Route("/api/share/model", save),
    Route("/api/share/load", load, methods=["POST"]),
]
