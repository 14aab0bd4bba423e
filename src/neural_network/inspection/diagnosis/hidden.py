"""Causes that lie in the hidden layer: units that are alike, dead or saturated, weights too small or too large."""

import numpy as np

from ...network import Network
from ...support.norms import norm
from ...training.loop import Samples
from ...training.monitor import DEAD_SLOPE, hidden_slopes
from ..analysis.sampling import some_of
from .evidence import MEASURED_SAMPLES, RunEvidence
from .finding import Finding, listed

ALIKE = 1e-2  # largest difference of the weights of units that are worth one, as a share of their norm


def zero_initialization(run: RunEvidence) -> Finding | None:
    """All weights zero: relu and tanh give 0, so W2 gets no gradient, and through W2 = 0 neither does W1.

    A sigmoid gives 1/2 and gets W2 going, but the units stay alike; W1 is then still 0 where an input is always 0.
    """
    W1 = run.network.W1
    was_penalized = run.initial.W1.any() and "penalty" in run.history.columns
    if run.diverged or was_penalized:
        return None
    always_zero = ~np.any(run.extremes, axis=0)
    began_at_zero = not run.initial.W1.any() or (always_zero.any() and not W1[:, always_zero].any())
    groups = len(_groups_of_alike(run.network, 0.2 if not run.initial.W1.any() else ALIKE))
    if W1.any() and not (began_at_zero and groups == 1 < run.network.hidden_size):
        return None
    state = (
        f"the {len(W1)} hidden units, which began at 0, still have the same weights, and are worth one unit"
        if W1.any()
        else f"all {W1.size:,} weights of W1 are 0, and with them the gradients that should change them"
    )
    return Finding(
        "zero-initialization",
        1,
        f"{state}; the loss went from {run.start_loss:.3f} to {run.loss:.3f}, and {run.baseline:.3f} needs no inputs "
        f"at all",
        f"Start from small random weights: {_better_initializer(run)}",
    )


def symmetric_initialization(run: RunEvidence) -> Finding | None:
    """Units that start alike get the same gradient, and so stay alike."""
    H = run.network.hidden_size
    if run.diverged or H < 2 or not run.network.W1.any():
        return None
    groups = _groups_of_alike(run.network, ALIKE)
    if len(groups) > 0.8 * H:
        return None
    largest = max(groups, key=len)
    return Finding(
        "symmetric-initialization",
        1,
        f"the {H} hidden units have only {len(groups)} different set{'s'[: len(groups) - 1]} of weights, and are worth "
        f"{len(groups)}: units {listed(largest)} are alike",
        "Start every unit from random weights of its own",
    )


def _groups_of_alike(network: Network, tolerance: float) -> list[np.ndarray]:
    """Return the indices of the hidden units in groups that have the same weights; units without weights are alone."""
    weights = np.hstack([network.W1, network.b1, network.W2.T]).astype(np.float64)
    norms = np.linalg.norm(weights, axis=1)
    left, groups = np.arange(len(weights)), []
    while len(left):
        distances = np.linalg.norm(weights[left] - weights[left[0]], axis=1)
        alike = (distances <= tolerance * norms[left[0]]) & (norms[left[0]] > 0)
        alike[0] = True
        groups.append(left[alike])
        left = left[~alike]
    return groups


def initialization_not_finite(run: RunEvidence) -> Finding | None:
    """NaN or infinity among the initial weights, before anything was learned."""
    drawn, ended = run.initial.parameters, run.network.parameters
    for name in drawn:
        bad = ~np.isfinite(drawn[name])
        if bad.any():
            state = f"initializer {run.network.initializer!r} gives infinite or NaN values"
            break
        bad = ~np.isfinite(ended[name])
        is_first = run.diverged_at == 1 or (run.diverged_at is None and not run.history.rows and not bad.all())
        if is_first and bad.any() and np.abs(ended[name][~bad]).max(initial=0) < 1e3:
            state = "there were infinite or NaN values before the first step was completed"
            break
    else:
        return None
    return Finding(
        "initialization-not-finite",
        1,
        f"{state}: {np.count_nonzero(bad):,} of {bad.size:,} entries of {name}",
        "Look at what sets the initial weights; no learning rate corrects this",
    )


def dead_units(run: RunEvidence) -> Finding | None:
    """Units that were dead from the first step, so that no gradient ever reached them."""
    if run.diverged or run.is_saturating:
        return None
    H, dead = run.network.hidden_size, run.dead
    if not (int(run.unmoved[dead].sum()) >= _many(run)) and (not has_dead_units(run) or died_later(run)):
        return None
    biases = run.network.b1[dead]
    return Finding(
        "dead-units",
        run.since([count >= len(dead) for count in run.column("dead_units")]) or 1,
        f"{len(dead)} of {H} hidden units are 0 on every sample and cannot learn (units {listed(dead)}); their biases "
        f"are {biases.mean():.2g} on average, their weights typically {np.abs(run.network.W1[dead]).mean():.2g}",
        "Start with biases of 0 and weights of both signs, or use leaky-relu, whose slope is nowhere 0",
    )


def has_dead_units(run: RunEvidence) -> bool:
    """Whether so many hidden units are dead that it does harm."""
    dead, most = len(run.dead), 0.75 * run.network.hidden_size
    if dead < _many(run):
        return False
    if dead >= most:
        return run.remaining > 0.3
    return run.steps >= 30 and (run.remaining > 0.5 or (run.remaining > 0.35 and run.falls_short))


