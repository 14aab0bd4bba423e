"""Optimizers: how the gradients move the parameters.

An optimizer has one method, `step(parameters, gradients)`, which changes the parameters in place. It knows nothing of
networks or data: two dictionaries of arrays with the same names are all it sees.
"""

from typing import Protocol

from .arguments import check_positive
from .network import Parameters, gradient_descent


class Optimizer(Protocol):
    """Anything with a learning rate and a step."""

    learning_rate: float

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        """Move `parameters` in place, given the `gradients` of the same names and shapes."""


class SGD:
    """Gradient descent: θ := θ - α dθ, equation (11) as it stands. 'Stochastic' once the batches are random."""

    def __init__(self, learning_rate: float = 0.1) -> None:
        self.learning_rate = check_positive("learning_rate", learning_rate)

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        gradient_descent(parameters, gradients, self.learning_rate)
