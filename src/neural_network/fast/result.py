"""What a batch gives: loss, hits and gradients."""

from typing import NamedTuple

from ..network import Parameters


class Result(NamedTuple):
    """Mean loss of a batch, how many samples were right, and the gradients by the parameters' names."""

    loss: float
    hits: int
    gradients: Parameters
