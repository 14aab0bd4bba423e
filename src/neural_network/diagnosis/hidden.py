"""Causes that lie in the hidden layer: units that are all alike, silent, saturated, or too small or large to learn."""

from itertools import pairwise

import numpy as np

from ..monitor import length
from .case import Case
from .finding import Finding

INITIALIZERS = "Use he-normal (relu and its kin) or glorot-normal (tanh, sigmoid)"


def zero_initialization(case: Case) -> Finding | None:
    """All weights zero: relu and tanh answer 0, so W2 gets no gradient, and through W2 = 0 neither does W1."""
    W1 = case.network.W1
    was_penalized = case.made.W1.any() and "penalty" in case.history.columns
    if case.diverged or W1.any() or was_penalized:
        return None
    return Finding(
        "zero-initialization",
        1,
        f"all {W1.size:,} weights of W1 are 0, and with them the gradients that should change them; "
        f"the loss went from {case.start_loss:.3f} to {case.loss:.3f}, and {case.baseline:.3f} needs no inputs at all",
        f"Start from small random weights. {INITIALIZERS}",
    )


def symmetric_initialization(case: Case) -> Finding | None:
    """Units that start alike get the same gradient, and so stay alike."""
    if case.diverged or case.network.hidden_size < 2 or not case.network.W1.any():
        return None
    W1, W2 = case.network.W1, case.network.W2.T
    apart = max(float(np.abs(W - W[0]).max()) / (float(np.abs(W).max()) or 1.0) for W in (W1, W2))
    if apart > 1e-3:
        return None
    return Finding(
        "symmetric-initialization",
        1,
        f"all {len(W1)} hidden units have the same weights to within {apart:.0e}: together they are worth one unit",
        f"Start every unit from random weights of its own. {INITIALIZERS}",
    )


def dead_units(case: Case) -> Finding | None:
    """Units that were silent from the first step, so that no gradient ever reached them."""
    if case.diverged or not has_dead_units(case) or died_later(case) or _is_saturating(case):
        return None
    H, dead = case.network.hidden_size, case.silent
    biases = case.network.b1[dead]
    return Finding(
        "dead-units",
        case.since([silent >= len(dead) for silent in case.column("silent_units")]) or 1,
        f"{len(dead)} of {H} hidden units are silent on every sample and cannot learn (units {listed(dead)}); "
        f"their biases are {biases.mean():.2g} on average, W1 typically {np.abs(case.network.W1).mean():.2g}",
        "Start with biases of 0 and he-normal weights, or use leaky-relu, which is never quite silent",
    )


def has_dead_units(case: Case) -> bool:
    """Whether so many hidden units are silent that it does harm: of few units, some may be so by chance."""
    dead, H = len(case.silent), case.network.hidden_size
    most, half = dead >= 0.75 * H, dead >= 0.5 * H
    return dead >= 3 and ((most and case.remaining > 0.3) or (half and case.remaining > 0.5 and case.steps >= 30))


def died_later(case: Case) -> bool:
    """Whether most silent units could be heard at the start; where that is not known, whether the loss ever rose."""
    if case.start:
        return case.start.silent < len(case.silent) / 2
    return max(case.column("loss"), default=0.0) > 1.1 * case.guessing


def saturated_units(case: Case) -> Finding | None:
    """Units that began where a bounded activation is flat, and are there still."""
    if case.diverged or not _is_saturating(case):
        return None
    slope = float(case.slopes.mean())
    limit = 0.2 if case.remaining > 0.5 else 0.1
    began_well = case.start.slope > limit if case.start else case.remaining < 0.5 or _jumped(case)
    if slope > limit or began_well:
        return None
    stuck = np.flatnonzero(np.median(case.slopes, axis=1) < 0.01)
    return Finding(
        "saturated-units",
        case.since([share < limit for share in case.column("hidden_slope")]) or 1,
        f"{len(stuck)} of {len(case.slopes)} hidden units are at the flat ends of {case.network.activation.name} "
        f"(units {listed(stuck)}): on average {slope:.1%} of the largest slope is left for gradients; "
        f"sums Z1 are typically ±{np.abs(case.forward.Z1).mean():.2g}",
        f"Start from smaller weights, so that sums are around ±1. {INITIALIZERS}",
    )


def _jumped(case: Case) -> bool:
    """Whether the loss rose from one epoch to the next: steps too long make it do so, flat activations never."""
    return any(after > 1.05 * before for before, after in pairwise(case.column("loss")))


def initialization_too_large(case: Case) -> Finding | None:
    """Weights so large that the run spends itself on undoing its first, very confident, mistakes."""
    if case.start_loss < 5 * case.guessing or case.remaining < 0.5:
        return None
    return Finding(
        "initialization-too-large",
        1,
        f"the loss was {case.start_loss:.3g} before anything was learnt, where guessing gives {case.guessing:.3g}",
        f"Start from smaller weights. {INITIALIZERS}",
    )


def vanishing_gradients(case: Case) -> Finding | None:
    """A loss that has not left the baseline, since next to no gradient gets through layers that are next to zero."""
    if case.diverged or case.steps < 10 or case.remaining < 0.98 or not case.is_learnable:
        return None
    usual = case.fresh("he-normal")
    gradients = usual.backward(case.X, case.Y)
    reached, expected = (max(length(dθ["W1"]), length(dθ["W2"])) for dθ in (case.gradients, gradients))
    size, usual_size = length(case.network.W1), length(usual.W1)
    if reached > 0.1 * expected or size > 0.3 * usual_size:
        return None
    return Finding(
        "vanishing-gradients",
        1,
        f"the gradients of W1 and W2 are at most {reached:.1e} long, where a fresh he-normal network has "
        f"{expected:.1e}, as W1 is only {size / usual_size:.1e} times as long; the loss is still {case.loss:.3f}",
        f"Start from larger weights. {INITIALIZERS}",
    )


def listed(units: np.ndarray, most: int = 12) -> str:
    """Return the first of these indices as words."""
    return ", ".join(map(str, units[:most])) + (", …" if len(units) > most else "") or "none wholly"


def _is_saturating(case: Case) -> bool:
    """Whether the activation is flat at both ends."""
    ends = np.array([[-30.0], [30.0]])
    return bool(np.abs(case.network.activation.g_prime(ends)).max() < 1e-3)
