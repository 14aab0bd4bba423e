"""Causes that lie in the inputs: they say nothing, are of the wrong size, or differ between training and validation."""

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from ...data.sample_checks import sample_warnings
from ...training.loop import measure
from .descent import descend
from .evidence import CAREFUL_STEPS, RunEvidence, difference
from .finding import Finding

SAME_FUNCTION = "Prepare training and validation inputs with the same function"
FEWEST_UNITS = 8  # of a network that is to learn the inputs, whatever the size of the run's own
FARTHEST_SHIFT = 5  # pixels
UNLIKE = 2.5  # standard errors: halves of one data set differ by 0.8 on average, and by 1.7 at most


def constant_inputs(run: RunEvidence) -> Finding | None:
    X, _ = run.train
    lowest, highest = run.extremes
    if (lowest < highest).any():
        return None
    return Finding(
        "constant-inputs",
        None,
        f"all {X.shape[1]:,} samples are the same: none of the {X.shape[0]:,} inputs ever changes",
        "Look at the samples as they are handed to train: something has blanked or overwritten them",
    )


def inputs_not_scaled(run: RunEvidence) -> Finding | None:
    """Inputs so large or small that the run learned little, where a fresh network learns them once they are scaled."""
    each = np.sqrt(np.mean(np.square(run.X, dtype=np.float64), axis=1))
    size = float(np.sqrt(np.mean(each**2)))
    lowest, highest = float(run.extremes[0].min()), float(run.extremes[1].max())
    is_small = max(-lowest, highest) < 0.1
    looks_wrong = any("pixel" in sentence for sentence in sample_warnings(*run.train))
    harm = 0.1 if looks_wrong else 0.25 if size > 10 else 0.4
    if not (size > 3 and run.remaining > harm) and not (is_small and run.remaining > 0.5):
        return None
    X, Y = run.few
    mean, spread = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    scaled = np.asarray((X - mean) / (spread + spread.mean() + 1e-30), run.network.dtype)
    fresh = run.fresh(run.usual_initializer, max(run.network.hidden_size, FEWEST_UNITS))
    as_is, once_scaled = (run.remaining_at(descend(fresh, x, Y, steps=CAREFUL_STEPS).after) for x in (X, scaled))
    if once_scaled > 0.6 * run.remaining or (3 < size < 10 and as_is < 1.4 * once_scaled + 0.05):
        return None
    evidence = f"inputs go from {lowest:.3g} to {highest:.3g}; their root mean square is {size:.2g}, where weights and "
    evidence += "learning rates are made for 0.1 to 1"
    if size > 3 and np.median(each) < 0.1 * size:
        evidence += f"; that of input {each.argmax()} is {each.max():.2g}, of most others at most {np.median(each):.2g}"
        advice = "Scale each input by itself, to [0, 1] or to mean 0 and standard deviation 1"
    elif is_small:
        twice = lowest >= 0 and 1 / 300 < highest <= 1 / 254
        advice = "Divide pixels by 255 only once" if twice else "Scale them up to [0, 1]"
    elif lowest >= 0 and 100 < highest <= 255 and lowest < 1:
        advice = "Divide pixels of 0 to 255 by 255, for training and for prediction alike"
    else:
        advice = "Scale them to [0, 1], or to mean 0 and standard deviation 1"
    return Finding("inputs-not-scaled", None, evidence, advice)


class Correction(NamedTuple):
    """Validation inputs made more like the training inputs."""

    how: str
    X: np.ndarray
    is_scale: bool = False


