"""Requests and answers in JSON, for the endpoints of all views."""

import json
import math
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ...support.arguments import shown
from ...support.error_state import own_error_state
from ...support.errors import InputError, WorkError
from ..sessions.session import Session
from ..sessions.sessions import Sessions, TooManySessions

Endpoint = Callable[[Request, dict[str, Any]], Any]
MOST_DIGITS = 15  # of a number in a query


class NoSession(InputError):
    """The session of a request has ended, or never was."""


class DivergedError(InputError):
    """The network has diverged; `step` is the last that can be shown."""

    def __init__(self, message: str, step: int) -> None:
        super().__init__(message)
        self.step = step


def sessions_of(request: Request) -> Sessions:
    """Return all sessions of the server."""
    return request.app.state.sessions


def session_of(request: Request) -> Session:
    """Return the session of a request: the one whose key is in the header X-Session or the query's `session`.

    Raises NoSession where there is none; the page then opens a new one.
    """
    key = request.headers.get("x-session") or request.query_params.get("session", "")
    if session := sessions_of(request).get(key):
        return session
    raise NoSession("the session has ended: reload the page")


def answer(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Turn a function of a request and its values into an endpoint that answers in JSON, in a thread of its own.

    The values are those of the query, as text, or for POST those of the JSON object in the body. A body that is a file
    is no JSON: it is in `request.state.body`, and the values are those of the query. InputError becomes
    status 400 with the text in `error`, DivergedError with its `step` beside it, and what is not foreseen 500.
    """

    @own_error_state
    def respond(request: Request, body: bytes) -> Response:
        try:
            is_json = request.headers.get("content-type", "").startswith("application/json")
            values = _read(body) if request.method == "POST" and is_json else dict(request.query_params)
            request.state.body = body
            result = endpoint(request, values)
        except NoSession as error:
            return reply({"error": str(error)}, 410)
        except TooManySessions as error:
            return reply({"error": str(error)}, 429)
        except DivergedError as error:
            return reply({"error": str(error), "step": error.step}, 400)
        except (InputError, WorkError, FileNotFoundError) as error:
            return reply({"error": str(error)}, 400)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}, line {frame.lineno}"
            return reply({"error": f"internal error in {place}: {type(error).__name__}: {shown(str(error))}"}, 500)
        return result if isinstance(result, Response) else reply(result)

    @wraps(endpoint)
    async def handle(request: Request) -> Response:
        return await run_in_threadpool(respond, request, await request.body())

    return handle


def reply(value: Any, status: int = 200) -> Response:
    """Return a value as JSON: see `to_json`."""
    return Response(to_json(value), status, media_type="application/json")


def to_json(value: Any) -> str:
    """Return a value as JSON. Arrays become lists, dataclasses objects, and infinite and NaN values null."""
    return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case np.ndarray() | np.generic():
            return _plain(value.tolist())
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float():
            return value if math.isfinite(value) else None
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _plain(asdict(value))
    return value


def _read(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body, which may come from anywhere."""
    try:
        values = json.loads(body or b"{}", parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError("the body is not JSON") from None
    if not isinstance(values, dict):
        raise InputError(f"the body should be an object, not {shown(values)}")
    return values


def _refuse(name: str) -> None:
    raise ValueError(name)


def integer(values: dict[str, Any], name: str, usual: int | None = None) -> int:
    """Return a whole number ≥ 0 of a request; raises InputError if it is missing without a usual one, or is none."""
    value = values.get(name, usual)
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= MOST_DIGITS:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**MOST_DIGITS:
        raise InputError(f"{name} must be a whole number ≥ 0, not {shown(value)}")
    return value


def text(values: dict[str, Any], name: str, usual: str | None = None) -> str:
    """Return a text of a request; raises InputError if it is missing without a usual one, or is none."""
    value = values.get(name, usual)
    if not isinstance(value, str) or len(value) > 200:
        raise InputError(f"{name} must be a short text, not {shown(value)}")
    return value
