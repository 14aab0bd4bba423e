"""Common mistakes in `backward`, each made on purpose: a wrong gradient that equals one of them is explained by it.

The six equations of `backward` go wrong in few ways: a factor, a sign, a transposed product, a derivative of the wrong
array or none. An activation has one more: a g' that is not the derivative of its g.
"""

from collections.abc import Iterator

import numpy as np

from ...functions.activations import Activation
from ...functions.losses import one_hot
from ...network import Network, Parameters

STEP = 2e-5  # with a smaller one rounding dominates, with a larger one h²


def likely_cause(
    network: Network, name: str, analytic: np.ndarray, numeric: np.ndarray, X: np.ndarray, Y: np.ndarray
) -> str:
    """Return, as the end of a sentence, the mistake that explains a wrong gradient; empty if none does.

    `numeric` is NaN at kinks.
    """
    m, known = X.shape[1], ~np.isnan(numeric)
    correct, given = numeric[known], analytic[known]

    def is_like(other: np.ndarray) -> bool:
        return bool(np.linalg.norm(given - other) <= 1e-4 * np.linalg.norm(other))

    if not_finite := _first_not_finite(network, X):
        return f": {not_finite}"
    if not analytic.any():
        return ": it is zero everywhere; is it computed at all?"
    if is_like(correct) or not np.isfinite(given).all():
        return ""
    factor = float(np.vdot(correct, given) / (np.vdot(correct, correct) or 1.0))
    if len(correct) > 1 and factor and is_like(factor * correct):
        return _explain_factor(factor, m)
    if numeric.shape[0] == numeric.shape[1] and is_like(numeric.T[known]):
        return ": it is transposed; are the factors of the product in the right order?"
    if name.startswith("b") and np.ptp(analytic) == 0 and len(analytic) > 1:
        return ": all units have the same value; is it summed over the samples only (axis=1)?"
    return next((f": {what}" for what, gradients in _mistaken(network, X, Y) if is_like(gradients[name][known])), "")


def wrong_derivative(activation: Activation, shape: tuple[int, ...]) -> tuple[float, str]:
    """Compare g' with central differences of g on a grid from -6 to 6, and return the largest relative error.

    The second value describes that error. `shape` is that of Z1, which is also that of the mask of dropout.
    """
    grid = np.linspace(-6, 6, 240)  # an even number, without 0, where many activations have a kink
    Z = np.resize(grid, (-(-grid.size // int(np.prod(shape))), *shape))
    with np.errstate(all="ignore"):
        given = activation.g_prime(Z)
        slopes = (activation.g(Z + STEP) - activation.g(Z - STEP)) / (2 * STEP)
    errors = relative_errors(given, slopes)
    for kink in activation.kinks:
        errors[np.abs(Z - kink) < 2 * STEP] = 0
    at = np.unravel_index(errors.argmax(), Z.shape)
    return float(errors[at]), (
        f"g' of activation {activation.name!r} is not the derivative of its g: "
        f"g'({Z[at]:.4g}) gives {given[at]:.6g}, central differences of g {slopes[at]:.6g}"
    )


def relative_errors(analytic: np.ndarray, numeric: np.ndarray) -> np.ndarray:
    """Return |analytic - numeric| / (|analytic| + |numeric|) for each entry, infinite where one is infinite or NaN.

    The denominator is at least a hundredth of the largest numeric value: far below that, rounding would dominate.
    """
    floor = max(float(np.abs(numeric[np.isfinite(numeric)]).max(initial=0)) / 100, 1e-300)
    with np.errstate(all="ignore"):
        errors = np.abs(analytic - numeric) / np.maximum(np.abs(analytic) + np.abs(numeric), floor)
    return np.where(np.isfinite(errors), errors, np.inf)


def _first_not_finite(network: Network, X: np.ndarray) -> str:
    for name, θ in network.parameters.items():
        if not np.isfinite(θ).all():
            return f"{name} itself has infinite or NaN values; look at initializer {network.initializer!r}"
    forward = network.forward(X)
    for name, tensor in forward._asdict().items():
        if not np.isfinite(tensor).all():
            culprit = f"; look at g of activation {network.activation.name!r}" if name == "A1" else ""
            return f"{name} has infinite or NaN values already in the forward pass{culprit}"
    return ""


def _explain_factor(factor: float, m: int) -> str:
    if abs(factor + 1) < 1e-3:
        return ": the sign is wrong"
    if abs(factor / m - 1) < 1e-3:
        return f": it is {m} times too large, the number of samples; is 1/m missing?"
    if abs(factor * m - 1) < 1e-3:
        return f": it is {m} times too small, the number of samples; is 1/m applied twice?"
    return f": it is {factor:.4g} times what it should be, in every entry; is there a factor too many or too few?"


def _mistaken(network: Network, X: np.ndarray, Y: np.ndarray) -> Iterator[tuple[str, Parameters]]:
    """Yield each mistake in words, and its gradients."""
    Z1, A1, _, A2 = network.forward(X)
    W2, m = network.W2, X.shape[1]
    g_prime, output_gradient = network.activation.g_prime, network.loss_function.output_gradient[network.output]
    E, slopes = A2 - network.targets(Y), g_prime(Z1)

    def with_output(E: np.ndarray) -> np.ndarray:
        return output_gradient(E, A2) if output_gradient else E

    def gradients(dZ2: np.ndarray, dZ1: np.ndarray, A1: np.ndarray = A1) -> Parameters:
        return {
            "W1": dZ1 @ X.T / m,
            "b1": dZ1.sum(axis=1, keepdims=True) / m,
            "W2": dZ2 @ A1.T / m,
            "b2": dZ2.sum(axis=1, keepdims=True) / m,
        }

    dZ2 = with_output(E)
    words = "backward gives what (5) to (10) say of this A2; forward or the loss is another than they derive"
    yield words, gradients(dZ2, W2.T @ dZ2 * slopes)
    yield "the derivative g'(Z1) of the activation is missing in (8)", gradients(dZ2, W2.T @ dZ2)
    yield "(8) takes the derivative g' at A1; it must be at Z1", gradients(dZ2, W2.T @ dZ2 * g_prime(A1))
    if W2.shape[0] == W2.shape[1]:
        yield "(8) multiplies by W2; it must be W2.mT @ dZ2", gradients(dZ2, W2 @ dZ2 * slopes)
    yield "(6) multiplies by Z1; it must be dZ2 @ A1.mT", gradients(dZ2, W2.T @ dZ2 * slopes, Z1)
    if network.label_smoothing:
        wrong = with_output(A2 - one_hot(Y, network.output_size, network.dtype))
        yield "label smoothing is missing; (5) needs the smoothed targets", gradients(wrong, W2.T @ wrong * slopes)
    if output_gradient:
        words = f"dZ2 lacks the derivative of output layer {network.output!r}; call output_gradient after (5)"
        yield words, gradients(E, W2.T @ E * slopes)
    else:
        wrong = E * A2 * (1 - A2)
        words = "dZ2 is multiplied by A2 (1 - A2); with this loss that factor cancels, and (5) is complete"
        yield words, gradients(wrong, W2.T @ wrong * slopes)
