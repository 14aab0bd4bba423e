"""Initializers: the weights before training.

If all weights were zero, the hidden units would stay identical for ever, each with the same gradient; random weights
make them different. Their size decides whether signals grow or fade on the way through the network. An initializer is a
function of the number of inputs of a unit (fan_in), the number of units (fan_out) and a generator; it returns the
float64 weights (fan_out, fan_in).
"""

from __future__ import annotations  # numpy.random takes long to load, and type names need not load it

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from ..support.arguments import check_positive
from ..support.contracts import check_initializer
from ..support.errors import InputError
from ..support.registry import Registry

Initializer = Callable[..., np.ndarray]

INITIALIZERS: Registry[Initializer] = Registry("initializer", check_initializer)


def register_initializer(name: str) -> Callable[[Initializer], Initializer]:
    """Register the decorated initializer under `name`, for TwoLayerNN and the command."""
    return lambda initializer: INITIALIZERS.register(name, initializer)


def find_initializer(name: str) -> Initializer:
    """Return the initializer called `name`. The name may include a size: `uniform(0.1)`, `normal(0.05)`.

    Raises
    ------
    InputError
        An unknown name, a size that is not a number > 0, or a size for an initializer that has none.
    """
    match = re.fullmatch(r"([^()]+)\((.*)\)", str(name))
    if not match:
        return INITIALIZERS[name]
    initializer = INITIALIZERS[match[1]]
    if initializer not in (uniform, normal):
        raise InputError(f"initializer {match[1]!r} takes no size; uniform(0.1) and normal(0.05) do")
    try:
        size = float(match[2])
    except ValueError:
        raise InputError(f"the size of initializer {match[1]!r} must be a number, not {match[2]!r}") from None
    return partial(initializer, size=check_positive(f"the size of initializer {match[1]!r}", size))


def _normal(variance: float, fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(variance)


def _uniform(variance: float, fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (fan_out, fan_in))


@register_initializer("he-normal")
def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / fan_in: signals keep their size through ReLUs (He et al. 2015, arXiv:1502.01852)."""
    return _normal(2 / fan_in, fan_in, fan_out, rng)


@register_initializer("he-uniform")
def he_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform with variance 2 / fan_in."""
    return _uniform(2 / fan_in, fan_in, fan_out, rng)


@register_initializer("glorot-normal")
def glorot_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / (fan_in + fan_out), for tanh and sigmoid (Glorot and Bengio 2010)."""
    return _normal(2 / (fan_in + fan_out), fan_in, fan_out, rng)


@register_initializer("glorot-uniform")
def glorot_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform with variance 2 / (fan_in + fan_out)."""
    return _uniform(2 / (fan_in + fan_out), fan_in, fan_out, rng)


@register_initializer("lecun-normal")
def lecun_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 1 / fan_in: Z1 has the inputs' variance (LeCun et al. 1998, Efficient BackProp)."""
    return _normal(1 / fan_in, fan_in, fan_out, rng)


@register_initializer("uniform")
def uniform(fan_in: int, fan_out: int, rng: np.random.Generator, size: float = 0.5) -> np.ndarray:
    """Uniform between ± `size`, for layers of any size; ±0.5 is the `rand(...) - 0.5` of many tutorials."""
    return rng.uniform(-size, size, (fan_out, fan_in))


@register_initializer("normal")
def normal(fan_in: int, fan_out: int, rng: np.random.Generator, size: float = 0.01) -> np.ndarray:
    """Normal with standard deviation `size`, for layers of any size."""
    return rng.standard_normal((fan_out, fan_in)) * size


@register_initializer("zeros")
def zeros(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """All zeros. It shows why weights are random: all hidden units stay the same."""
    return np.zeros((fan_out, fan_in))
