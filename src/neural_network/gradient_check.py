"""The gradient check: does `backward` compute the derivative of the very loss that is printed?

Move one parameter by ±h, in float64, and see how much the loss changes. The central difference
(loss(θ + h) - loss(θ - h)) / 2h differs from the derivative by about h², so that both agree to many digits, or there
is a mistake. Where a hidden unit crosses a corner of its activation between θ - h and θ + h, there is no
derivative to compare with; such an entry is left out and counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arguments import check_inputs, check_labels
from .losses import cross_entropy
from .network import TwoLayerNN

STEP = 1e-4
TOLERANCE = 1e-6


@dataclass(frozen=True)
class GradientCheck:
    """The result of a gradient check.

    Attributes
    ----------
    max_relative_error : float
        The largest |analytic - numeric| / (|analytic| + |numeric|) over all entries compared. The denominator is
        at least a hundredth of the largest gradient in the same parameter; far below that, the differences' own
        rounding would be measured.
    parameters_checked, kinks_left_out : int
        How many entries were compared, and how many were not because of a corner.
    worst : str
        The entry with the largest error, with both its values.
    """

    max_relative_error: float
    parameters_checked: int
    kinks_left_out: int
    worst: str

    @property
    def passed(self) -> bool:
        """Whether the largest relative error is below 1e-6."""
        return self.max_relative_error < TOLERANCE


def check_gradients(
    network: TwoLayerNN,
    X: np.ndarray,
    Y: np.ndarray,
    *,
    on_entry: Callable[[], None] = lambda: None,
) -> GradientCheck:
    """Compare `backward` with central differences for every entry of every parameter.

    Parameters
    ----------
    network : TwoLayerNN
        The network to check, where it stands; a float64 copy of it is used.
    X : array (D, m)
        A few samples: the cost is 2 forward passes for each parameter.
    Y : array (m,) of integers
        Their labels.
    on_entry : callable
        Called after each entry, for a progress bar.
    """
    network = _in_float64(network)
    X = check_inputs(X, network.input_size, network.dtype)
    Y = check_labels(Y, network.output_size, X.shape[1])
    analytic = network.backward(X, Y)
    checked, left_out, worst_error, worst = 0, 0, 0.0, "none"
    for name, θ in network.parameters.items():
        floor = max(float(np.abs(analytic[name]).max()) / 100, 1e-300)
        for index in np.ndindex(θ.shape):
            on_entry()
            numeric = _central_difference(network, θ, index, X, Y)
            if numeric is None:
                left_out += 1
                continue
            checked += 1
            exact = float(analytic[name][index])
            error = abs(exact - numeric) / max(abs(exact) + abs(numeric), floor)
            if not error <= worst_error:
                worst_error = error
                worst = f"d{name}[{', '.join(map(str, index))}]: backward {exact:.9g}, central difference {numeric:.9g}"
    return GradientCheck(worst_error, checked, left_out, worst)


def _central_difference(
    network: TwoLayerNN, θ: np.ndarray, index: tuple[int, ...], X: np.ndarray, Y: np.ndarray
) -> float | None:
    """Return the slope of the loss along one entry of `θ`, or None where a hidden unit crosses a kink on the way."""
    middle = θ[index]
    θ[index] = middle + STEP
    above = network.forward(X)
    θ[index] = middle - STEP
    below = network.forward(X)
    θ[index] = middle
    for kink in network.activation.kinks:
        if (np.sign(above.Z1 - kink) != np.sign(below.Z1 - kink)).any():
            return None
    return (cross_entropy(above.Z2, Y) - cross_entropy(below.Z2, Y)) / (2 * STEP)


def _in_float64(network: TwoLayerNN) -> TwoLayerNN:
    copy = TwoLayerNN(
        network.input_size,
        network.hidden_size,
        network.output_size,
        activation=network.activation,
        initializer="zeros",
        dtype=np.float64,
    )
    for name, θ in copy.parameters.items():
        θ[...] = network.parameters[name]
    return copy
