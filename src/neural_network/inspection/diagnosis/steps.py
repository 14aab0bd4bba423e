"""Causes that lie in the length of the steps: too long, and the loss jumps about; too short, and it hardly moves."""

import math

import numpy as np

from ...support.norms import norm
from .evidence import RunEvidence
from .finding import Finding
from .hidden import died_later, has_dead_units

Sign = tuple[int | None, str]  # the step since which it shows, and the evidence


def learning_rate_too_high(run: RunEvidence) -> Finding | None:
    """Any of these signs, the plainest first."""
    for sign in (_diverged, _rose, _killed_units, _spiked, _oscillates, _overshoots, _is_held_up):
        if found := sign(run):
            since, evidence = found
            advice = "Try a learning rate ten times lower, or clip the gradients"
            return Finding("learning-rate-too-high", since, evidence, advice)
    return None


def _diverged(run: RunEvidence) -> Sign | None:
    if not run.diverged or (run.first_bad is None and run.validation and not np.isfinite(run.validation_measured[0])):
        return None  # or only the validation loss overflowed
    return run.diverged_at or run.steps + 1, f"training diverged: {divergence(run)}"


def divergence(run: RunEvidence) -> str:
    """Return in words what was seen first, and where."""
    step = f"at step {run.diverged_at}" if run.diverged_at else f"some time after step {run.steps}"
    losses = [row["loss"] for row in run.history.rows]
    before = f", after losses from {losses[0]:.3g} to {max(losses):.3g}" if losses else ""
    return f"{run.first_bad or 'the loss'} is infinite or NaN {step}{before}"


def _rose(run: RunEvidence) -> Sign | None:
    """The loss shot up and never quite came back."""
    losses = run.column("loss")
    limit = 1.5 * max(run.start_loss, run.guessing)
    if run.remaining < 0.5 or run.moved < 0.5 or not losses or max(losses) < limit:
        return None
    first = next(epoch for epoch, loss in enumerate(losses) if loss >= limit)
    return run.first_step(first), (
        f"the loss rose from {run.start_loss:.3g} to {max(losses):.3g} and is {run.loss:.3g} at the end, where "
        f"guessing gives {run.guessing:.3g}; {len(run.dead)} of {run.network.hidden_size} hidden units are dead now"
    )


def _killed_units(run: RunEvidence) -> Sign | None:
    """Steps so long that they carried hidden units to where no sample reaches them any more."""
    if not has_dead_units(run) or not died_later(run):
        return None
    return run.since([count >= len(run.dead) / 2 for count in run.column("dead_units")]), (
        f"{len(run.dead)} of {run.network.hidden_size} hidden units have died on the way; "
        f"the loss is {run.loss:.3g}, where guessing gives {run.guessing:.3g}"
    )


def _spiked(run: RunEvidence) -> Sign | None:
    """The loss had fallen far, shot up, and has not come back since."""
    losses = np.array(run.column("loss"))
    if run.remaining < 0.1 or len(losses) < 2:
        return None
    lowest = np.minimum.accumulate(losses)
    peak = int(np.argmax(losses / np.maximum(lowest, 1e-12)))
    if losses[peak] < max(3 * lowest[peak], 0.3 * run.guessing) or run.loss < lowest[peak]:
        return None
    return run.first_step(peak), (
        f"the loss had fallen to {lowest[peak]:.3g}, rose to {losses[peak]:.3g} in epoch {peak + 1}, and is "
        f"{run.loss:.3g} at the end"
    )


