"""Two small experiments that tell a bad step size, bad labels and a bad network apart.

Does the loss still fall if the length of each step is chosen with care? Then it was the steps. Does a second learner,
of another kind, make sense of the same samples? If not, it is the labels.
"""

import copy
import math
from typing import NamedTuple

import numpy as np

from ..network import TwoLayerNN, gradient_descent
from ..randomness import stream


class Descent(NamedTuple):
    """What a few careful steps downhill achieved."""

    before: float  # loss
    after: float
    learning_rate: float  # of a typical step; 0 where no step led down

    @property
    def gain(self) -> float:
        """How much of the loss they took away, from 0 to 1."""
        return 1 - self.after / self.before if self.before else 0.0


def descend(network: TwoLayerNN, X: np.ndarray, Y: np.ndarray, steps: int = 5) -> Descent:
    """Make steps of gradient descent on a copy of `network`, each as long as the loss will bear.

    A step of learning rate α is short enough if it lowers the loss by at least half of what the slope promises,
    α/2 |dθ|² (Armijo 1966). The search starts far too long and divides by 3 until that is so.
    """
    network = copy.deepcopy(network)
    α, chosen = 1e4, []
    before = loss = network.loss(X, Y)
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


def predictability(X: np.ndarray, Y: np.ndarray) -> tuple[float, float]:
    """Return how well labels `Y` (m,) can be told from `X` (D, m) at all, and how well chance alone might do it.

    The learner is kernel ridge regression with a Gaussian kernel as wide as the median distance: it has no step size,
    no random weights and hardly a parameter, and draws straight and curved lines alike. It learns from one half of the
    samples and is judged by the other: by the mean, over the classes, of the share that it gets right.
    """
    order = stream(0).permutation(len(Y))  # they may be sorted by class
    X, Y = X[:, order].astype(np.float64), Y[order]
    spread = X.std(axis=1, keepdims=True)
    X = (X - X.mean(axis=1, keepdims=True)) / (spread + spread.mean() + 1e-12)
    squares = np.square(X).sum(axis=0)
    distances = np.maximum(squares[:, None] + squares - 2 * X.T @ X, 0)
    kernel = np.exp(-distances / (np.median(distances) or 1.0))

    half = len(Y) // 2
    classes, Y = np.unique(Y, return_inverse=True)
    targets = np.eye(len(classes))[Y[:half]]
    weights = np.linalg.solve(kernel[:half, :half] + 0.1 * np.eye(half), targets)
    right = (kernel[half:, :half] @ weights).argmax(axis=1) == Y[half:]

    asked = np.bincount(Y[half:], minlength=len(classes))
    recalls = np.bincount(Y[half:], right, len(classes))[asked > 0] / asked[asked > 0]
    guess = 1 / len(classes)
    error = math.sqrt(float(np.mean(guess * (1 - guess) / asked[asked > 0])) / len(recalls))
    return float(recalls.mean()), guess + 3 * error
