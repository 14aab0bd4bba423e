"""The worked example of docs/math_derivations.md: a 2-2-2 network and two samples, small enough for pencil and paper.

Its second hidden unit is inactive for the second sample, which shows the effect of the ReLU. At first both samples are
assigned to class 0; after one step of gradient descent both are classified correctly.
"""

import numpy as np

from ...network import Network
from ...support.in_place import assign

X = np.array([[0.5, 1.0], [1.0, 0.0]])  # (D, m): two inputs, two samples as columns
Y = np.array([1, 0])  # (m,): their classes

PARAMETERS = {
    "W1": np.array([[0.2, 0.4], [-0.6, 0.8]]),
    "b1": np.array([[0.1], [0.2]]),
    "W2": np.array([[0.5, -0.2], [-0.3, 0.4]]),
    "b2": np.array([[0.1], [-0.1]]),
}
LEARNING_RATE = 0.5


def toy_network() -> Network:
    """Return a new network of the example, in float64, before the step."""
    network = Network(input_size=2, hidden_size=2, output_size=2, seed=0, dtype=np.float64)
    assign(network.parameters, PARAMETERS)
    return network
