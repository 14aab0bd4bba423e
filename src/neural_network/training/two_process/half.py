"""Half of a hidden layer, which is a network by itself.

A hidden unit owns a row of W1, an entry of b1 and a column of W2. Some of the units are a network whose logits are
their part of the sum in equation (3). The output function is where the halves meet: it adds the other half's part, and
takes the softmax of the whole. So forward and backward of network.py, as they stand, give the gradients of this half.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ...network import Network, Parameters
from ..optimizers import Optimizer
from ..stepper import check_finite


class Half(Network):
    """One half of the hidden units of `network`: views of its arrays, and of those of an optimizer of its own.

    The first half owns b2, which the sum has only once. `exchange` adds the other half's part to the logits (C, m), in
    place: the forward pass then has the whole as its Z2.
    """

    def __init__(self, network: Network, optimizer: Optimizer, *, first: bool) -> None:
        vars(self).update(vars(network))
        units = np.s_[: network.hidden_size // 2] if first else np.s_[network.hidden_size // 2 :]
        self._places: dict[str, Any] = {"W1": units, "b1": units, "W2": np.s_[:, units]} | (
            {"b2": ...} if first else {}
        )
        vars(self).update({"b2": np.zeros_like(network.b2), **self._part(network.parameters)})
        self.exchange: Callable[[np.ndarray], None] = lambda Z2: None
        self.output_function, self._softmax = self._meet, network.output_function
        self.optimizer = copy.copy(optimizer)
        self.optimizer.state = {name: self._part(arrays) for name, arrays in optimizer.state.items()}

    def _part(self, arrays: Parameters) -> Parameters:
        return {name: arrays[name][place] for name, place in self._places.items()}

    @property
    def parameters(self) -> Parameters:
        """The parameters that this half owns."""
        return {name: getattr(self, name) for name in self._places}

    def _meet(self, Z2: np.ndarray) -> np.ndarray:
        self.exchange(Z2)
        return self._softmax(Z2)

    def step(self, gradients: Parameters, steps: int, learning_rate: float) -> None:
        """Move the parameters after so many steps; FloatingPointError where a number is no longer finite."""
        self.optimizer.steps, self.optimizer.learning_rate = steps, learning_rate
        self.optimizer.step(self.parameters, gradients)
        check_finite(self.parameters)
