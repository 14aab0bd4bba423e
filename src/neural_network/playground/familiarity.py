"""How unlike the training data is an input? As far from it as few, or as most, of the images that training never saw.

The distance to the nearest training image means little by itself, so it is compared with the distances of held-out
images: an input that is farther than 99 of 100 of them is unlike what the network has learned from.
"""

from dataclasses import dataclass

import numpy as np

from ..data.dataset import Samples
from ..inspection.analysis.neighbors import nearest
from ..inspection.analysis.sampling import some_of

KNOWN, HELD_OUT = 1200, 400  # images that are compared
NEAREST = 3  # of them that are shown


@dataclass(frozen=True, eq=False)
class Likeness:
    """The share of held-out images that are nearer to the training data than an input, and its nearest images."""

    share: float
    distance: float
    labels: np.ndarray  # (n,) of the nearest images
    images: np.ndarray  # (n, D)


class Familiarity:
    """Measures how unlike some of the training `samples` an input is; others of them are held out to compare with."""

    def __init__(self, samples: Samples) -> None:
        X, Y = some_of(*samples, KNOWN + HELD_OUT)
        held_out = np.arange(len(Y)) % (1 + KNOWN // HELD_OUT) == 0
        self._X, self._Y = np.ascontiguousarray(X[:, ~held_out]), Y[~held_out]
        self._usual = nearest(X[:, held_out], self._X, 1)[1][:, 0]

    def measure(self, X: np.ndarray) -> Likeness:
        """Return how like the training images the one input `X` (D, 1) is."""
        indices, distances = nearest(X.astype(self._X.dtype), self._X, NEAREST)
        distance = float(distances[0, 0])
        return Likeness(float(np.mean(self._usual < distance)), distance, self._Y[indices[0]], self._X.T[indices[0]])
