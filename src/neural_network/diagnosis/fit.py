"""Causes that lie in how network and samples suit each other: too small a network, too large, or held too tightly."""

import numpy as np

from ..metrics import accuracy
from ..monitor import length
from .case import TRIED_ON, Case, subset
from .experiments import descend
from .finding import Finding


def regularization_too_strong(case: Case) -> Finding | None:
    """Penalties that were cheaper to serve than the samples."""
    penalty = case.column("penalty")
    shrunk = length(case.network.W1) / (length(case.made.W1) or 1.0)
    if case.diverged or not penalty or case.remaining < 0.9 or shrunk > 0.3:
        return None
    return Finding(
        "regularization-too-strong",
        1,
        f"W1 has shrunk to {shrunk:.1%} of its length at the start while the loss stayed at {case.loss:.3g}, "
        f"where {case.baseline:.3g} needs no inputs at all",
        "Try a penalty ten times smaller",
    )


def under_capacity(case: Case) -> Finding | None:
    """A loss that has come to rest, too high, in a network of few hidden units that are all in order."""
    H, C, score = case.network.hidden_size, np.count_nonzero(case.counts), case.predictability[0]
    if case.diverged or max(C / 2, 4) <= H or not case.is_learnable:
        return None
    missed, possible = 1 - case.accuracy, 1 - score
    losses = case.column("loss")
    is_still_falling = bool(losses) and losses[-1] < 0.85 * losses[len(losses) // 2]
    if missed < 2 * possible or missed < possible + 0.15 or is_still_falling or case.descent.gain > 0.08:
        return None
    gain = descend(case.network, *subset(case.train, TRIED_ON), steps=30).gain
    if gain > 0.25:
        return None
    return Finding(
        "under-capacity",
        None,
        f"with {H} hidden unit{'s'[: H - 1]} for {C} classes {case.accuracy:.0%} of the training samples are right, "
        f"and 30 careful steps lower the loss by only {gain:.1%}; another learner gets {score:.0%} of new ones right",
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
    if gap < max(0.15, noise) or loss < (3 if has_risen else 10) * case.loss:
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
