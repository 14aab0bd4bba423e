"""The gradient check: does `backward` compute the derivative of the loss that is printed?

Move one parameter by ±h, in float64, and see how much the loss changes. The central difference
(loss(θ + h) - loss(θ - h)) / 2h differs from the derivative by about h², so that both agree to many digits, or there
is a mistake. Where a hidden unit crosses a kink of its activation between θ - h and θ + h, there is no derivative to
compare with; such an entry is left out and counted. A check that could compare hardly anything has not passed.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...network import Network, Parameters
from ...support.error_state import own_error_state
from ...training.loop import check_samples
from ...training.regularizers import Penalty
from .common_mistakes import STEP, likely_cause, relative_errors, wrong_derivative

TOLERANCE = 1e-6


@dataclass(frozen=True)
class GradientCheck:
    """The result of a gradient check.

    Attributes
    ----------
    max_relative_error : float
        The largest |analytic - numeric| / (|analytic| + |numeric|) over all entries compared, and over a grid of g'.
        The denominator is at least a hundredth of the largest gradient in the same parameter; far below that, rounding
        would dominate. Infinite where a value is infinite, NaN or missing.
    parameters_checked, kinks_left_out : int
        How many entries were compared, and how many were left out because of a kink.
    worst : str
        The entry with the largest error, with both values, and the likely cause of a mistake.
    inconclusive : str
        Why too few entries could be compared for a verdict; empty where enough were.
    """

    max_relative_error: float
    parameters_checked: int
    kinks_left_out: int
    worst: str
    inconclusive: str = ""

    @property
    def failed(self) -> bool:
        """Whether the largest relative error is not below 1e-6."""
        return not self.max_relative_error < TOLERANCE

    @property
    def passed(self) -> bool:
        """Whether all errors are below 1e-6, and enough entries could be compared."""
        return not self.failed and not self.inconclusive


@own_error_state
def check_gradients(
    network: Network,
    X: np.ndarray,
    Y: np.ndarray,
    *,
    penalties: Sequence[Penalty] = (),
    mask: np.ndarray | None = None,
    on_entry: Callable[[], None] = lambda: None,
) -> GradientCheck:
    """Compare `backward` with central differences for every entry of every parameter.

    Parameters
    ----------
    network : Network
        The network to check; a float64 copy of it is used.
    X : array (D, m)
        A few samples: the check takes 2 forward passes for each entry of a parameter.
    Y : array (m,) of integers
        Their labels.
    penalties : sequence
        L1 or L2, which are added to the loss and whose gradients are added to the gradients.
    mask : array (H, m), optional
        A mask of dropout, held fixed.
    on_entry : callable
        Called after each entry, for a progress bar.
    """
    network = _in_float64(network)
    if mask is not None:
        forward, backward = network.forward, network.backward
        masked = {"forward": partial(forward, mask=mask)}
        vars(network).update(masked, backward=lambda X, Y: backward(X, Y, forward(X, mask), mask))
    return _compare(network, *check_samples(network, X, Y), penalties, on_entry)


def _compare(
    network: Network, X: np.ndarray, Y: np.ndarray, penalties: Sequence[Penalty], on_entry: Callable[[], None]
) -> GradientCheck:
    shape = network.forward(X).Z1.shape
    try:
        analytic = {**network.backward(X, Y)}
    except Exception as error:  # a faulty backward may raise anything
        advice = "; a product is likely transposed, see (6), (8) and (9)" if isinstance(error, ValueError) else ""
        return GradientCheck(np.inf, 0, 0, f"backward raised {type(error).__name__}: {error}{advice}")
    for name, θ in network.parameters.items():
        if name not in analytic or np.shape(analytic[name]) != θ.shape:
            return GradientCheck(np.inf, 0, 0, f"d{name} {_wrong_shape(analytic, name, θ)}")

    derivative_error, derivative_worst = wrong_derivative(network.activation, shape)
    is_derivative_wrong = derivative_error >= TOLERANCE
    checked, left_out, worst_error, worst, inconclusive = 0, 0, 0.0, "none", ""
    for name, θ in network.parameters.items():
        dθ = analytic[name]
        if name in ("W1", "W2"):
            dθ = dθ + sum(penalty.gradient(θ) for penalty in penalties)
        numeric, at_kink = _central_differences(network, name, X, Y, penalties, on_entry)
        checked, left_out = checked + int((~at_kink).sum()), left_out + int(at_kink.sum())
        if at_kink.mean() > 0.5 and not inconclusive:
            inconclusive = _at_kinks(network, name, at_kink)
        errors = np.where(at_kink, 0, relative_errors(dθ, numeric))
        if errors.max() > worst_error:
            worst_error = float(errors.max())
            i, j = np.unravel_index(errors.argmax(), θ.shape)
            worst = f"d{name}[{i}, {j}]: backward gives {dθ[i, j]:.9g}, central differences {numeric[i, j]:.9g}"
            if worst_error >= TOLERANCE and not is_derivative_wrong:
                worst += likely_cause(network, name, dθ, np.where(at_kink, np.nan, numeric), X, Y)
    if is_derivative_wrong:
        worst = f"{worst}; {derivative_worst}" if worst_error >= TOLERANCE else derivative_worst
        worst_error = max(worst_error, derivative_error)
    return GradientCheck(worst_error, checked, left_out, worst, inconclusive)


def _central_differences(
    network: Network,
    name: str,
    X: np.ndarray,
    Y: np.ndarray,
    penalties: Sequence[Penalty],
    on_entry: Callable[[], None],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the slope of the loss along each entry of a parameter, and which entries cross a kink."""
    θ = network.parameters[name]
    penalty_kinks = [kink for penalty in penalties for kink in penalty.kinks] if name in ("W1", "W2") else []
    slopes, at_kink = np.empty(θ.shape), np.zeros(θ.shape, bool)
    for index in np.ndindex(θ.shape):
        value, Z1, losses = θ[index], [], []
        for moved in (value + STEP, value - STEP):
            θ[index] = moved
            forward = network.forward(X)
            Z1.append(forward.Z1)
            losses.append(network.mean_loss(forward, Y) + sum(p.total(network.parameters) for p in penalties))
        θ[index] = value
        slopes[index] = (losses[0] - losses[1]) / (2 * STEP)
        crossed = any((np.sign(Z1[0] - kink) != np.sign(Z1[1] - kink)).any() for kink in network.activation.kinks)
        crossed |= any(abs(value - kink) < STEP for kink in penalty_kinks)
        at_kink[index] = crossed and np.isfinite(slopes[index])  # a loss of NaN is not a kink
        on_entry()
    return slopes, at_kink


def _wrong_shape(analytic: Parameters, name: str, θ: np.ndarray) -> str:
    if name not in analytic:
        return f"is missing: backward must return it under {name!r}, but its keys are {', '.join(analytic) or 'none'}"
    given = np.shape(analytic[name])
    advice = "; it is transposed" if given == θ.shape[::-1] else ""
    return f"must have its parameter's shape {θ.shape}, but backward gives {given}{advice}"


def _at_kinks(network: Network, name: str, at_kink: np.ndarray) -> str:
    return (
        f"{at_kink.sum():,} of the {at_kink.size:,} entries of {name} could not be compared: nearly all hidden units, "
        f"or weights, are at a kink of activation {network.activation.name!r} or of a penalty, where there is no "
        f"derivative; try another initializer, such as he-normal, or another seed"
    )


def _in_float64(network: Network) -> Network:
    network = copy.copy(network)  # which may be of a subclass with its own `backward`
    network.dtype = np.dtype(np.float64)
    for name, θ in network.parameters.items():
        setattr(network, name, θ.astype(np.float64))
    return network
