"""The gradient check: does `backward` compute the derivative of the very loss that is printed?

Move one parameter by ±h, in float64, and see how much the loss changes. The central difference
(loss(θ + h) - loss(θ - h)) / 2h differs from the derivative by about h², so that both agree to many digits, or there
is a mistake. Where a hidden unit crosses a corner of its activation between θ - h and θ + h, there is no derivative to
compare with; such an entry is left out and counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from .arguments import check_inputs, check_labels
from .network import Parameters, TwoLayerNN

STEP = 2e-5  # smaller, and rounding shows; larger, and the h² does
TOLERANCE = 1e-6


class AddedToLoss(Protocol):
    """What regularizers.py calls a penalty."""

    @property
    def kinks(self) -> tuple[float, ...]:
        """The weights at which it has no derivative."""

    def total(self, parameters: Parameters) -> float:
        """Return what it adds to the loss."""

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """Return what it adds to the gradient of one matrix of weights."""


@dataclass(frozen=True)
class GradientCheck:
    """The result of a gradient check.

    Attributes
    ----------
    max_relative_error : float
        The largest |analytic - numeric| / (|analytic| + |numeric|) over all entries compared. The denominator is at
        least a hundredth of the largest gradient in the same parameter; far below that, the differences' own rounding
        would be measured.
    parameters_checked, kinks_left_out : int
        How many entries were compared, and how many were not because of a corner.
    worst : str
        The entry with the largest error, with both its values, and the likely cause where it is a mistake.
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
    penalties: Sequence[AddedToLoss] = (),
    on_entry: Callable[[], None] = lambda: None,
) -> GradientCheck:
    """Compare `backward` with central differences for every entry of every parameter.

    Dropout is checked with its mask held fixed: give `network.activation` the mask (see `regularizers.masked`).

    Parameters
    ----------
    network : TwoLayerNN
        The network to check, where it stands; a float64 copy of it is used.
    X : array (D, m)
        A few samples: the cost is 2 forward passes for each entry of a parameter.
    Y : array (m,) of integers
        Their labels.
    penalties : sequence
        L1 or L2, which are added to the loss and whose gradients are added to the gradients.
    on_entry : callable
        Called after each entry, for a progress bar.
    """
    network = _in_float64(network)
    X = check_inputs(X, network.input_size, network.dtype)
    Y = check_labels(Y, network.output_size, X.shape[1])
    analytic = network.backward(X, Y)
    for name in ("W1", "W2"):
        for penalty in penalties:
            analytic[name] = analytic[name] + penalty.gradient(network.parameters[name])
    checked, left_out, worst_error, worst = 0, 0, 0.0, "none"
    for name, θ in network.parameters.items():
        numeric = _central_differences(network, θ, X, Y, penalties, on_entry)
        at_kink = np.isnan(numeric)
        checked, left_out = checked + int((~at_kink).sum()), left_out + int(at_kink.sum())
        if np.shape(analytic[name]) != θ.shape:
            return GradientCheck(np.inf, checked, left_out, f"d{name} {_wrong_shape(analytic[name], θ)}")
        error = np.where(at_kink, 0, _relative_error(analytic[name], numeric))
        if not error.max() <= worst_error:
            worst_error = float(error.max())
            i, j = np.unravel_index(error.argmax(), θ.shape)
            found = f"backward gives {analytic[name][i, j]:.9g}, central differences {numeric[i, j]:.9g}"
            worst = f"d{name}[{i}, {j}]: {found}"
            if worst_error >= TOLERANCE:
                worst += likely_cause(network, name, analytic[name], numeric, X, Y)
    return GradientCheck(worst_error, checked, left_out, worst)


def likely_cause(
    network: TwoLayerNN, name: str, analytic: np.ndarray, numeric: np.ndarray, X: np.ndarray, Y: np.ndarray
) -> str:
    """Return, as the end of a sentence, which of the usual mistakes explains a wrong gradient; empty if none does."""
    m, known = X.shape[1], ~np.isnan(numeric)

    def is_like(other: np.ndarray) -> bool:
        difference = np.linalg.norm((analytic - other)[known])
        return bool(difference <= 1e-4 * np.linalg.norm(other[known]))

    if not analytic.any():
        return ": it is zero everywhere; is it computed at all?"
    if is_like(-numeric):
        return ": the sign is wrong"
    if is_like(m * numeric):
        return f": it is {m} times too large, the number of samples; is 1/m missing?"
    if is_like(numeric / m):
        return f": it is {m} times too small, the number of samples; is 1/m there twice?"
    if numeric.shape[0] == numeric.shape[1] and is_like(numeric.T):
        return ": it is transposed; are the factors of the product in the right order?"
    if name.startswith("b") and np.ptp(analytic) == 0 and len(analytic) > 1:
        return ": all units got the same; is it summed over the samples only (axis=1)?"
    if name in ("W1", "b1") and is_like(_without_derivative(network, name, X, Y)):
        return ": the derivative g'(Z1) of the activation is missing"
    return ""


def _central_differences(
    network: TwoLayerNN,
    θ: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
    penalties: Sequence[AddedToLoss],
    on_entry: Callable[[], None],
) -> np.ndarray:
    """Return the slope of the loss along each entry of `θ`, NaN where a hidden unit crosses a kink on the way."""
    slopes = np.empty(θ.shape)
    for index in np.ndindex(θ.shape):
        middle, Z1, losses = θ[index], [], []
        for moved in (middle + STEP, middle - STEP):
            θ[index] = moved
            forward = network.forward(X)
            Z1.append(forward.Z1)
            losses.append(network.mean_loss(forward, Y) + sum(p.total(network.parameters) for p in penalties))
        θ[index] = middle
        crossed = any((np.sign(Z1[0] - kink) != np.sign(Z1[1] - kink)).any() for kink in network.activation.kinks)
        crossed |= any(abs(middle - kink) < STEP for penalty in penalties for kink in penalty.kinks)
        slopes[index] = np.nan if crossed else (losses[0] - losses[1]) / (2 * STEP)
        on_entry()
    return slopes


def _relative_error(analytic: np.ndarray, numeric: np.ndarray) -> np.ndarray:
    floor = max(float(np.nanmax(np.abs(numeric), initial=0)) / 100, 1e-300)
    return np.abs(analytic - numeric) / np.maximum(np.abs(analytic) + np.abs(numeric), floor)


def _wrong_shape(analytic: np.ndarray, θ: np.ndarray) -> str:
    advice = "; it is transposed" if np.shape(analytic) == θ.shape[::-1] else ""
    return f"must have its parameter's shape {θ.shape}, but backward gives {np.shape(analytic)}{advice}"


def _without_derivative(network: TwoLayerNN, name: str, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return what `backward` gives if g' is 1 everywhere: the same as before, if it never looks at g'."""
    activation = network.activation
    network.activation = replace(activation, g_prime=np.ones_like)
    gradient = network.backward(X, Y)[name]
    network.activation = activation
    return gradient


def _in_float64(network: TwoLayerNN) -> TwoLayerNN:
    copy = TwoLayerNN(
        network.input_size,
        network.hidden_size,
        network.output_size,
        activation=network.activation,
        initializer="zeros",
        output=network.output,
        loss=network.criterion.name,
        label_smoothing=network.label_smoothing,
        dtype=np.float64,
    )
    for name, θ in copy.parameters.items():
        θ[...] = network.parameters[name]
    return copy
