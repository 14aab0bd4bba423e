"""Causes that lie in the hidden layer: units that are all alike, silent, saturated, or too small or large to learn."""

import numpy as np

from ...support.norms import norm
from .evidence import Case
from .finding import Finding

INITIALIZERS = "Use he-normal (relu and its kin) or glorot-normal (tanh, sigmoid)"


def zero_initialization(case: Case) -> Finding | None:
    """All weights zero: relu and tanh answer 0, so W2 gets no gradient, and through W2 = 0 neither does W1.

    A sigmoid answers 1/2 and gets W2 going, but the units stay alike; W1 is then still 0 where an input never spoke.
    """
    W1 = case.network.W1
    was_penalized = case.made.W1.any() and "penalty" in case.history.columns
    if case.diverged or was_penalized:
        return None
    mute = ~np.any(case.extremes, axis=0)  # an input that is never anything but 0
    began_at_zero = not case.made.W1.any() or (mute.any() and not W1[:, mute].any())
    if W1.any() and not (
        began_at_zero and case.network.hidden_size > 1 and _apart(case) < (1e-2 if case.made.W1.any() else 0.2)
    ):
        return None
    state = (
        f"the {len(W1)} hidden units, which began at 0, still have the same weights, and are worth one unit"
        if W1.any()
        else f"all {W1.size:,} weights of W1 are 0, and with them the gradients that should change them"
    )
    return Finding(
        "zero-initialization",
        1,
        f"{state}; the loss went from {case.start_loss:.3f} to {case.loss:.3f}, and {case.baseline:.3f} needs no "
        f"inputs at all",
        f"Start from small random weights. {INITIALIZERS}",
    )


def symmetric_initialization(case: Case) -> Finding | None:
    """Units that start alike get the same gradient, and so stay alike."""
    if case.diverged or case.network.hidden_size < 2 or not case.network.W1.any():
        return None
    apart = _apart(case)
    if apart > 1e-3:
        return None
    return Finding(
        "symmetric-initialization",
        1,
        f"all {case.network.hidden_size} hidden units have the same weights to within {apart:.0e}: together they are "
        f"worth one unit",
        f"Start every unit from random weights of its own. {INITIALIZERS}",
    )


def _apart(case: Case) -> float:
    """Return how much the units' weights differ, as a share of the largest weight."""
    weights = case.network.W1, case.network.W2.T
    return max(float(np.abs(W - W[0]).max()) / (float(np.abs(W).max()) or 1.0) for W in weights)


def initialization_not_finite(case: Case) -> Finding | None:
    """NaN or infinity among the first weights, or sums that overflow in the first step, before anything was learnt."""
    θ = case.network.parameters
    spoilt = [name for name in θ if not np.isfinite(case.made.parameters[name]).all()]
    if not spoilt and not case.history.rows:
        bad = {name: ~np.isfinite(values) for name, values in θ.items()}
        # The first step's update would have carried NaN into the whole of a matrix.
        spoilt = [name for name in θ if bad[name].any() and (case.diverged_at == 1 or not bad[name].all())]
    if not spoilt:
        return None
    name = spoilt[0]
    values = case.made.parameters[name] if np.isfinite(θ[name]).all() else θ[name]
    return Finding(
        "initialization-not-finite",
        1,
        f"{name} held infinite or NaN values before the first step: {np.count_nonzero(~np.isfinite(values)):,} of "
        f"{values.size:,} entries now",
        f"Look at the initializer, {case.network.initializer!r}, or at what else set the weights; no learning rate "
        f"mends this",
    )


def dead_units(case: Case) -> Finding | None:
    """Units that were silent from the first step, so that no gradient ever reached them."""
    if case.diverged or _is_saturating(case):
        return None
    H, dead = case.network.hidden_size, case.silent
    if not (_born_dead(case) >= _many(case)) and (not has_dead_units(case) or died_later(case)):
        return None
    biases = case.network.b1[dead]
    return Finding(
        "dead-units",
        case.since([silent >= len(dead) for silent in case.column("dead_units")]) or 1,
        f"{len(dead)} of {H} hidden units are silent on every sample and cannot learn (units {listed(dead)}); "
        f"their biases are {biases.mean():.2g} on average, W1 typically {np.abs(case.network.W1).mean():.2g}",
        "Start with biases of 0 and he-normal weights, or use leaky-relu, which is never quite silent",
    )


def has_dead_units(case: Case) -> bool:
    """Whether so many hidden units are silent that it does harm."""
    dead, most = len(case.silent), 0.75 * case.network.hidden_size
    if dead < _many(case):
        return False
    return case.remaining > 0.3 if dead >= most else case.remaining > 0.5 and case.steps >= 30


def died_later(case: Case) -> bool:
    """Whether most silent units could be heard at the start; where that is not known, whether they ever moved."""
    if case.start:
        return case.start.silent < len(case.silent) / 2
    if case.unmoved[case.silent].mean() > 0.5:
        return False
    return case.growth > 3 or max(case.column("loss"), default=0.0) > 1.1 * case.guessing


def _born_dead(case: Case) -> int:
    """Return how many of the silent units never moved."""
    return int(case.unmoved[case.silent].sum())


def _many(case: Case) -> float:
    """Return how many silent units are clearly more than chance: half, or nearly all where the inputs silence some."""
    H = case.network.hidden_size
    return max(3, (0.5 if case.silent_by_chance <= max(1, 0.1 * H) else 0.85) * H)


def saturated_units(case: Case) -> Finding | None:
    """Units that began where a bounded activation is flat, and are there still."""
    if case.diverged or not _is_saturating(case):
        return None
    slope = float(case.slopes.mean())
    stuck = np.median(case.slopes, axis=1) < 0.01
    were_stuck = np.count_nonzero(stuck & case.unmoved) >= max(4, len(stuck) / 2)
    limit = 0.2 if case.remaining > 0.5 else 0.1
    start = case.start.slope if case.start else slope if case.unmoved.mean() > 0.5 else 1.0
    hinder = max(slope, start) < 0.4 and case.remaining > 0.6 and case.steps >= 50 and case.start_loss > case.guessing
    if not were_stuck and not hinder and not max(slope, start) < limit:
        return None
    return Finding(
        "saturated-units",
        case.since([share < limit for share in case.column("hidden_slope")]) or 1,
        f"{np.count_nonzero(stuck)} of {len(stuck)} hidden units are at the flat ends of "
        f"{case.network.activation.name} (units {listed(np.flatnonzero(stuck))}): on average {slope:.1%} of the "
        f"largest slope is left for gradients; sums Z1 are typically ±{np.abs(case.forward.Z1).mean():.2g}",
        f"Start from smaller weights, so that sums are around ±1. {INITIALIZERS}",
    )


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
    reached, expected = (max(norm(dθ["W1"]), norm(dθ["W2"])) for dθ in (case.gradients, gradients))
    size, usual_size = norm(case.network.W1), norm(usual.W1)
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
