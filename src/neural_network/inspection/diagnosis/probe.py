"""The probe: a second classifier, of another kind, that reads the same samples.

Where the probe makes sense of samples and the network does not, the fault is in the network or its steps. Where the
probe cannot make sense of them either, the fault is in the samples: their labels do not belong to their inputs.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...support.randomness import stream

PERMUTATIONS = 99
RIDGE = 0.1


class Confident(NamedTuple):
    """The quarter of some samples of which a classifier is most confident."""

    predicted: np.ndarray
    labels: np.ndarray

    @property
    def wrong(self) -> float:
        """The share of them whose label is another class than predicted, from 0 to 1."""
        return float(np.mean(self.predicted != self.labels))


class Probe:
    """Kernel ridge regression on samples X (D, m), Y (m,), with a Gaussian kernel as wide as the median distance.

    It has no step size, no random weights and hardly a parameter, and draws straight and curved boundaries alike. What
    it predicts for its own samples is leave-one-out: each is predicted by all the others.
    """

    def __init__(self, X: np.ndarray, Y: np.ndarray) -> None:
        self.X, self.Y = X, Y
        self.classes, self.numbers = np.unique(Y, return_inverse=True)
        inputs = X.astype(np.float64)
        spread = inputs.std(axis=1, keepdims=True)
        self._mean, self._scale = inputs.mean(axis=1, keepdims=True), spread + spread.mean() + 1e-12
        self._inputs = self._standardized(X)
        distances = squared_distances(self._inputs, self._inputs)
        self._width = float(np.median(distances)) or 1.0
        self._inverse = np.linalg.inv(np.exp(-distances / self._width) + RIDGE * np.eye(len(Y)))
        self.distances = distances

    def _standardized(self, X: np.ndarray) -> np.ndarray:
        return (X.astype(np.float64) - self._mean) / self._scale

    @cached_property
    def scores(self) -> np.ndarray:
        """The leave-one-out scores (m, C') of the classes that occur."""
        return self._leave_one_out(np.eye(len(self.classes))[self.numbers])

    def _leave_one_out(self, targets: np.ndarray) -> np.ndarray:
        return targets - self._inverse @ targets / np.diag(self._inverse)[:, None]

    @cached_property
    def predicted(self) -> np.ndarray:
        """The leave-one-out predictions (m,)."""
        return self.classes[self.scores.argmax(axis=1)]

    @cached_property
    def accuracy(self) -> float:
        """The share of its samples that it predicts correctly."""
        return float(np.mean(self.predicted == self.Y))

    @cached_property
    def recall(self) -> float:
        """The mean over the classes of the share that is predicted correctly: frequent classes count no more."""
        return mean_recall((self.scores / self._shares).argmax(axis=1), self.numbers)

    @property
    def _shares(self) -> np.ndarray:
        return np.bincount(self.numbers) / len(self.numbers)

    @cached_property
    def chance(self) -> np.ndarray:
        """The mean recalls, ascending, with the same labels given to the samples at random."""
        rng, targets = stream(0), np.eye(len(self.classes))
        orders = [rng.permutation(self.numbers) for _ in range(PERMUTATIONS)]
        scores = self._leave_one_out(np.hstack([targets[order] for order in orders]))
        predicted = (scores.reshape(len(self.Y), PERMUTATIONS, -1) / self._shares).argmax(axis=2)
        return np.sort([mean_recall(predicted[:, i], order) for i, order in enumerate(orders)])

    @property
    def is_above_chance(self) -> bool:
        """Whether it does better than with 95 of 100 random orders of the labels."""
        guess, per_class = 1 / len(self.classes), np.bincount(self.numbers)
        spread = np.sqrt(np.mean(guess * (1 - guess) / per_class) / len(per_class))
        if self.recall > guess + 10 * spread:
            return True  # the orders need not be tried
        return bool(self.recall > self.chance[int(0.95 * PERMUTATIONS)])

    @cached_property
    def confident(self) -> Confident:
        """Its leave-one-out predictions, where it is most confident."""
        return confident(self.scores, self.classes, self.Y)

    def predict_scores(self, X: np.ndarray) -> np.ndarray:
        """Return the scores (n, C') of other samples X (D, n)."""
        kernel = np.exp(-squared_distances(self._standardized(X), self._inputs) / self._width)
        return kernel @ (self._inverse @ np.eye(len(self.classes))[self.numbers])

    def pair(self, a: int, b: int) -> "tuple[Confident, float]":
        """Learn to tell class `a` from `b` only; return the confident predictions, and the share of all that is wrong.

        It is confident of the third of each class that lies farthest from the boundary.
        """
        at = np.flatnonzero(np.isin(self.Y, (a, b)))
        kernel = np.exp(-self.distances[np.ix_(at, at)] / self._width)
        inverse, labels = np.linalg.inv(kernel + RIDGE * np.eye(len(at))), self.Y[at]
        targets = np.where(labels == a, 1.0, -1.0)
        targets -= targets.mean()
        scores = targets - inverse @ targets / np.diag(inverse)
        predicted = np.where(scores > 0, a, b)
        sides = (np.flatnonzero(predicted == side) for side in (a, b))
        sure = np.concatenate([side[np.argsort(-np.abs(scores[side]))][: max(1, len(side) // 3)] for side in sides])
        return Confident(predicted[sure], labels[sure]), float(np.mean(predicted != labels))


def confident(scores: np.ndarray, classes: np.ndarray, Y: np.ndarray) -> Confident:
    """Return predictions and labels of the quarter of the samples in which the first class leads most."""
    ranked = np.sort(scores, axis=1)
    lead = ranked[:, -1] - (ranked[:, -2] if len(classes) > 1 else 0)
    chosen = np.argsort(-lead, kind="stable")[: max(1, len(Y) // 4)]
    return Confident(classes[scores[chosen].argmax(axis=1)], Y[chosen])


def mean_recall(predicted: np.ndarray, Y: np.ndarray) -> float:
    """Return the mean over the classes in `Y` of the share that is predicted correctly."""
    asked = np.bincount(Y)
    right = np.bincount(Y, predicted == Y)
    return float(np.mean(right[asked > 0] / asked[asked > 0]))


def squared_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the squared distance (m, n) of every sample of `A` (D, m) from every one of `B` (D, n)."""
    return np.maximum(np.square(A).sum(axis=0)[:, None] + np.square(B).sum(axis=0) - 2 * A.T @ B, 0)


def best_shift(X: np.ndarray, Y: np.ndarray, most: int = 300) -> tuple[int, float, float]:
    """Return by how many places labels `Y` must be rolled to suit `X` best, how well they do then, and how well now.

    Samples `X` (D, m) that are neighbours should be of one class. How often they are is counted for the labels as they
    stand, and rolled by up to `most` places; nothing has to be learned for it. The order must be the original one.
    """
    X = X.astype(np.float64)
    spread = X.std(axis=1, keepdims=True)
    X = (X - X.mean(axis=1, keepdims=True)) / (spread + spread.mean() + 1e-12)
    distances = squared_distances(X, X)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    shifts = np.arange(-most, most + 1)
    agreements = [float(np.mean(rolled == rolled[nearest])) for rolled in (np.roll(Y, k) for k in shifts)]
    best = int(np.argmax(agreements))
    return int(shifts[best]), agreements[best], agreements[most]
