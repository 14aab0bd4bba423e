"""Output layers, and the losses that may be minimised on them.

A loss compares the output A2 with the targets Y, and both losses here start the way back with the same difference,
A2 - Y. For softmax with cross-entropy that difference is dZ2 itself, equation (5): the derivative of the logarithm and
that of the softmax cancel. The squared error has no logarithm to cancel with, so its difference has still to be carried
back through the output layer; each loss says for which output layers it knows how.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np

from ..support.registry import Registry

SMALLEST_PRECISE = 2.0**10  # times the smallest normal number: below it a probability loses digits

Output = Callable[[np.ndarray], np.ndarray]
OutputGradient = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Loss:
    """A number for each sample, whose mean is minimised, and the way from the difference A2 - Y to dZ2.

    Attributes
    ----------
    name : str
        The name it is registered and saved under.
    value : callable
        Takes Z2, A2 and the targets Y, all (C, m), and returns the losses (m,) of the samples.
    output_gradient : dict
        By the name of the output layer, a function of A2 - Y and A2 that gives dZ2; None where dZ2 is A2 - Y itself. A
        pair of loss and output layer that is not in here is refused.
    """

    name: str
    value: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    output_gradient: Mapping[str, OutputGradient | None]

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """Let copies and other processes find a registered loss by its name: its functions may be lambdas."""
        return (find_loss, (self.name,)) if LOSSES.has(self) else super().__reduce_ex__(protocol)


OUTPUTS: Registry[Output] = Registry("output layer")
LOSSES: Registry[Loss] = Registry("loss")


def register_output(name: str) -> Callable[[Output], Output]:
    """Decorate a function from Z2 to A2 to make it known under `name`."""
    return lambda output: OUTPUTS.register(name, output)


def register_loss(loss: Loss) -> Loss:
    """Make `loss` known by its name."""
    return LOSSES.register(loss.name, loss)


def find_loss(name: str) -> Loss:
    """Return the loss called `name`, or raise InputError, which names the nearest."""
    return LOSSES[name]


@register_output("softmax")
def softmax(Z: np.ndarray) -> np.ndarray:
    """Return e^z / Σ e^z for every column of `Z` (C, m): positive numbers that sum to one in each column."""
    E = np.exp(Z - Z.max(axis=-2, keepdims=True))  # the largest of its own column: another's could push all of it to 0
    return E / E.sum(axis=-2, keepdims=True)


@register_output("sigmoid")
def sigmoid(Z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-z) for every entry, by way of tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * Z))


def _cross_entropy(Z2: np.ndarray, A2: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """-Σ Y log A2 per sample, in nats.

    Where a probability is so small that its digits are lost, log A2 is computed from Z2, as z - log Σ e^z. The largest
    z of a sample is first taken from all of them: however large, it makes no difference.
    """
    if A2.min() > SMALLEST_PRECISE * np.finfo(A2.dtype).tiny:
        return -(Y * np.log(A2)).sum(axis=-2)
    Z2 = Z2 - Z2.max(axis=-2, keepdims=True)
    return np.log(np.exp(Z2).sum(axis=-2)) - (Y * Z2).sum(axis=-2)


def _squared_error(Z2: np.ndarray, A2: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """½ Σ (A2 - Y)² per sample: half the squared distance from the target (the loss of LeCun et al. 1998)."""
    return 0.5 * ((A2 - Y) ** 2).sum(axis=-2)


cross_entropy = register_loss(Loss("cross-entropy", _cross_entropy, {"softmax": None}))

squared_error = register_loss(
    Loss(
        "squared-error",
        _squared_error,
        {
            "sigmoid": lambda E, A2: E * A2 * (1 - A2),  # the derivative of the sigmoid is a (1 - a)
            # the Jacobian of softmax has the entries a_k (1[k=l] - a_l)
            "softmax": lambda E, A2: A2 * (E - (A2 * E).sum(axis=-2, keepdims=True)),
        },
    )
)


def one_hot(Y: np.ndarray, classes: int, dtype: Any) -> np.ndarray:
    """Return the array (classes, m) that is 1 in each sample's column at its label `Y` (m,) and 0 elsewhere."""
    return _identity(classes, dtype).take(Y, axis=1).swapaxes(0, -2)  # for a stack of labels (n, m): (n, classes, m)


@functools.lru_cache(maxsize=4)
def _identity(size: int, dtype: Any) -> np.ndarray:
    return np.eye(size, dtype=dtype)
