"""The comparison itself: what each network classifies correctly, and how the others differ from the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...runs.summary import Metrics, ModelSummary
from ...support.byte_pixels import Inputs
from ..analysis.intervals import paired_difference, wilson
from .candidate import Candidate
from .statistics import changed_sides, holm, mcnemar

SIGNIFICANCE = 0.05  # chance explains a difference whose p-value is at least this
LOSS_OPTIONS = ("loss", "label_smoothing")  # where these differ, so does the meaning of a loss


@dataclass(frozen=True)
class ImageSource:
    """Where the images come from, and which they are, such as "test images"."""

    name: str
    source: str
    images: str


@dataclass(frozen=True)
class CandidateResult:
    """The accuracy of a candidate with its 95 % interval, its loss, and what is known of its training."""

    run: str
    accuracy: float
    interval: tuple[float, float]
    loss: float
    parameters: int
    steps: int | None
    seconds: float | None


@dataclass(frozen=True)
class ChangedImage:
    """An image that only one of two networks classifies correctly: its label, and both predictions."""

    index: int
    label: int
    before: int
    after: int


@dataclass(frozen=True)
class PairResult:
    """How a run differs from the baseline. Changed images are sorted by the change of their label's probability."""

    run: str
    baseline: str
    difference: float  # of the accuracies
    interval: tuple[float, float]  # 95 %, of the difference
    loss_difference: float | None  # None where the two have different losses
    p_value: float  # of McNemar's test
    p_adjusted: float  # after Holm's correction for the number of pairs
    both_correct: int
    both_wrong: int
    newly_correct: list[ChangedImage]  # only this run classifies them correctly
    newly_wrong: list[ChangedImage]  # only the baseline does

    @property
    def verdict(self) -> str:
        """What the pair shows, in a sentence without its full stop."""
        if not self.newly_correct and not self.newly_wrong:
            return f"{self.run} and {self.baseline} classify the same images correctly"
        p = "p < 0.0001" if self.p_adjusted < 0.0001 else f"p = {self.p_adjusted:.2g}"
        if self.p_adjusted >= SIGNIFICANCE:
            return f"{self.run} and {self.baseline} differ no more than chance explains ({p})"
        points, how = f"{100 * abs(self.difference):.2f} points", "more" if self.difference > 0 else "less"
        return f"{self.run} is {points} {how} accurate than {self.baseline}: chance does not explain that ({p})"


@dataclass(frozen=True, eq=False)
class Comparison:
    """A result for each candidate, and for each one but the first its difference to the first."""

    data: ImageSource
    samples: int
    runs: list[CandidateResult]
    pairs: list[PairResult]
    options: dict[str, list[Any]]  # those that differ, with the value of each candidate; None where it is not known
    predictions: np.ndarray  # (candidates, m)

    @property
    def changed_images(self) -> list[int]:
        """The indices of the images that changed sides in any pair, each once."""
        changes = (image.index for pair in self.pairs for image in pair.newly_correct + pair.newly_wrong)
        return list(dict.fromkeys(changes))


def compare(candidates: Sequence[Candidate], inputs: Sequence[Inputs], Y: np.ndarray, data: ImageSource) -> Comparison:
    """Compare networks on the same images, with labels `Y` (m,), as each has them for `inputs`: X (D, m)."""
    probabilities = [each.network.predict_proba(X) for each, X in zip(candidates, inputs, strict=True)]
    predictions = np.array([each.argmax(axis=0) for each in probabilities])
    runs = [_result(candidate, X, Y) for candidate, X in zip(candidates, inputs, strict=True)]
    changes = [changed_sides(probabilities[0], each, Y) for each in probabilities[1:]]
    p_values = [mcnemar(len(correct), len(wrong)) for correct, wrong in changes]
    options = [candidate.options for candidate in candidates]
    pairs = []
    for run, predicted, (correct, wrong), p, adjusted, made in zip(
        runs[1:], predictions[1:], changes, p_values, holm(p_values), options[1:], strict=True
    ):
        same_loss = all(made[name] == options[0][name] for name in LOSS_OPTIONS)
        both_correct = int(np.count_nonzero((predictions[0] == Y) & (predicted == Y)))
        pairs.append(
            PairResult(
                run=run.run,
                baseline=runs[0].run,
                difference=(len(correct) - len(wrong)) / len(Y),
                interval=paired_difference(len(correct), len(wrong), len(Y)),
                loss_difference=run.loss - runs[0].loss if same_loss else None,
                p_value=p,
                p_adjusted=adjusted,
                both_correct=both_correct,
                both_wrong=len(Y) - both_correct - len(correct) - len(wrong),
                newly_correct=_changed_images(correct, Y, predictions[0], predicted),
                newly_wrong=_changed_images(wrong, Y, predictions[0], predicted),
            )
        )
    return Comparison(data, len(Y), runs, pairs, _differing(options), predictions)


def _result(candidate: Candidate, X: Inputs, Y: np.ndarray) -> CandidateResult:
    metrics, parameters = Metrics.of(candidate.network, X, Y), ModelSummary.of(candidate.network).parameters
    low, high = wilson(metrics.accuracy * len(Y), len(Y))
    steps, seconds = None, None
    if candidate.summary:
        steps, seconds = candidate.summary.duration.steps, candidate.summary.duration.seconds
    interval = float(low), float(high)
    return CandidateResult(candidate.name, metrics.accuracy, interval, metrics.loss, parameters, steps, seconds)


def _changed_images(places: np.ndarray, Y: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[ChangedImage]:
    return [ChangedImage(int(i), int(Y[i]), int(before[i]), int(after[i])) for i in places]


def _differing(options: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the options that differ among the candidates for which they are known."""
    names = dict.fromkeys(name for each in options for name in each)
    known = {name: [each[name] for each in options if name in each] for name in names}
    return {
        name: [each.get(name) for each in options] for name in names if any(v != known[name][0] for v in known[name])
    }
