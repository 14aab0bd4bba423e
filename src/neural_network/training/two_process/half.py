"""Half of a hidden layer, which is a network by itself.

A hidden unit owns a row of W1, an entry of b1 and a column of W2. Some of the units are a network whose logits are
their part of the sum in equation (3). The output function is where the halves meet: it adds the other half's part and
takes the softmax of the whole. So forward and backward of network.py, as they stand, give the gradients of this half.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ...network import Forward, Network, Parameters
from ..optimizers import Optimizer
from ..stepper import check_finite


class Half(Network):
    """One half of the hidden units of `network`: views of its arrays, and of those of an optimizer of its own.

    The first half owns b2, which the sum has only once. `exchange` takes this half's part of the logits (C, m) and
    returns the whole, which the forward pass then has as its Z2.
    """

    def __init__(self, network: Network, optimizer: Optimizer, *, first: bool) -> None:
        vars(self).update(vars(network))
        middle = network.hidden_size // 2
        units = slice(middle) if first else slice(middle, None)
        self._places: dict[str, Any] = {"W1": units, "b1": units, "W2": (slice(None), units)}
        self._places |= {"b2": ...} if first else {}
        vars(self).update({"b2": np.zeros_like(network.b2), **self._part(network.parameters)})
        self.exchange: Callable[[np.ndarray], np.ndarray] = lambda Z2: Z2
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
        self._logits = self.exchange(Z2)
        return self._softmax(self._logits)

    def forward(self, X: np.ndarray, mask: np.ndarray | None = None) -> Forward:
        """Return the forward pass of network.py, with the logits of the whole."""
        return super().forward(X, mask)._replace(Z2=self._logits)

    def step(self, gradients: Parameters, steps: int, learning_rate: float) -> None:
        """Move the parameters after so many steps; FloatingPointError where a number is no longer finite."""
        self.optimizer.steps, self.optimizer.learning_rate = steps, learning_rate
        self.optimizer.step(self.parameters, gradients)
        check_finite(self.parameters)
