"""Two small experiments that tell a bad step size, bad labels and a bad network apart.

Does the loss still fall if the length of each step is chosen with care? Then it was the steps. Does a second learner,
of another kind, make sense of the same samples? If not, it is the labels.
"""

import copy
import math
from typing import NamedTuple

import numpy as np

from ...network import Network, gradient_descent
from ...support.randomness import stream


class Descent(NamedTuple):
    """What a few careful steps downhill achieved."""

    before: float  # loss
    after: float
    learning_rate: float  # of a typical step; 0 where no step led down

    @property
    def gain(self) -> float:
        """How much of the loss they took away, from 0 to 1."""
        return 1 - self.after / self.before if self.before else 0.0


def descend(network: Network, X: np.ndarray, Y: np.ndarray, steps: int = 5) -> Descent:
    """Make steps of gradient descent on a copy of `network`, each as long as the loss will bear.

    A step of learning rate α is short enough if it lowers the loss by at least half of what the slope promises,
    α/2 |dθ|² (Armijo 1966). The search starts far too long and divides by 3 until that is so.
    """
    network = copy.deepcopy(network)
    α, chosen = 1e4, []
    before = loss = network.mean_loss(network.forward(X), Y)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            gradients = network.backward(X, Y)
            slope = sum(float(np.square(dθ, dtype=np.float64).sum()) for dθ in gradients.values())
            if not 0 < slope < math.inf:
                break
            while α > 1e-9:
                candidate = copy.deepcopy(network)
                gradient_descent(candidate.parameters, gradients, α)
                reached = candidate.mean_loss(candidate.forward(X), Y)
                if reached <= loss - α / 2 * slope:
                    break
                α /= 3
            else:
                break
            network, loss = candidate, reached
            chosen.append(α)
            α *= 9
    return Descent(before, loss, float(np.median(chosen)) if chosen else 0.0)


class Reading(NamedTuple):
    """What the second learner said of samples that it had not learnt from."""

    predicted: np.ndarray  # (m,) the class it holds for the likeliest
    labels: np.ndarray  # (m,) the class they are said to be of
    lead: np.ndarray  # (m,) how far that class is ahead of the next: how sure it is

    @property
    def sure(self) -> np.ndarray:
        """The indices of the quarter of the samples that it is surest of."""
        return np.argsort(-self.lead)[: max(1, len(self.lead) // 4)]


def predictability(X: np.ndarray, Y: np.ndarray) -> tuple[float, float]:
    """Return how well labels `Y` (m,) can be told from `X` (D, m) at all, and how well chance alone might do it.

    The mean, over the classes, of the share that the second learner gets right.
    """
    predicted, labels, _ = read(X, Y)
    classes, labels = np.unique(np.append(Y, labels), return_inverse=True)
    asked = np.bincount(labels[len(Y) :], minlength=len(classes))
    right = classes[labels[len(Y) :]] == predicted
    recalls = np.bincount(labels[len(Y) :], right, len(classes))[asked > 0] / asked[asked > 0]
    guess = 1 / len(classes)
    error = math.sqrt(float(np.mean(guess * (1 - guess) / asked[asked > 0])) / len(recalls))
    return float(recalls.mean()), guess + 3 * error


def read(X: np.ndarray, Y: np.ndarray, shuffle: bool = True) -> Reading:
    """Let a second learner learn one half of the samples `X` (D, m), `Y` (m,), and say what it reads in the other.

    It is kernel ridge regression with a Gaussian kernel as wide as the median distance: it has no step size, no random
    weights and hardly a parameter, and draws straight and curved lines alike. Without `shuffle` it learns the first
    half, in the order given.
    """
    order = stream(0).permutation(len(Y)) if shuffle else np.arange(len(Y))  # they may be sorted by class
    X, Y = standardized(X[:, order]), Y[order]
    distances = squared_distances(X)
    kernel = np.exp(-distances / (np.median(distances) or 1.0))

    half = len(Y) // 2
    classes, numbers = np.unique(Y, return_inverse=True)
    targets = np.eye(len(classes))[numbers[:half]]
    weights = np.linalg.solve(kernel[:half, :half] + 0.1 * np.eye(half), targets)
    scores = kernel[half:, :half] @ weights
    ranked = np.sort(scores, axis=1)
    lead = ranked[:, -1] - ranked[:, -2] if len(classes) > 1 else ranked[:, -1]
    return Reading(classes[scores.argmax(axis=1)], Y[half:], lead)


def best_shift(X: np.ndarray, Y: np.ndarray, most: int = 300) -> tuple[int, float, float]:
    """Return by how many places labels `Y` must be rolled to suit `X` best, how well they do then, and how well now.

    Samples `X` (D, m) that are neighbours should be of one class. How often they are is counted for the labels as they
    stand, and rolled by up to `most` places; no learner has to learn anything for it. The order must be the original.
    """
    distances = squared_distances(standardized(X))
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    shifts = np.arange(-most, most + 1)
    agreements = [float(np.mean(rolled == rolled[nearest])) for rolled in (np.roll(Y, k) for k in shifts)]
    best = int(np.argmax(agreements))
    return int(shifts[best]), agreements[best], agreements[most]


def standardized(X: np.ndarray) -> np.ndarray:
    """Return the inputs `X` (D, m) in float64, each of mean 0 and of a spread of at most about 1."""
    X = X.astype(np.float64)
    spread = X.std(axis=1, keepdims=True)
    return (X - X.mean(axis=1, keepdims=True)) / (spread + spread.mean() + 1e-12)


def squared_distances(X: np.ndarray) -> np.ndarray:
    """Return the squared distance (m, m) of every sample of `X` (D, m) from every other."""
    squares = np.square(X).sum(axis=0)
    return np.maximum(squares[:, None] + squares - 2 * X.T @ X, 0)