def validation_inputs_differ(run: RunEvidence) -> Finding | None:
    """Validation inputs that were prepared otherwise than the training inputs, so that the network misreads them."""
    if run.first_bad or run.held_out is None or len(run.held_out[1]) < 10:
        return None
    X, Y = run.held_out
    right, noise = run.validation_accuracy, math.sqrt(0.25 / len(Y))
    sizes = [float(np.sqrt(np.mean(np.square(inputs, dtype=np.float64)))) for inputs in (run.X, X)]
    is_unlike = run.input_difference > UNLIKE
    is_misread = right < run.expected_validation_accuracy - 2 * noise - 0.03
    if not (is_unlike or is_misread):
        return None
    evidence = (
        f"{right:.0%} of the validation samples are classified correctly, {run.accuracy:.0%} of the training samples"
    )
    loss = run.validation_loss
    for corrected_loss, corrected, correction in _best_corrections(run):
        helps = corrected_loss < 0.9 * loss and run.remaining_at(loss) - run.remaining_at(corrected_loss) > 0.05
        restores = corrected > max(right + 4 * noise, run.expected_validation_accuracy - 2 * noise - 0.05)
        if restores or (helps and is_unlike):
            return Finding(
                "inputs-scaled-differently" if correction.is_scale else "validation-inputs-differ",
                None,
                f"{evidence}; with the validation inputs {correction.how}, {corrected:.0%}, and the validation loss "
                f"falls from {loss:.3g} to {corrected_loss:.3g}",
                SAME_FUNCTION,
            )
    if is_unlike and not sizes[0] / 3 < sizes[1] < 3 * sizes[0]:
        return Finding(
            "inputs-scaled-differently",
            None,
            f"the root mean square of the inputs is {sizes[0]:.2g} in training and {sizes[1]:.2g} in validation; "
            f"{evidence}",
            SAME_FUNCTION,
        )
    if not is_unlike or not is_misread:
        return None
    return Finding(
        "validation-inputs-differ",
        None,
        f"{evidence}; the inputs themselves differ: their means, and their distances from the training means, lie "
        f"{run.input_difference:.1f} standard errors apart on average, where parts of one data set lie about 1 apart; "
        f"training inputs go from {_range(run.X)}, validation inputs from {_range(X)}",
        SAME_FUNCTION + ", and look at some of both",
    )


def _best_corrections(run: RunEvidence) -> list[tuple[float, float, Correction]]:
    """Return loss, accuracy and correction of the two that lower the loss most and make the inputs no more unlike."""
    assert run.held_out is not None
    X, Y = run.held_out
    tried = [(*measure(run.network, correction.X, Y), correction) for correction in _corrections(run.X, X)]
    best = sorted(tried, key=lambda trial: trial[0])[:2]
    before = difference(run.X, X, np.ones(len(Y)))
    return [trial for trial in best if difference(run.X, trial[2].X, np.ones(len(Y))) <= before]


def _corrections(train: np.ndarray, X: np.ndarray) -> Iterator[Correction]:
    """Yield what may have been done to the validation inputs `X` (D, m), undone."""
    yield Correction("inverted", train.max() + train.min() - X)
    with np.errstate(over="ignore"):
        spread = float(X.std(dtype=np.float64))
    if 0 < spread < math.inf:
        factor = train.std() / spread
        offset = train.mean() - factor * X.mean()
        how = f"multiplied by {factor:.3g}" + (f" and {offset:+.3g} added" if abs(offset) > 0.05 * train.std() else "")
        yield Correction(how, factor * X + offset, True)
    spreads = X.std(axis=1, keepdims=True)
    factors = np.where(spreads > 0, train.std(axis=1, keepdims=True) / np.where(spreads > 0, spreads, 1), 0)
    each = (X - X.mean(axis=1, keepdims=True)) * factors + train.mean(axis=1, keepdims=True)
    yield Correction("scaled, each to the mean and standard deviation of training", each, True)
    yield Correction("in reverse order", X[::-1])
    side = math.isqrt(len(X))
    if side < 4 or side**2 != len(X):
        return
    images = X.reshape(side, side, -1)  # row, column, sample
    turned = {
        "transposed": images.swapaxes(0, 1),
        "transposed and turned by 180°": images.swapaxes(0, 1)[::-1, ::-1],
        "mirrored left to right": images[:, ::-1],
        "turned upside down": images[::-1],
        "turned by 90° clockwise": np.rot90(images, -1),
        "turned by 90° counterclockwise": np.rot90(images),
    }
    for how, moved in turned.items():
        yield Correction(how, moved.reshape(X.shape))
    far = min(FARTHEST_SHIFT, side // 4)
    for down, right in product(range(-far, far + 1), repeat=2):
        if down or right:
            ways = "down" if down > 0 else "up", "right" if right > 0 else "left"
            how = f"moved by {abs(down)} {ways[0]} and {abs(right)} {ways[1]}"
            yield Correction(how, np.roll(images, (down, right), (0, 1)).reshape(X.shape))


def _range(X: np.ndarray) -> str:
    return f"{X.min():.3g} to {X.max():.3g}"
