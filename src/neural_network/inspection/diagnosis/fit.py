"""Causes that lie in how network and samples suit each other: too small a network, too large, or held too tightly."""

import numpy as np

from ...functions.activations import ACTIVATIONS
from ...support.norms import norm
from .descent import descend
from .evidence import RunEvidence
from .finding import Finding

MANY_STEPS = 100  # of careful descent


def regularization_too_strong(run: RunEvidence) -> Finding | None:
    """Penalties, dropout or limits that leave the network too little to learn with."""
    for sign in (_smoothed, _dropped, _limited, _penalized, _silenced):
        if not run.diverged and (found := sign(run)):
            evidence, advice = found
            return Finding("regularization-too-strong", 1, evidence, advice)
    return None


Sign = tuple[str, str]  # evidence and advice


def _smoothed(run: RunEvidence) -> Sign | None:
    ε = run.network.label_smoothing
    if ε < 0.8:
        return None
    return (
        f"label smoothing of {ε:g} leaves {1 - ε:.0%} of each target to its class: of the loss of {run.loss:.3f}, "
        f"{run.floor:.3f} cannot be removed",
        "Try a label smoothing of 0.1",
    )


def _dropped(run: RunEvidence) -> Sign | None:
    """Dropout, as monitored, in a run that learned less than a few careful steps without it do."""
    hidden, inputs = (run.column(name)[0] if run.column(name) else 0.0 for name in ("dropout", "input_dropout"))
    losses = run.column("loss")
    if max(hidden, inputs) < 0.6 or run.remaining_at(losses[-1]) < 0.5 or not run.falls_short:
        return None
    what = " and ".join(
        f"{share:.0%} of the {name}" for name, share in (("hidden units", hidden), ("inputs", inputs)) if share
    )
    return (
        f"dropout leaves out {what} in each step: the loss is {losses[-1]:.3g} in training and {run.loss:.3g} without "
        f"dropout, where {run.baseline:.3g} needs no inputs at all",
        "Try a dropout of 0.2 to 0.5",
    )


def _limited(run: RunEvidence) -> Sign | None:
    """Rows of weights that all have the same norm, where larger ones would lower the loss."""
    norms = {name: np.linalg.norm(run.network.parameters[name], axis=1) for name in ("W1", "W2")}
    limit = max(float(rows.max()) for rows in norms.values())
    at_limit = {name: np.mean(rows > 0.999 * limit) for name, rows in norms.items()}
    if min(at_limit.values()) == 0 or max(at_limit.values()) < 0.5 or run.remaining < 0.4 or not run.falls_short:
        return None
    return (
        f"the weights of {at_limit['W1']:.0%} of the hidden units and of {at_limit['W2']:.0%} of the output units have "
        f"the same norm, {limit:.3g}, as a max-norm limit makes it; without a limit, 5 careful steps lower the loss, "
        f"{run.loss:.3g}, by {run.descent.gain:.0%}",
        "Try a limit of 2 to 4, or none",
    )


def _penalized(run: RunEvidence) -> Sign | None:
    shrunk = norm(run.network.W1) / (norm(run.initial.W1) or 1.0)
    is_held = shrunk < 0.3 and run.remaining > 0.9
    is_held |= shrunk < 0.6 and run.remaining > 0.5 and run.descent.gain > 0.15 and not run.is_still_falling
    if not run.column("penalty") or not is_held:
        return None
    return (
        f"the norm of W1 has shrunk to {shrunk:.1%} of what it was at the start, and the loss is {run.loss:.3g}, where "
        f"{run.baseline:.3g} needs no inputs at all",
        "Try a penalty ten times smaller",
    )