def died_later(run: RunEvidence) -> bool:
    """Whether most dead units were active at the start; where that is not known, whether they ever moved."""
    if run.dead_at_start is not None:
        return run.dead_at_start < len(run.dead) / 2
    if run.unmoved[run.dead].mean() > 0.5:
        return False
    return run.growth > 3 or max(run.column("loss"), default=0.0) > 1.1 * run.guessing


def _many(run: RunEvidence) -> float:
    """Return how many dead units are clearly more than chance: half, or nearly all where the inputs make some so."""
    H = run.network.hidden_size
    return max(3, (0.5 if run.dead_by_chance <= max(1, 0.1 * H) else 0.85) * H)


def remark_on_units(network: Network, train: Samples) -> str | None:
    """Return a remark on hidden units that learn from hardly any sample, though the run may be fine without them."""
    X, _ = some_of(*train, MEASURED_SAMPLES)
    slopes = hidden_slopes(network.activation, network.forward(X).Z1)
    active = (slopes >= DEAD_SLOPE).mean(axis=1)
    idle = np.flatnonzero(active < 0.01)
    if not len(idle):
        return None
    shares = [f"unit {unit} learns from {active[unit]:.1%} of the samples" for unit in idle[:3]]
    return ", ".join(shares) + (f", and {len(idle) - 3} others from as few" if len(idle) > 3 else "")


def saturated_units(run: RunEvidence) -> Finding | None:
    """Units that began where a bounded activation is flat, and are there still."""
    if run.diverged or not run.is_saturating or run.remaining < 0.2:
        return None
    slope = float(run.slopes.mean())
    stuck = np.median(run.slopes, axis=1) < 0.01
    were_stuck = np.count_nonzero(stuck & run.unmoved) >= max(4, len(stuck) / 2)
    limit = 0.2 if run.remaining > 0.5 else 0.1
    monitored = run.column("hidden_slope")
    start = monitored[0] if monitored else slope if run.moved < 0.5 else 1.0
    hinder = max(slope, start) < 0.4 and run.remaining > 0.6 and run.steps >= 50 and run.start_loss > run.guessing
    if not were_stuck and not hinder and not max(slope, start) < limit:
        return None
    return Finding(
        "saturated-units",
        run.since([share < limit for share in monitored]) or 1,
        f"{np.count_nonzero(stuck)} of {len(stuck)} hidden units are at the flat ends of "
        f"{run.network.activation.name} (units {listed(np.flatnonzero(stuck))}): on average {slope:.1%} of the "
        f"largest slope is left for gradients; Z1 is typically ±{np.abs(run.forward.Z1).mean():.2g}",
        f"Start from smaller weights, so that Z1 is around ±1: {_better_initializer(run)}",
    )


def initialization_too_large(run: RunEvidence) -> Finding | None:
    """Weights so large that the run spends itself on undoing its first, very confident, mistakes."""
    if run.remaining < 0.5 and not (run.diverged and run.history.rows):
        return None
    scales = {name: run.starting_scale(name) or 1.0 for name in ("W1", "W2")}
    name = max(scales, key=lambda name: scales[name])
    if run.start_loss < (1.5 if scales[name] > 10 else 5) * run.guessing:
        return None
    if not run.is_start_known and scales[name] < 3:
        return None  # the steps of the first epoch may have raised the loss
    size = f"; {name} was about {scales[name]:.0f} times as large as he-normal makes it" if scales[name] > 3 else ""
    return Finding(
        "initialization-too-large",
        1,
        f"the loss was {run.start_loss:.3g} {'at the start' if run.is_start_known else 'in the first epoch'}, where "
        f"guessing gives {run.guessing:.3g}{size}",
        f"Start from smaller weights: {_better_initializer(run)}",
    )


def vanishing_gradients(run: RunEvidence) -> Finding | None:
    """A loss that has not left the baseline, since next to no gradient gets through layers that are next to zero."""
    if run.diverged or run.steps < 10 or run.remaining < 0.98 or not run.probe.is_above_chance:
        return None
    if len(run.dead) == run.network.hidden_size and not run.is_saturating:
        return None  # they have no gradient, whatever the size of their weights
    usual = run.fresh("he-normal")
    gradients = usual.backward(run.X, run.Y)
    reached, expected = (max(norm(dθ["W1"]), norm(dθ["W2"])) for dθ in (run.gradients, gradients))
    size, usual_size = norm(run.network.W1), norm(usual.W1)
    if reached > 0.1 * expected or size > 0.3 * usual_size:
        return None
    return Finding(
        "vanishing-gradients",
        1,
        f"the gradients of W1 and W2 have a norm of {reached:.2g} at most, where a fresh he-normal network has "
        f"{expected:.2g}: that of W1 itself is only {size / usual_size:.2g} times as large; the loss is still "
        f"{run.loss:.3f}",
        f"Start from larger weights: {_better_initializer(run)}",
    )


def _better_initializer(run: RunEvidence) -> str:
    """Return in words which initializer to use; the run may have had it, and other weights been set afterwards."""
    usual, own = run.usual_initializer, run.network.initializer
    if own.startswith(("he-", "glorot-", "lecun-")):
        return f"{own} as it is gives them; something else has set or scaled these"
    return f"{usual} suits {run.network.activation.name}"
