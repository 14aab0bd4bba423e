"""Initializers: what the weights are before anything is learnt.

All zeros would leave the hidden units identical for ever, each with the same gradient; random weights tell them apart.
Their size decides whether signals grow or fade on the way through. An initializer is a function of the number of
inputs of a unit (fan_in), the number of units (fan_out) and a generator; it returns the float64 weights (fan_out,
fan_in).
"""

from collections.abc import Callable

import numpy as np

from .registry import Registry

Initializer = Callable[[int, int, np.random.Generator], np.ndarray]

INITIALIZERS: Registry[Initializer] = Registry("initializer")


def register_initializer(name: str) -> Callable[[Initializer], Initializer]:
    """Decorate an initializer to make it known under `name`: to TwoLayerNN and to the command."""
    return lambda initializer: INITIALIZERS.register(name, initializer)


@register_initializer("he-normal")
def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / fan_in: keeps the size of signals through ReLUs (He et al. 2015, arXiv:1502.01852)."""
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2 / fan_in)


@register_initializer("glorot-uniform")
def glorot_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform with variance 2 / (fan_in + fan_out), made for tanh and sigmoid (Glorot and Bengio 2010)."""
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_out, fan_in))


@register_initializer("uniform")
def uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform between -0.5 and 0.5 whatever the layer's size: what many tutorials write as `rand(...) - 0.5`."""
    return rng.uniform(-0.5, 0.5, (fan_out, fan_in))


@register_initializer("zeros")
def zeros(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """All zeros, to be seen failing: every hidden unit stays the same as the others."""
    return np.zeros((fan_out, fan_in))
