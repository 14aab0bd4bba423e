"""The cause that lies in the equations: gradients that are not the derivative of the loss."""

import copy

import numpy as np

from ...functions.activations import Activation
from ...network import Network
from ...support.randomness import stream
from ..gradient_check.check import TOLERANCE, GradientCheck, check_gradients
from ..gradient_check.common_mistakes import STEP, relative_errors
from .evidence import RunEvidence
from .finding import Finding

INPUTS, UNITS, CLASSES, SAMPLES = 12, 8, 10, 8  # of the small copy that is checked: a few hundred parameters
LARGEST_WHOLE = 10_000  # parameters of a network that is checked as it is, where it has no small copy


def wrong_gradients(run: RunEvidence) -> Finding | None:
    """A mistake in the equations, an activation or a loss: the steps then lead elsewhere, whatever their length."""
    for seed in (0, 1):  # twice: one may cross a corner of g that is not declared
        check = _check(run.network, seed)
        if check is None or not check.failed:
            return None
        worst = check.worst
    if worst.startswith("g' of") and _fits(run.network.activation):
        return None
    return Finding(
        "wrong-gradients",
        1,
        f"backward does not give the derivative of the loss; on {SAMPLES} random samples, {worst}",
        "Correct it first: check_gradients says when it is right",
    )


def _check(network: Network, seed: int) -> GradientCheck | None:
    """Return the gradient check of a small copy, or of the network itself where the equations refuse other sizes."""
    rng = stream(seed)
    for small in (True, False):
        candidate = _with_random_weights(network, rng, small)
        if sum(θ.size for θ in candidate.parameters.values()) > LARGEST_WHOLE:
            return None
        X = rng.standard_normal((candidate.input_size, SAMPLES))
        try:
            check = check_gradients(candidate, X, rng.integers(0, candidate.output_size, SAMPLES))
        except Exception:  # whatever the forward of a subclass may raise
            continue
        if check.parameters_checked:
            return check
    return None


def _with_random_weights(network: Network, rng: np.random.Generator, small: bool) -> Network:
    """Return a copy in float64 with random weights, so that the check is of the equations and not of where they led."""
    candidate = copy.copy(network)
    candidate.dtype = np.dtype(np.float64)
    if small:
        candidate.input_size, candidate.hidden_size = min(INPUTS, network.input_size), min(UNITS, network.hidden_size)
        candidate.output_size = min(CLASSES, network.output_size)
    D, H, C = candidate.input_size, candidate.hidden_size, candidate.output_size
    candidate.W1, candidate.b1 = rng.standard_normal((H, D)) * (2 / D) ** 0.5, rng.standard_normal((H, 1)) / 2
    candidate.W2, candidate.b2 = rng.standard_normal((C, H)) * (2 / H) ** 0.5, rng.standard_normal((C, 1)) / 2
    return candidate


def _fits(activation: Activation) -> bool:
    """Whether g' is the derivative of g but at a few places, which may be corners."""
    Z = 3 * stream(0).standard_normal((8, 50))
    with np.errstate(all="ignore"):
        slopes = (activation.g(Z + STEP) - activation.g(Z - STEP)) / (2 * STEP)
        return bool(np.mean(relative_errors(activation.g_prime(Z), slopes) >= TOLERANCE) < 0.01)
