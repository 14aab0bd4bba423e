"""Causes that lie in the length of the steps: too long, and the loss jumps about; too short, and it hardly moves."""

from itertools import pairwise

import numpy as np

from ...support.norms import norm
from .evidence import Case
from .finding import Finding
from .hidden import died_later, has_dead_units

LOWER = "Try a learning rate ten times lower"


def learning_rate_too_high(case: Case) -> Finding | None:
    """Any of five signs, the plainest first."""
    for sign in (_diverged, _rose, _killed_units, _oscillates, _blew_up):
        if found := sign(case):
            since, evidence = found
            return Finding("learning-rate-too-high", since, evidence, f"{LOWER}, or clip the gradients")
    return None


def _diverged(case: Case) -> tuple[int | None, str] | None:
    if not case.diverged:
        return None
    return case.diverged_at or case.steps + 1, f"training diverged: {divergence(case)}"


def divergence(case: Case) -> str:
    """Return in words what was seen first, and where."""
    step = f"at step {case.diverged_at}" if case.diverged_at else f"some time after step {case.steps}"
    losses = [row["loss"] for row in case.history.rows]
    before = f", after losses from {losses[0]:.3g} to {max(losses):.3g}" if losses else ""
    return f"{case.first_bad or 'the loss'} is infinite or NaN {step}{before}"


def _rose(case: Case) -> tuple[int | None, str] | None:
    """The loss shot up and never quite came back."""
    losses, limit = case.column("loss"), 1.5 * max(case.start_loss, case.guessing)
    if case.remaining < 0.5 or case.moved < 0.5 or not losses or max(losses) < limit:
        return None
    peak = int(np.argmax(losses))
    since = next(epoch for epoch, loss in enumerate(losses) if loss >= limit)
    return case.first_step(since), (
        f"the loss rose to {losses[peak]:.3g} and is {case.loss:.3g} at the end, where guessing gives "
        f"{case.guessing:.3g}; {len(case.silent)} of {case.network.hidden_size} hidden units are silent now"
    )


def _killed_units(case: Case) -> tuple[int | None, str] | None:
    """Steps so long that they carried hidden units to where no sample reaches them any more."""
    if not has_dead_units(case) or not died_later(case):
        return None
    return case.since([count >= len(case.silent) / 2 for count in case.column("dead_units")]), (
        f"{len(case.silent)} of {case.network.hidden_size} hidden units have died on the way; "
        f"the loss is {case.loss:.3g}, where guessing gives {case.guessing:.3g}"
    )


def _oscillates(case: Case) -> tuple[int | None, str] | None:
    """The loss goes up nearly as often as down, by large amounts, without getting anywhere."""
    losses = case.column("loss")[len(case.history) // 2 :]
    if len(losses) < 4 or case.remaining < 0.3:
        return None
    changes = np.array([(after - before) / before for before, after in pairwise(losses)])
    rises = float(np.mean(changes > 0))
    if rises < 0.25 or np.abs(changes).mean() < 0.1:
        return None
    return case.first_step(len(case.history) // 2), (
        f"in the second half the loss rose in {rises:.0%} of the epochs and changed by "
        f"{np.abs(changes).mean():.0%} an epoch; it is {case.loss:.3g} at the end"
    )


def _blew_up(case: Case) -> tuple[int | None, str] | None:
    """Weights many times longer than they began, in a network that another learner outdoes and short steps improve."""
    if case.growth < 5 or case.remaining < 0.15 or case.accuracy > case.predictability[0] + 0.05:
        return None
    highest, H = max(case.column("loss"), default=0.0), case.network.hidden_size
    if case.descent.gain < 0.1 and highest < 1.1 * case.guessing and len(case.silent) < H / 2:
        return None
    updates = case.column("update_W1")[len(case.history) // 2 :]
    update = f"; a step moves W1 by {np.median(updates):.1%} of its length, where 0.1% is usual" if updates else ""
    return 1, (
        f"W1 is {case.growth:.0f} times as long as a fresh one{update}; only {case.accuracy:.0%} of the training "
        f"samples are right, and 5 careful steps lower the loss, {case.loss:.3g}, by {case.descent.gain:.0%}; "
        f"{len(case.silent)} of {H} hidden units are silent"
    )


def learning_rate_too_low(case: Case) -> Finding | None:
    """Nothing has happened yet, and a handful of longer steps would do more than the whole run did."""
    if stopped := _stands_still(case):
        return stopped
    if case.diverged or case.steps < 10 or len(case.history) < 2 or case.remaining < 0.8:
        return None
    losses = case.column("loss")
    achieved = losses[0] - losses[-1]
    made, borne = max(_learning_rate(case, achieved), 1e-12), case.descent.learning_rate
    possible = case.descent.before - case.descent.after
    has_risen = achieved < -1e-3 * losses[0]
    if has_risen or borne < 100 * made or possible < max(achieved, 0.05 * case.loss):
        return None
    updates = case.column("update_W1")
    update = f"; W1 moved by {np.median(updates):.1e} of its length a step, where 1e-3 is usual" if updates else ""
    return Finding(
        "learning-rate-too-low",
        1,
        f"the loss went from {losses[0]:.4g} to {losses[-1]:.4g} in {case.steps:,} steps of about {made:.0e} times the "
        f"gradient, while 5 steps of {borne:.0e} times the gradient take it down by {possible:.2g}{update}",
        f"Try a learning rate {10 ** int(np.log10(borne / made)):,} times higher",
    )


def _stands_still(case: Case) -> Finding | None:
    """Steps that have become nothing half-way, as by a schedule that falls too fast, while the slope is still there."""
    half, losses = len(case.history) // 2, case.column("loss")
    if case.diverged or len(losses) < 6 or case.remaining < 0.3 or case.descent.gain < 0.1 or not case.is_learnable:
        return None
    updates = case.column("update_W1")[half:]
    if np.ptp(losses[half:]) > 1e-4 * case.loss or (updates and np.median(updates) > 1e-5):
        return None
    moved = f"W1 moves by {np.median(updates):.0e} of its length a step; " if updates else ""
    rates = case.column("learning_rate")
    fell = f"the learning rate went from {rates[0]:.1e} to {rates[-1]:.1e}; " if rates and rates[-1] < rates[0] else ""
    return Finding(
        "learning-rate-too-low",
        case.first_step(half),
        f"the loss stays at {losses[-1]:.4g} since half-way; {moved}{fell}5 steps of {case.descent.learning_rate:.0e} "
        f"times the gradient would lower it by {case.descent.gain:.0%}",
        "Try longer steps: a schedule that falls less, a higher limit for clipping, or a higher learning rate",
    )


def _learning_rate(case: Case, achieved: float) -> float:
    """Return how long the steps were, as a multiple of the gradient: measured, or concluded from the loss they cost."""
    if updates := case.column("update_W1"):
        return float(np.median(updates)) * norm(case.network.W1) / (norm(case.gradients["W1"]) or 1.0)
    slope = sum(norm(dθ) ** 2 for dθ in case.gradients.values())
    return achieved / (slope or 1.0) / (case.steps - int(case.history.rows[0]["step"]))
