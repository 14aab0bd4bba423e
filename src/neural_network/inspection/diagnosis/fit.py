"""Causes that lie in how network and samples suit each other: too small a network, too large, or held too tightly."""

import numpy as np

from ...functions.metrics import accuracy
from ...support.norms import norm
from .evidence import TRIED_ON, Case, subset
from .experiments import descend
from .finding import Finding

CAREFUL_STEPS = 100


def regularization_too_strong(case: Case) -> Finding | None:
    """Penalties that were cheaper to serve than the samples, or dropout that leaves too little to learn from."""
    if silenced := _silenced(case):
        return silenced
    penalty = case.column("penalty")
    shrunk = norm(case.network.W1) / (norm(case.made.W1) or 1.0)
    is_held = shrunk < 0.3 and case.remaining > 0.9
    is_held |= shrunk < 0.6 and case.remaining > 0.5 and case.descent.gain > 0.15 and not _is_still_falling(case)
    if case.diverged or not penalty or not is_held:
        return None
    return Finding(
        "regularization-too-strong",
        1,
        f"W1 has shrunk to {shrunk:.1%} of its length at the start while the loss stayed at {case.loss:.3g}, "
        f"where {case.baseline:.3g} needs no inputs at all",
        "Try a penalty ten times smaller",
    )


def _silenced(case: Case) -> Finding | None:
    """Training that sees hardly anything right of what the network, with nothing taken away, does read."""
    losses, seen = case.column("loss"), case.column("accuracy")
    if case.diverged or len(losses) < 5 or losses[-1] < 0.85 * losses[len(losses) // 2]:
        return None
    if (
        losses[-1] < 0.85 * case.baseline
        or seen[-1] > 0.65 * case.accuracy
        or case.accuracy < 0.18
        or not case.is_learnable
    ):
        return None
    return Finding(
        "regularization-too-strong",
        1,
        f"in training the loss stays at {losses[-1]:.3g}, and {seen[-1]:.0%} are right, while the network that results "
        f"reads {case.accuracy:.0%} of the very same samples when nothing is dropped",
        "Try a much smaller dropout, such as 0.2 to 0.5, or less augmentation",
    )


def _is_still_falling(case: Case) -> bool:
    losses = case.column("loss")
    return bool(losses) and losses[-1] < 0.85 * losses[len(losses) // 2]


def under_capacity(case: Case) -> Finding | None:
    """A loss that has come to rest, too high, in a network of few hidden units that are all in order."""
    H, C, score = case.network.hidden_size, int(np.count_nonzero(case.counts)), case.predictability[0]
    if case.diverged or max(0.4 * C, 3) <= H or case.steps < 100 or not case.is_learnable:
        return None
    missed = 1 - case.accuracy
    if missed < 0.12 or missed < 1.1 * (1 - score) or case.descent.gain > 0.15:
        return None
    samples, enough = subset(case.train, TRIED_ON), max(4 * H, C)
    narrow = descend(case.network, *samples, steps=CAREFUL_STEPS).after
    wide = descend(case.fresh("he-normal", enough), *samples, steps=CAREFUL_STEPS).after
    if wide > 0.6 * narrow:
        return None
    return Finding(
        "under-capacity",
        None,
        f"with {H} hidden unit{'s'[: H - 1]} for {C} classes {case.accuracy:.0%} of the training samples are right, "
        f"and {CAREFUL_STEPS} careful steps more only reach a loss of {narrow:.3g}, {enough} fresh units {wide:.3g}",
        f"Try {max(4 * H, 2 * C)} hidden units",
    )


def overfitting(case: Case) -> Finding | None:
    """Training samples known by heart while validation gains nothing more."""
    if case.diverged or case.validation is None:
        return None
    X, Y = subset(case.validation, 10_000)
    forward = case.network.forward(X)
    loss, right = case.network.mean_loss(forward, Y), accuracy(forward.A2.argmax(axis=0), Y)
    gap, noise = case.accuracy - right, 3 * np.sqrt(right * (1 - right) / len(Y))
    losses = case.column("validation_loss")
    has_risen = bool(losses) and loss > 1.15 * min(losses)
    by_heart = bool(losses) and case.accuracy > 0.995 and loss > max(1.25 * min(losses), 30 * case.loss)
    if gap < max(0.05 if by_heart else 0.15, noise) or loss < (3 if has_risen else 10) * case.loss:
        return None
    since = None
    if losses:
        since = case.since([best <= 1.02 * min(losses) for best in np.minimum.accumulate(losses)])
        half = len(losses) // 2
        if min(losses[half:]) < 0.97 * min(losses[: half + 1]):
            return None  # validation is still gaining
    best = f", {min(losses):.3g} at best" if losses else ""
    return Finding(
        "overfitting",
        since,
        f"{case.accuracy:.1%} of the training samples are right, {right:.1%} of the validation samples; "
        f"loss {case.loss:.2g} and {loss:.3g}{best}",
        "Try more or augmented samples, dropout, a penalty on the weights, fewer hidden units, or early stopping",
    )
