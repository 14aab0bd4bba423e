"""Causes that lie in the inputs: they say nothing, are of the wrong size, or differ between training and validation."""

import heapq
import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from ...data.sample_checks import sample_warnings
from ...support.picture_format import square
from ...training.loop import measure
from .descent import descend
from .evidence import CAREFUL_STEPS, RunEvidence
from .finding import Finding
from .samples import difference

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
    lowest, highest = float(run.extremes[0].min()), float(run.extremes[1].max())
    each = np.sqrt(np.mean(np.square(run.X, dtype=np.float64), axis=1))
    size, is_small = float(np.sqrt(np.mean(each**2))), max(-lowest, highest) < 0.1
    looks_like_bytes = any("pixel" in sentence for sentence in sample_warnings(*run.train))
    harm = 0.1 if looks_like_bytes else 0.25 if size > 10 else 0.4
    if not (size > 3 and run.remaining > harm) and not (is_small and run.remaining > 0.5):
        return None
    as_is, once_scaled = _learned_as_is_and_scaled(run)
    if once_scaled > 0.6 * run.remaining:
        return None
    if 3 < size < 10 and (as_is < 1.4 * once_scaled + 0.05 or run.is_still_falling or not run.probe.is_above_chance):
        return None
    evidence = (
        f"inputs go from {lowest:.4g} to {highest:.4g}; their root mean square is {size:.2g}, where weights and "
        f"learning rates are made for 0.1 to 1"
    )
    if is_small:
        twice = lowest >= 0 and 1 / 300 < highest <= 1 / 254
        advice = "Divide pixels by 255 only once" if twice else "Scale them up to [0, 1]"
    elif np.median(each) < 0.1 * size:
        evidence += f"; that of input {each.argmax()} is {each.max():.2g}, of most others at most {np.median(each):.2g}"
        advice = "Scale each input by itself, to [0, 1] or to mean 0 and standard deviation 1"
    elif 0 <= lowest < 1 and 100 < highest <= 255:
        advice = "Divide pixels of 0 to 255 by 255, for training and for prediction alike"
    else:
        advice = "Scale them to [0, 1], or to mean 0 and standard deviation 1"
    return Finding("inputs-not-scaled", None, evidence, advice)


def _learned_as_is_and_scaled(run: RunEvidence) -> tuple[float, float]:
    """Return what a fresh network has left to learn after some careful steps, on the inputs as they are and scaled."""
    X, Y = run.few
    mean, spread = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    scaled = (X - mean) / (spread + spread.mean() + np.finfo(X.dtype).tiny)
    fresh = run.fresh(run.usual_initializer, max(run.network.hidden_size, FEWEST_UNITS))
    as_is, once_scaled = (descend(fresh, inputs, Y, steps=CAREFUL_STEPS).after for inputs in (X, scaled))
    return run.remaining_at(as_is), run.remaining_at(once_scaled)


class Correction(NamedTuple):
    """Validation inputs made more like the training inputs."""

    how: str
    X: np.ndarray
    is_scale: bool = False
    handicap: float = 1.0  # by which its loss counts: a simple explanation is preferred


def validation_inputs_differ(run: RunEvidence) -> Finding | None:
    """Validation inputs that were prepared otherwise than the training inputs, so that the network misreads them."""
    if run.first_bad or run.held_out is None or len(run.held_out[1]) < 10:
        return None
    loss, right = run.validation_measured
    expected, noise = run.expected_validation_accuracy, math.sqrt(0.25 / len(run.held_out[1]))
    is_unlike, is_misread = run.input_difference > UNLIKE, right < expected - 2 * noise - 0.03
    if not (is_unlike or is_misread):
        return None
    evidence = f"{right:.0%} of the validation samples are right, {run.accuracy:.0%} of the training samples"
    for corrected_loss, corrected, correction in _best_corrections(run):
        helps = corrected_loss < 0.9 * loss and run.remaining_at(loss) - run.remaining_at(corrected_loss) > 0.05
        helps &= corrected > 0.75 * expected and corrected >= right
        if (helps and is_unlike) or corrected > max(right + 4 * noise, expected - 2 * noise - 0.05):
            return Finding(
                "inputs-scaled-differently" if correction.is_scale else "validation-inputs-differ",
                None,
                f"{evidence}; with the validation inputs {correction.how}, {corrected:.0%} are, and the validation "
                f"loss falls from {loss:.3g} to {corrected_loss:.3g}",
                SAME_FUNCTION,
            )
    X = run.held_out[0]
    sizes = [float(np.sqrt(np.mean(np.square(inputs, dtype=np.float64)))) for inputs in (run.X, X)]
    has_other_size = not sizes[0] / 3 < sizes[1] < 3 * sizes[0]
    if not is_unlike or not (is_misread or has_other_size):
        return None
    return Finding(
        "inputs-scaled-differently" if has_other_size else "validation-inputs-differ",
        None,
        f"{evidence}; training inputs go from {run.X.min():.3g} to {run.X.max():.3g} with a root mean square of "
        f"{sizes[0]:.2g}, validation inputs from {X.min():.3g} to {X.max():.3g} with {sizes[1]:.2g}; on average over "
        f"the inputs, they lie {run.input_difference:.1f} standard errors apart, parts of one data set about 1",
        SAME_FUNCTION + ", and look at some of both",
    )


def _best_corrections(run: RunEvidence) -> list[tuple[float, float, Correction]]:
    """Return loss, accuracy and correction of the two that lower the loss most, if they make inputs alike."""
    assert run.held_out is not None
    X, Y = run.held_out
    tried = ((*measure(run.network, correction.X, Y), correction) for correction in _corrections(run.X, X))
    best = heapq.nsmallest(2, tried, key=lambda trial: trial[0] * trial[2].handicap)
    return [trial for trial in best if difference(run.X, trial[2].X) <= max(difference(run.X, X), UNLIKE)]


def _corrections(train: np.ndarray, X: np.ndarray) -> Iterator[Correction]:
    """Yield what may have been done to the validation inputs `X` (D, m), undone."""
    yield Correction("inverted", train.max() + train.min() - X)
    mean, spread = float(X.mean(dtype=np.float64)), float(X.std(dtype=np.float64))
    if 0 < spread < math.inf:
        factor = float(train.std()) / spread
        offset = float(train.mean()) - factor * mean
        added = f" and {offset:+.3g} added" if abs(offset) > 0.05 * train.std() else ""
        yield Correction(f"multiplied by {factor:.3g}{added}", factor * X + offset, True)
    spreads = X.std(axis=1, keepdims=True)
    factors = np.where(spreads > 0, train.std(axis=1, keepdims=True) / np.where(spreads > 0, spreads, 1), 0)
    each = (X - X.mean(axis=1, keepdims=True)) * factors + train.mean(axis=1, keepdims=True)
    yield Correction("scaled, each to its mean and standard deviation in training", each, True, 1.1)
    yield Correction("in reverse order", X[::-1])
    shape = square(len(X))
    if shape is None or shape[0] < 4:
        return
    images = X.reshape(*shape, -1)  # row, column, sample
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
    farthest = min(FARTHEST_SHIFT, shape[0] // 4)
    shifts = range(-farthest, farthest + 1)
    for down, right in product(shifts, shifts):
        how = f"moved by {abs(down)} {'up' if down < 0 else 'down'} and {abs(right)} {'left' if right < 0 else 'right'}"
        yield Correction(how, np.roll(images, (down, right), (0, 1)).reshape(X.shape))
