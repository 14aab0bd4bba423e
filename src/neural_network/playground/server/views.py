"""What the endpoints of several views share: the network of a step, the samples of the session, pictures of inputs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from starlette.requests import Request

from ...data.dataset import Samples
from ...data.resample import to_bytes
from ...network import Network
from ...support.errors import DivergenceError, InputError, NotFiniteError
from ...support.picture_format import Shape, shape_of, square
from ..encoding import encode
from ..samples import PARTS, Chosen, choose
from ..sessions.session import Session
from .requests import DivergedError, Endpoint, integer, session_of

MIN_PIXELS = 16  # of an input that is shown as a picture
STEPS_BACK = 20  # how far before a step that diverges one that does not is looked for

Found = TypeVar("Found")


def network_of(request: Request, values: dict[str, Any]) -> tuple[Session, Network]:
    """Return the session, and its network after `step`, by default the newest."""
    session = session_of(request)
    return session, session.network_at(step_of(session, values))


def step_of(session: Session, values: dict[str, Any]) -> int:
    """Return the `step` of a request, by default the newest of the run in view."""
    return session.run.step if values.get("step") in (None, "") else integer(values, "step")


def last_finite(step: int, look: Callable[[int], Found]) -> tuple[int, Found]:
    """Return the last step up to `step` that does not diverge, as `look` finds it, and what it returns for that one."""
    for before in range(step, max(-1, step - STEPS_BACK), -1):
        try:
            return before, look(before)
        except (DivergenceError, NotFiniteError):
            pass
    raise InputError(f"step {step} has diverged, like those before it: choose an earlier step with the slider")


def or_names_last_finite(endpoint: Endpoint) -> Endpoint:
    """Let an endpoint raise DivergedError where it meets a network that has diverged."""

    @wraps(endpoint)
    def respond(request: Request, values: dict[str, Any]) -> Any:
        try:
            return endpoint(request, values)
        except NotFiniteError:
            asked = step_of(session_of(request), values)
        step, _ = last_finite(asked, lambda step: endpoint(request, values | {"step": step}))
        raise DivergedError(f"the network after step {asked} has diverged; the one after step {step} has not", step)

    return respond


def parts_of(session: Session) -> dict[str, Samples]:
    """Return the samples of a session by the names of their parts."""
    return {part: getattr(session.dataset, part) for part in PARTS}


def part_of(session: Session, values: dict[str, Any]) -> Samples:
    """Return the samples of the `part` in a request, by default those to test with."""
    part = values.get("part", "test")
    if part not in PARTS:
        raise InputError(f"part must be one of {', '.join(PARTS)}")
    return parts_of(session)[part]


def sample_of(session: Session, network: Network, values: dict[str, Any]) -> Chosen:
    """Return the `sample` of a request, by default the first to test with; pixels may have a `label`."""
    text, label = values.get("sample") or "test:0", values.get("label")
    if not isinstance(text, str):
        raise InputError("sample must be a text, such as test:3")
    return choose(text, parts_of(session), network, integer(values, "label") if label not in (None, "") else None)


def shape_for(network: Network) -> Shape | None:
    """Return height and width of the network's inputs as pictures, None where they are none."""
    if network.input_size < MIN_PIXELS:
        return None
    return shape_of(network.picture_format) or square(network.input_size)


def pictures(X: np.ndarray, network: Network) -> dict[str, Any] | None:
    """Return the columns of `X` (D, m) as encoded pictures uint8 (m, height, width), None where they are none."""
    shape = shape_for(network)
    return shape and encode(to_bytes(np.clip(X.T, 0, 1)).reshape(-1, *shape))
