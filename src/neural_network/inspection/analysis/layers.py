"""The layers in numbers: activations, gradients, and the units that can learn."""

from typing import NamedTuple

import numpy as np

from ...network import Network, Parameters
from ...support.byte_pixels import Inputs
from ...training.monitor import DEAD_SLOPE, dead_units, hidden_slopes


class Layers(NamedTuple):
    """Activations and gradients on some samples, and which hidden units can learn from them."""

    A1: np.ndarray  # (H, m) activations of the hidden units
    Z2: np.ndarray  # (C, m) logits
    gradients: Parameters  # of the mean loss over the samples
    active: np.ndarray  # (H,) share of the samples with a slope, so that the unit can learn from them
    dead: np.ndarray  # indices of the units without a slope on any sample


def measure_layers(network: Network, X: np.ndarray, Y: np.ndarray) -> Layers:
    """Return activations and gradients of a forward and a backward pass of `X` (D, m) with labels `Y` (m,)."""
    forward = network.forward(X)
    slopes = hidden_slopes(network.activation, forward.Z1)
    active = (slopes >= DEAD_SLOPE).mean(axis=1)
    return Layers(forward.A1, forward.Z2, network.backward(X, Y, forward), active, dead_units(slopes))


def strongest_units(network: Network, count: int) -> np.ndarray:
    """Return the indices, ascending, of up to `count` units with the largest |row of W1| times |column of W2|."""
    weight = np.linalg.norm(network.W1, axis=1) * np.linalg.norm(network.W2, axis=0)
    return np.sort(np.argsort(-weight, kind="stable")[:count])


def most_activating(network: Network, X: Inputs, units: np.ndarray, count: int) -> np.ndarray:
    """Return for each of `units` (u,) the `count` columns of `X` (D, m) that activate it most: indices (u, count).

    Equal activations, as those of inactive and saturated units, are ranked by their pre-activations Z1.
    """
    forward = network.forward(np.asarray(X))
    return np.stack([np.lexsort((-forward.Z1[unit], -forward.A1[unit]))[:count] for unit in units])
