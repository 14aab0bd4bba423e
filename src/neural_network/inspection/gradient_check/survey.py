"""The gradient check of everything: each activation, with each loss on each of its output layers, and each regularizer.

Registered extensions are included.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from ...functions.activations import ACTIVATIONS
from ...functions.losses import LOSSES
from ...network import Network
from ...training.regularizers import L1, L2, Penalty, draw_mask
from .check import GradientCheck, check_gradients

INPUTS, HIDDEN, CLASSES, SAMPLES = 12, 6, 4, 9
PENALTIES: dict[str, list[Penalty]] = {"l1": [L1(0.01)], "l2": [L2(0.1)]}
REGULARIZERS = ("none", *PENALTIES, "dropout", "label smoothing")


class Combination(NamedTuple):
    """The parts of the network of one check."""

    activation: str
    output: str
    loss: str
    regularizer: str

    @property
    def name(self) -> str:
        """The four names in one line."""
        return " × ".join(self)


def combinations() -> list[Combination]:
    """Return all combinations of registered parts."""
    pairs = [(output, loss) for loss in LOSSES for output in LOSSES[loss].output_gradient]
    return [Combination(g, *pair, extra) for g, pair, extra in product(ACTIVATIONS, pairs, REGULARIZERS)]


def survey(combination: Combination, seed: int = 0) -> GradientCheck:
    """Check all gradients of a small random network of this combination, on random samples."""
    rng = np.random.default_rng(seed)
    network = Network(
        INPUTS,
        HIDDEN,
        CLASSES,
        activation=combination.activation,
        output=combination.output,
        loss=combination.loss,
        label_smoothing=0.1 if combination.regularizer == "label smoothing" else 0,
        seed=rng,
        dtype=np.float64,
    )
    mask = draw_mask((HIDDEN, SAMPLES), 0.4, rng, network.dtype) if combination.regularizer == "dropout" else None
    X, Y = rng.random((INPUTS, SAMPLES)), rng.integers(0, CLASSES, SAMPLES)
    return check_gradients(network, X, Y, penalties=PENALTIES.get(combination.regularizer, []), mask=mask)
