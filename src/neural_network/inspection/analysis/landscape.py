"""The loss landscape: the loss on a plane through the trained network, in the space of all its parameters.

A plane has two directions, each a change of every parameter. Random ones are scaled unit by unit to the norm of the
unit's own weights (filter normalization, Li et al. 2018, 'Visualizing the loss landscape of neural nets', section 4):
one unit of distance is then a change as large as the network itself, so that two landscapes can be compared. In many
dimensions a random plane is nearly orthogonal to the path of training, so the path is drawn on the plane of its own two
principal components (their section 7).
"""

import copy
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...functions.activations import Function
from ...network import Network, Parameters
from ...support.randomness import stream
from .pca import principal_components

Direction = Parameters


class Path(NamedTuple):
    """The path of training on the plane that shows most of it. The trained network is at (0, 0)."""

    directions: tuple[Direction, Direction]
    places: np.ndarray  # (2, snapshots)
    shares: np.ndarray  # (2,) of the path's variance that each direction shows


def filter_normalized(network: Network, seed: int) -> Direction:
    """Return a random direction in which each unit's weights and bias together have the norm of the unit's own."""
    rng = stream(seed)
    direction = {}
    for W, b in (("W1", "b1"), ("W2", "b2")):
        own = np.hstack([network.parameters[W], network.parameters[b]]).astype(np.float64)
        drawn = rng.normal(size=own.shape)
        drawn *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(drawn, axis=1, keepdims=True)
        direction[W], direction[b] = drawn[:, :-1].astype(network.dtype), drawn[:, -1:].astype(network.dtype)
    return direction


def path_of_training(network: Network, snapshots: list[Parameters]) -> Path:
    """Return the plane that shows most of the path through `snapshots` to the network, and the path on it."""
    names = list(network.parameters)
    end = np.concatenate([network.parameters[name].ravel() for name in names]).astype(np.float64)
    path = np.stack([np.concatenate([θ[name].ravel() for name in names]) for θ in snapshots]) - end  # (snapshots, P)
    _, directions, _, shares = principal_components(path.T)
    first, second = (_unravel(direction, network) for direction in directions.T)
    return Path((first, second), directions.T @ path.T, shares)


def _unravel(vector: np.ndarray, network: Network) -> Direction:
    direction, start = {}, 0
    for name, θ in network.parameters.items():
        direction[name] = vector[start : start + θ.size].reshape(θ.shape).astype(network.dtype)
        start += θ.size
    return direction


def loss_on_plane(
    network: Network,
    X: np.ndarray,
    Y: np.ndarray,
    directions: tuple[Direction, Direction],
    across: np.ndarray,
    up: np.ndarray,
) -> np.ndarray:
    """Return the loss on `X` (D, m) with labels `Y` (m,) at θ + a d₁ + b d₂: an array (len(up), len(across)).

    Z1 is linear in W1 and b1, so it is computed three times and not once for each point of the plane. At a point, the
    network runs without inputs, and with an activation that returns A1.
    """
    (d1, d2), θ, moved, g = directions, network.parameters, copy.copy(network), network.activation.g
    products = []
    for each in (θ, d1, d2):
        vars(moved).update(each)
        products.append(moved.forward(X).Z1)
    moved.W1 = network.W1[:, :0]
    losses = np.empty((len(up), len(across)))
    with np.errstate(all="ignore"):  # far from the network a loss may overflow: it is infinite then
        for row, b in enumerate(up.tolist()):  # Python's floats keep float32, and NumPy's would not
            for column, a in enumerate(across.tolist()):
                moved.W2, moved.b2 = (θ[name] + a * d1[name] + b * d2[name] for name in ("W2", "b2"))
                A1 = g(products[0] + a * products[1] + b * products[2])
                moved.activation = replace(network.activation, g=_constant(A1))
                losses[row, column] = moved.mean_loss(moved.forward(X[:0]), Y)
    return losses


def _constant(value: np.ndarray) -> Function:
    return lambda Z1: value
