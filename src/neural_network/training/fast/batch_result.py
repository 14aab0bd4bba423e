"""What a batch gives: loss, correct and gradients."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...network import Network, Parameters


class Result(NamedTuple):
    """Mean loss of a batch, how many samples were right, and the gradients by the parameters' names."""

    loss: float
    correct: int
    gradients: Parameters


Compute = Callable[[Network, np.ndarray, np.ndarray], Result]
