"""Adversarial examples: pictures with changes that people hardly see, in the direction that raises the loss most.

The fast gradient sign method changes every pixel by ε, up or down, whichever raises the loss (Goodfellow, Shlens and
Szegedy 2015, 'Explaining and harnessing adversarial examples', section 4). Random signs with the same ε do little harm:
the direction is what counts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...network import Network
from ...support.randomness import stream
from .input_gradients import loss_gradient


class Attack(NamedTuple):
    """Accuracy for each ε, with the signs of the gradient and with random signs."""

    epsilons: np.ndarray  # (n,)
    attacked: np.ndarray  # (n,)
    random: np.ndarray  # (n,)
    samples: int


def fgsm(network: Network, X: np.ndarray, Y: np.ndarray, epsilon: float) -> np.ndarray:
    """Return `X` (D, m) changed by `epsilon` along the signs of the gradient of the loss, clipped to 0 to 1."""
    return _change(X, np.sign(loss_gradient(network, X, Y)), epsilon)


def _change(X: np.ndarray, signs: np.ndarray, epsilon: float) -> np.ndarray:
    """Return X + ε signs, clipped to the range of the data: 0 to 1, or wider where that of `X` is."""
    return np.clip(X + X.dtype.type(epsilon) * signs, min(0, X.min()), max(1, X.max())).astype(X.dtype)


def accuracy_under_attack(
    network: Network, X: np.ndarray, Y: np.ndarray, epsilons: Sequence[float] | np.ndarray, seed: int = 0
) -> Attack:
    """Return the accuracy on `X` (D, m) with labels `Y` (m,) for each of the `epsilons`."""
    signs = np.sign(loss_gradient(network, X, Y))
    random_signs = stream(seed).choice(np.array([-1, 1], X.dtype), X.shape)
    attacked, random = ([network.evaluate(_change(X, s, ε), Y) for ε in epsilons] for s in (signs, random_signs))
    return Attack(np.asarray(epsilons), np.array(attacked), np.array(random), len(Y))
