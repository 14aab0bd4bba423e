"""Activations: the function g that bends the hidden layer's sums, and its derivative g'.

Without it two layers would be one: W2 (W1 x) is a single matrix times x. An activation here is a value, g and g' side
by side, so that a new one is a few lines: write both, register them, and `mnist-nn check` tells whether g' is right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .registry import Registry

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """A function of each entry on its own, and its derivative.

    Attributes
    ----------
    name : str
        The name it is registered and saved under.
    g, g_prime : callable
        Take Z, an array of any shape and of float32 or float64, and return an array of that shape and dtype.
    kinks : tuple of float
        The places where g has a corner and no derivative; the gradient check leaves them out.
    """

    name: str
    g: Function
    g_prime: Function
    kinks: tuple[float, ...] = ()


ACTIVATIONS: Registry[Activation] = Registry("activation")


def register_activation(activation: Activation) -> Activation:
    """Make `activation` known by its name: to TwoLayerNN, to the command and to the gradient check."""
    return ACTIVATIONS.register(activation.name, activation)


relu = register_activation(
    Activation(
        "relu",
        g=lambda Z: np.maximum(Z, 0),
        g_prime=lambda Z: (Z > 0).astype(Z.dtype),  # at the corner itself we choose 0
        kinks=(0.0,),
    )
)

tanh = register_activation(
    Activation(
        "tanh",
        g=np.tanh,
        g_prime=lambda Z: 1 - np.tanh(Z) ** 2,
    )
)


def _sigmoid(Z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z), by way of tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * Z))


sigmoid = register_activation(
    Activation(
        "sigmoid",
        g=_sigmoid,
        g_prime=lambda Z: _sigmoid(Z) * _sigmoid(-Z),
    )
)
