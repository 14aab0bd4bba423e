"""What the endpoints of several views share: the network of a step, the samples of the session, pictures of inputs."""

from typing import Any

import numpy as np
from starlette.requests import Request

from ...data.dataset import Samples
from ...network import Network
from ...support.errors import InputError
from ...support.picture_format import Shape, shape_of, square
from ..encoding import encode
from ..samples import PARTS, Chosen, choose
from ..sessions.session import Session
from .requests import integer, session_of

MIN_PIXELS = 16  # of an input that is shown as a picture


def network_of(request: Request, values: dict[str, Any]) -> tuple[Session, Network]:
    """Return the session, and its network after `step`, by default the newest."""
    session = session_of(request)
    return session, session.network_at(integer(values, "step") if values.get("step") not in (None, "") else None)


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
    return shape and encode(np.rint(255 * np.clip(X.T, 0, 1)).astype(np.uint8).reshape(-1, *shape))
