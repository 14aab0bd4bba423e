"""Adversarial examples: pictures changed by so little that we hardly see it, in the direction that hurts the most.

The fast gradient sign method moves every pixel by ε, up or down, whichever makes the loss grow (Goodfellow, Shlens and
Szegedy 2015, 'Explaining and harnessing adversarial examples', section 4). Random signs of the same ε do little harm:
it is the direction that counts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...network import Network
from ...support.randomness import stream
from .input_gradients import loss_gradient


class Attack(NamedTuple):
    """Accuracy for each ε, moved against the network and moved at random."""

    epsilons: np.ndarray  # (n,)
    attacked: np.ndarray  # (n,)
    random: np.ndarray  # (n,)


def fgsm(network: Network, X: np.ndarray, Y: np.ndarray, epsilon: float) -> np.ndarray:
    """Return `X` (D, m) moved by `epsilon` along the sign of the gradient of the loss, and kept between 0 and 1."""
    return move(X, np.sign(loss_gradient(network, X, Y)), epsilon)


def move(X: np.ndarray, signs: np.ndarray, epsilon: float) -> np.ndarray:
    """Return X + ε signs, kept within the range of the data: 0 to 1, or wider where `X` is."""
    return np.clip(X + X.dtype.type(epsilon) * signs, min(0, X.min()), max(1, X.max())).astype(X.dtype)


def accuracy_under_attack(
    network: Network, X: np.ndarray, Y: np.ndarray, epsilons: Sequence[float] | np.ndarray, seed: int = 0
) -> Attack:
    """Return the accuracy on `X` (D, m) with labels `Y` (m,) for each of the `epsilons`."""
    signs = np.sign(loss_gradient(network, X, Y))
    chance = stream(seed).choice(np.array([-1, 1], X.dtype), X.shape)
    attacked, random = ([network.evaluate(move(X, s, ε), Y) for ε in epsilons] for s in (signs, chance))
    return Attack(np.asarray(epsilons), np.array(attacked), np.array(random))
