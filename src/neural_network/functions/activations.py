"""Activations: the function g that bends the hidden layer's sums, and its derivative g'.

Without it two layers would be one: W2 (W1 x) is a single matrix times x. An activation here is a value, g and g' side
by side, so that a new one is a few lines: write both, register them, and `mnist-nn check` tells whether g' is right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np

from ..support.contracts import check_activation
from ..support.registry import Registry
from .losses import sigmoid as logistic

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

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """Let copies and other processes find a registered activation by its name: its functions may be lambdas."""
        return (find_activation, (self.name,)) if ACTIVATIONS.has(self) else super().__reduce_ex__(protocol)


ACTIVATIONS: Registry[Activation] = Registry("activation", check_activation)


def register_activation(activation: Activation) -> Activation:
    """Make `activation` known by its name: to TwoLayerNN, to the command and to the gradient check."""
    return ACTIVATIONS.register(activation.name, activation)


def find_activation(name: str) -> Activation:
    """Return the activation called `name`, or raise InputError, which names the nearest."""
    return ACTIVATIONS[name]


relu = register_activation(
    Activation(
        "relu",
        g=lambda Z: np.maximum(Z, 0),
        g_prime=lambda Z: (Z > 0).astype(Z.dtype),  # at the corner itself we choose 0
        kinks=(0.0,),
    )
)

LEAK = 0.01  # the slope that is left below 0 (Maas et al. 2013)

leaky_relu = register_activation(
    Activation(
        "leaky-relu",
        g=lambda Z: np.where(Z > 0, Z, LEAK * Z),
        g_prime=lambda Z: np.where(Z > 0, Z.dtype.type(1), Z.dtype.type(LEAK)),
        kinks=(0.0,),
    )
)

# e^z - 1 below 0, z above (Clevert et al. 2016). The minimum keeps the branch that is not taken from overflowing.
elu = register_activation(
    Activation(
        "elu",
        g=lambda Z: np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0))),
        g_prime=lambda Z: np.exp(np.minimum(Z, 0)),
    )
)

tanh = register_activation(
    Activation(
        "tanh",
        g=np.tanh,
        g_prime=lambda Z: 1 - np.tanh(Z) ** 2,
    )
)

# 1.7159 tanh(2/3 z), which maps ±1 to ±1 (LeCun et al. 1998, Efficient BackProp).
scaled_tanh = register_activation(
    Activation(
        "scaled-tanh",
        g=lambda Z: 1.7159 * np.tanh(2 / 3 * Z),
        g_prime=lambda Z: 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * Z) ** 2),
    )
)

sigmoid = register_activation(
    Activation(
        "sigmoid",
        g=logistic,
        g_prime=lambda Z: logistic(Z) * logistic(-Z),
    )
)

# log(1 + e^z), a smooth ReLU, written so that e^z is never taken of a large z.
softplus = register_activation(
    Activation(
        "softplus",
        g=lambda Z: np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z))),
        g_prime=logistic,
    )
)

# z σ(z), also called SiLU (Ramachandran et al. 2017).
swish = register_activation(
    Activation(
        "swish",
        g=lambda Z: Z * logistic(Z),
        g_prime=lambda Z: logistic(Z) * (1 + Z * logistic(-Z)),
    )
)


def _gelu_gate(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return t = tanh(√(2/π) (z + 0.044715 z³)) and its derivative. Beyond ±30 it is ±1, and z³ would overflow."""
    Z = np.clip(Z, -30, 30)
    t = np.tanh(np.sqrt(2 / np.pi).astype(Z.dtype) * (Z + 0.044715 * Z**3))
    return t, (1 - t**2) * np.sqrt(2 / np.pi).astype(Z.dtype) * (1 + 3 * 0.044715 * Z**2)


def _gelu_prime(Z: np.ndarray) -> np.ndarray:
    t, t_prime = _gelu_gate(Z)
    return 0.5 * (1 + t) + 0.5 * Z * t_prime


# z times the probability that a normal variable is below z, in the tanh form of Hendrycks and Gimpel (2016).
gelu = register_activation(
    Activation(
        "gelu",
        g=lambda Z: 0.5 * Z * (1 + _gelu_gate(Z)[0]),
        g_prime=_gelu_prime,
    )
)

identity = register_activation(
    Activation(
        "identity",
        g=lambda Z: Z,
        g_prime=np.ones_like,
    )
)
