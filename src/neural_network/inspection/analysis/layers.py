"""Layers: what the units answer and what they are taught, as numbers to make histograms of."""

from typing import NamedTuple

import numpy as np

from ...network import Network, Parameters
from ...training.monitor import DEAD_SLOPE, dead_units, hidden_slopes


class Layers(NamedTuple):
    """Activations and gradients on some samples, and which hidden units take part."""

    A1: np.ndarray  # (H, m) answers of the hidden units
    Z2: np.ndarray  # (C, m) sums of the output units
    gradients: Parameters  # of the mean loss over the samples
    active: np.ndarray  # (H,) share of the samples on which a unit has a slope, so that it can learn from them
    dead: np.ndarray  # indices of the units that have none on any sample


def look_at_layers(network: Network, X: np.ndarray, Y: np.ndarray) -> Layers:
    """Carry `X` (D, m) with labels `Y` (m,) forward and backward, and keep what was seen on the way."""
    forward = network.forward(X)
    slopes = hidden_slopes(network.activation, forward.Z1)
    active = (slopes >= DEAD_SLOPE).mean(axis=1)
    return Layers(forward.A1, forward.Z2, network.backward(X, Y, forward), active, dead_units(slopes))


def strongest_units(network: Network, count: int) -> np.ndarray:
    """Return the indices, ascending, of up to `count` units that weigh most: |row of W1| times |column of W2|."""
    weight = np.linalg.norm(network.W1, axis=1) * np.linalg.norm(network.W2, axis=0)
    return np.sort(np.argsort(-weight, kind="stable")[:count])


def favorites(network: Network, X: np.ndarray, units: np.ndarray, count: int) -> np.ndarray:
    """Return for each of `units` (u,) the `count` columns of `X` (D, m) that it answers most to: indices (u, count).

    Pictures with the same answer, as silent and saturated units give it, are ranked by the sum Z1 behind it.
    """
    forward = network.forward(X)
    return np.stack([np.lexsort((-forward.Z1[unit], -forward.A1[unit]))[:count] for unit in units])
