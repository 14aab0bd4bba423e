"""Trying out another way to compute, before it is relied on: does it give what the lines of network.py give?

The network that is tried is a copy with random parameters. At the start of a training the biases are zero, so that a
line which uses them otherwise would not be noticed.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..network import Network
from ..support.watched import SHOWS, calls
from .gradients import Result

TOLERANCE = 1e-3  # relative to the largest entry: float32 differs by some 1e-6, a wrong equation by much more

Way = Callable[[Network], Sequence[Result]]


def agrees(network: Network, way: Way, plain: Way) -> bool:
    """Return whether `way` and `plain` give the same losses, gradients and whatever is with them, but for rounding.

    Not where a line prints or stops in a debugger, or keeps something in the network: it must then run as it stands.
    """
    if calls(network.equations, SHOWS):
        return False
    try:
        watched = trial(network)
        before = _attributes(watched)
        expected = plain(watched)
        return _are_same(before, _attributes(watched)) and all(map(_is_same, way(trial(network)), expected))
    except Exception:  # whatever is wrong with the equations is raised again where a batch is computed as a whole
        return False


def trial(network: Network, seed: int = 0) -> Network:
    """Return a copy with random parameters, so large that each of them counts."""
    copied, rng = copy.deepcopy(network), np.random.default_rng(seed)
    for θ in copied.parameters.values():
        θ[...] = rng.standard_normal(θ.shape) / np.sqrt(θ.shape[1])
    return copied


def _attributes(network: Network) -> dict[str, Any]:
    return {name: np.copy(value) if isinstance(value, np.ndarray) else value for name, value in vars(network).items()}


def _are_same(some: dict[str, Any], others: dict[str, Any]) -> bool:
    return some.keys() == others.keys() and all(
        value is others[name] or (isinstance(value, np.ndarray) and np.array_equal(value, others[name]))
        for name, value in some.items()
    )


def _is_same(result: Result, expected: Result) -> bool:
    some, others = ({"loss": np.array(each.loss), **each.gradients} for each in (result, expected))
    return some.keys() == others.keys() and all(
        np.shape(some[name]) == np.shape(other)
        and np.allclose(some[name], other, 0, TOLERANCE * float(np.nanmax(np.abs(other), initial=0)), equal_nan=True)
        for name, other in others.items()
    )