def _oscillates(run: RunEvidence) -> Sign | None:
    """The loss goes up nearly as often as down, without getting anywhere near what careful steps reach."""
    losses = np.array(run.column("loss")[len(run.history) // 2 :])
    if len(losses) < 4 or run.remaining < 0.25:
        return None
    changes = np.diff(losses)
    rises, size = float(np.mean(changes > 0)), float(np.mean(np.abs(changes) / losses[:-1]))
    is_wild = size > 0.1 and run.remaining > 0.3
    is_regularized = losses[-1] > 1.15 * run.loss  # dropout or augmentation, whose losses vary by chance
    goes_nowhere = size > 0.02 and not is_regularized and np.abs(changes).sum() > 3 * abs(losses[-1] - losses[0])
    if rises < 0.25 or not (is_wild or (goes_nowhere and run.descent.gain > 0.15 and run.falls_short)):
        return None
    return run.first_step(len(run.history) // 2), (
        f"in the second half the loss rose in {rises:.0%} of the epochs and changed by {size:.0%} an epoch; it is "
        f"{run.loss:.3g} at the end, and 5 careful steps lower it by {run.descent.gain:.0%}"
    )


def _is_held_up(run: RunEvidence) -> Sign | None:
    """A network that has moved far and still has far to go, and gets there at once with shorter, smoother steps."""
    if run.steps < 10 or run.remaining < 0.4 or run.growth < 1.3 or not run.falls_short:
        return None
    if run.descent.gain < 0.4 and not (run.growth > 1.7 and run.remaining > 0.6 and run.descent.gain > 0.1):
        return None
    updates = run.column("update_W1")
    update = f"a step moves W1 by {np.median(updates):.1%} of its norm, where 0.1% is usual; " if updates else ""
    return 1, (
        f"the norm of W1 is {run.growth:.1f} times that of a fresh one after {run.steps:,} steps, and {update}yet the "
        f"loss is {run.loss:.3g}, and 5 careful steps lower it by {run.descent.gain:.0%}"
    )


def _overshoots(run: RunEvidence) -> Sign | None:
    """Weights many times larger than they began, in a network that the probe outdoes and short steps improve."""
    if run.growth < 5 or run.remaining < 0.15 or run.accuracy > run.probe.accuracy + 0.05:
        return None
    highest, H = max(run.column("loss"), default=0.0), run.network.hidden_size
    if run.descent.gain < 0.1 and highest < 1.1 * run.guessing and len(run.dead) < H / 2:
        return None
    updates = run.column("update_W1")[len(run.history) // 2 :]
    update = f"; a step moves W1 by {np.median(updates):.1%} of its norm, where 0.1% is usual" if updates else ""
    return 1, (
        f"the norm of W1 is {run.growth:.0f} times that of a fresh one{update}; only {run.accuracy:.0%} of the "
        f"training samples are right, and 5 careful steps lower the loss, {run.loss:.3g}, by {run.descent.gain:.0%}; "
        f"{len(run.dead)} of {H} hidden units are dead"
    )


def learning_rate_too_low(run: RunEvidence) -> Finding | None:
    """Nothing has happened yet, and a handful of longer steps would do more than the whole run did."""
    if stopped := _stands_still(run):
        return stopped
    losses, updates = run.column("loss"), run.column("update_W1")
    way = float(np.median(updates)) * run.steps if updates else run.moved  # as a share of the norm of W1
    if run.diverged or run.steps < 10 or run.remaining < 0.8 or way > 0.5:
        return None
    first = losses[0] if len(losses) > 1 else run.start_loss
    achieved = first - (losses[-1] if len(losses) > 1 else run.loss)
    made, borne = max(_learning_rate(run, achieved), 1e-12), run.descent.learning_rate
    possible = run.descent.before - run.descent.after
    has_risen = achieved < -1e-3 * first
    is_slow = borne > 100 * made or (borne > 30 * made and run.remaining > 0.97 and run.steps >= 30)
    if has_risen or not is_slow or possible < max(achieved, 0.05 * run.loss):
        return None
    update = f"; W1 moved by {np.median(updates):.2g} of its norm a step, where 0.001 is usual" if updates else ""
    return Finding(
        "learning-rate-too-low",
        1,
        f"the loss went from {first:.4g} to {first - achieved:.4g} in {run.steps:,} steps of about {made:.1g} times "
        f"the gradient, while 5 steps of {borne:.1g} times the gradient lower it by {possible:.2g}{update}",
        f"Try a learning rate {10 ** int(np.log10(borne / made)):,} times higher",
    )


def _stands_still(run: RunEvidence) -> Finding | None:
    """Steps that have become nothing half-way, as by a schedule that falls too fast, while the slope is still there."""
    half, losses = len(run.history) // 2, run.column("loss")
    if run.diverged or len(losses) < 6 or run.remaining < 0.3:
        return None
    if run.descent.gain < 0.1 or not run.probe.is_above_chance:
        return None
    updates = run.column("update_W1")[half:]
    if np.ptp(losses[half:]) > 1e-4 * run.loss or (updates and np.median(updates) > 1e-5):
        return None
    moved = f"W1 moves by {np.median(updates):.1g} of its norm a step; " if updates else ""
    rates = run.column("learning_rate")
    fell = f"the learning rate went from {rates[0]:.2g} to {rates[-1]:.2g}; " if rates and rates[-1] < rates[0] else ""
    return Finding(
        "learning-rate-too-low",
        run.first_step(half),
        f"the loss stays at {losses[-1]:.4g} from half-way on; {moved}{fell}5 steps of {run.descent.learning_rate:.1g} "
        f"times the gradient would lower it by {run.descent.gain:.0%}",
        "Try longer steps: a schedule that falls less, a higher limit for clipping, or a higher learning rate",
    )


def _learning_rate(run: RunEvidence, achieved: float) -> float:
    """Return how long the steps were, as a multiple of the gradient: measured, or concluded from the loss they cost."""
    if updates := run.column("update_W1"):
        gradient = max(np.median(run.column("gradient_W1")), norm(run.gradients["W1"]))  # the first may be clipped
        return float(np.median(updates)) * norm(run.network.W1) / (gradient or 1.0)
    slope = sum(norm(dθ) ** 2 for dθ in run.gradients.values())
    before = int(run.history.rows[0]["step"]) if len(run.history) > 1 else 0
    return achieved / (slope or 1.0) / (run.steps - before)


def moving_average_behind(run: RunEvidence) -> Finding | None:
    """A network that ended far above the last loss of a run that fell steadily: an average that is still behind."""
    losses, validation = run.column("loss"), run.column("validation_loss")
    if run.diverged or len(losses) < 5 or run.remaining < 0.1 or not (validation or run.is_full_batch):
        return None
    if run.loss < 1.25 * losses[-1] + 0.02 * run.baseline or run.loss > losses[0] or np.mean(np.diff(losses) < 0) < 0.7:
        return None
    if validation and run.validation:
        kept, _ = run.validation_measured
        if math.isclose(kept, validation[-1], rel_tol=1e-3) or kept < 1.01 * min(validation):
            return None  # they are the weights of the last step, or early stopping went back to the best ones
    like = int(np.argmin(np.abs(np.array(losses) - run.loss)))
    return Finding(
        "moving-average-behind",
        None,
        f"the network that was kept has a loss of {run.loss:.3g}, as the run had in epoch {like + 1}, though the loss "
        f"fell to {losses[-1]:.3g} in epoch {len(losses)}: the weights kept are not those of the last step",
        "Use a moving average over fewer steps (a smaller --average), or train longer",
    )
