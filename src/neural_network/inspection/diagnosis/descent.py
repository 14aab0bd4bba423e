"""Careful gradient descent: how far does the loss fall when the length of each step is chosen with care?

Where careful steps succeed and the run did not, neither the samples nor the network are to blame, but its steps.
"""

import copy
import math
from typing import NamedTuple

import numpy as np

from ...network import Network, Parameters, gradient_descent
from ...support.error_state import own_error_state

LONGEST_RATE, SHORTEST_RATE = 1e4, 1e-9


class Descent(NamedTuple):
    """The result of a few careful steps downhill."""

    before: float  # loss
    after: float
    learning_rate: float  # of a typical step; 0 where no step led down

    @property
    def gain(self) -> float:
        """The share of the loss that the steps removed, from 0 to 1."""
        return 1 - self.after / self.before if self.before else 0.0


@own_error_state
def descend(network: Network, X: np.ndarray, Y: np.ndarray, steps: int = 5) -> Descent:
    """Take steps of gradient descent on a copy of `network`, each as long as the loss allows.

    A step of learning rate α is short enough if it lowers the loss by at least half of what the slope promises,
    α/2 |dθ|² (Armijo 1966). The search starts far too long and divides by 3 until that is so.
    """
    α, chosen = LONGEST_RATE, []
    before = loss = network.mean_loss(network.forward(X), Y)
    for _ in range(steps):
        gradients = network.backward(X, Y)
        slope = sum(float(np.square(dθ, dtype=np.float64).sum()) for dθ in gradients.values())
        if not 0 < slope < math.inf:
            break
        while α > SHORTEST_RATE:
            candidate = _stepped(network, gradients, α)
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


def _stepped(network: Network, gradients: Parameters, learning_rate: float) -> Network:
    """Return a copy of `network` that is one step further."""
    stepped = copy.copy(network)
    for name, θ in network.parameters.items():
        setattr(stepped, name, θ.copy())
    gradient_descent(stepped.parameters, gradients, learning_rate)
    return stepped
