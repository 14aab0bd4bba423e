"""How unlike the training data is an input? As far from it as few, or as most, of the images that training never saw.

The distance to the nearest training image means little by itself, so it is compared with the distances of the images
of the validation: an input that is farther than 99 of 100 of them is unlike the training images.
"""

from dataclasses import dataclass

import numpy as np

from ..data.dataset import Samples
from ..inspection.analysis.neighbors import nearest
from ..inspection.analysis.sampling import some_of

KNOWN, UNSEEN = 1200, 400  # images of training and validation that are compared
NEAREST = 3  # of them that are shown


@dataclass(frozen=True, eq=False)
class Likeness:
    """The share of the validation that is nearer to the training images than an input, and the nearest of these."""

    share: float
    distance: float
    labels: np.ndarray  # (n,) of the nearest images
    images: np.ndarray  # (n, D)


class Familiarity:
    """Measures how unlike some samples of `train` an input is, by some of `validation`."""

    def __init__(self, train: Samples, validation: Samples) -> None:
        self._X, self._Y = some_of(*train, KNOWN)
        self._usual = nearest(some_of(*validation, UNSEEN)[0], self._X, 1)[1][:, 0]

    def measure(self, X: np.ndarray) -> Likeness:
        """Return how like the training images the one input `X` (D, 1) is."""
        indices, distances = nearest(X.astype(self._X.dtype), self._X, NEAREST)
        distance = float(distances[0, 0])
        return Likeness(float(np.mean(self._usual < distance)), distance, self._Y[indices[0]], self._X.T[indices[0]])
