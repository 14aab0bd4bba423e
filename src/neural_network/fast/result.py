"""What a batch gives: loss, hits and gradients."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..network import Parameters, TwoLayerNN


class Result(NamedTuple):
    """Mean loss of a batch, how many samples were right, and the gradients by the parameters' names."""

    loss: float
    hits: int
    gradients: Parameters


Compute = Callable[[TwoLayerNN, np.ndarray, np.ndarray], Result]