def _silenced(run: RunEvidence) -> Sign | None:
    """Training that gets hardly anything right of what the network, with nothing left out, does classify."""
    losses, right = run.column("loss"), run.column("accuracy")
    if len(losses) < 5 or run.is_still_falling:
        return None
    if run.remaining_at(losses[-1]) < 0.85 or right[-1] > 0.65 * run.accuracy or run.accuracy < 0.18:
        return None
    if not run.probe.is_above_chance:
        return None
    return (
        f"in training the loss stays at {losses[-1]:.3g}, and {right[-1]:.0%} are right, while the network that "
        f"results gets {run.accuracy:.0%} of the same samples right when nothing is left out",
        "Try a much smaller dropout, such as 0.2 to 0.5, or less augmentation",
    )


def under_capacity(run: RunEvidence) -> Finding | None:
    """A loss that has come to rest, too high, in a network of few hidden units, or of linear ones."""
    H, C, score = run.network.hidden_size, int(np.count_nonzero(run.counts)), run.probe.accuracy
    is_linear = _is_linear(run)
    if run.diverged or (max(0.4 * C, 3) <= H and not is_linear) or run.steps < 100 or not run.probe.is_above_chance:
        return None
    missed = 1 - run.accuracy
    if missed < 0.12 or missed < 1.1 * (1 - score) or run.descent.gain > 0.15:
        return None
    enough = max(4 * H, C)
    narrow = descend(run.network, *run.few, steps=MANY_STEPS).after
    other = run.fresh("he-normal", enough)
    if is_linear:
        other.activation = ACTIVATIONS["relu"]
    wide = descend(other, *run.few, steps=MANY_STEPS).after
    if wide > 0.6 * narrow:
        return None
    what = f"{H} hidden unit{'s'[: H - 1]} for {C} classes"
    if is_linear:
        what = f"{run.network.activation.name} as activation, which keeps two layers as straight as one,"
    return Finding(
        "under-capacity",
        None,
        f"with {what} {run.accuracy:.0%} of the training samples are right, and {MANY_STEPS} careful steps more only "
        f"reach a loss of {narrow:.3g}, {enough} fresh {'relu ' if is_linear else ''}units {wide:.3g}",
        "Try relu or tanh" if is_linear else f"Try {max(4 * H, 2 * C)} hidden units",
    )


def _is_linear(run: RunEvidence) -> bool:
    """Whether the activation is a straight line as far as the samples reach."""
    Z1 = run.forward.Z1
    slopes = run.network.activation.g_prime(np.linspace(Z1.min(), Z1.max(), 101, dtype=Z1.dtype)[None])
    return bool(np.ptp(slopes) < 1e-3 * np.abs(slopes).max())


def overfitting(run: RunEvidence) -> Finding | None:
    """Training samples learned by heart while validation gains nothing more."""
    if run.diverged or run.held_out is None or run.accuracy < 0.95:
        return None
    loss, right = run.validation_measured
    gap, noise = run.accuracy - right, 3 * np.sqrt(right * (1 - right) / len(run.held_out[1]))
    losses = run.column("validation_loss")
    lowest, half, since = min(losses, default=loss), len(losses) // 2, None
    by_heart = run.accuracy > 0.995 and loss > max(1.25 * lowest, 30 * run.loss)
    has_risen = loss > max(1.1 * lowest, 3 * run.loss)
    if gap < max(0.05 if by_heart else 0.15 if has_risen or not losses else 0.3, noise):
        return None
    if not has_risen and loss < 10 * run.loss:
        return None
    if losses:
        if min(losses[half:]) < 0.97 * min(losses[: half + 1]):
            return None  # validation is still gaining
        since = run.since([best <= 1.02 * lowest for best in np.minimum.accumulate(losses)])
    best = f", {lowest:.3g} at best" if losses else ""
    return Finding(
        "overfitting",
        since,
        f"{run.accuracy:.1%} of the training samples are right, {right:.1%} of the validation samples; "
        f"loss {run.loss:.2g} and {loss:.3g}{best}",
        "Try more or augmented samples, dropout, a penalty on the weights, fewer hidden units, or early stopping",
    )
