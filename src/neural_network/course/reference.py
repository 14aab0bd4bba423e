"""The numbers that the learner's functions should give: those of network.py's own lines, recorded as they run."""

from typing import Any

import numpy as np

from ..inspection.trace import trace_step
from ..network import Network
from ..training.optimizers import SGD

Values = dict[str, np.ndarray]


def make_network(
    D: int, H: int, C: int, seed: int, dtype: Any = np.float64, scale: float = 1.0, **options: Any
) -> Network:
    """Return a network whose biases are not zero; the output weights are multiplied by `scale`."""
    network, rng = Network(D, H, C, seed=seed, dtype=dtype, **options), np.random.default_rng(seed)
    network.b1 = (0.3 * rng.standard_normal((H, 1))).astype(dtype)
    network.b2 = (0.3 * rng.standard_normal((C, 1))).astype(dtype)
    network.W2 = network.W2 * network.dtype.type(scale)
    return network


def make_samples(network: Network, m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (D, m) and labels (m,) for a network; every class is among the labels if m allows it."""
    rng = np.random.default_rng(seed)
    X = rng.random((network.input_size, m)).astype(network.dtype)
    return X, rng.permutation(np.arange(m) % network.output_size)


def step_values(network: Network, X: np.ndarray, labels: np.ndarray) -> Values:
    """Return the value of every name in a step of `network` on X (D, m) and labels (m,), as its lines compute them.

    W1, b1, W2 and b2 are those before the step.
    """
    before = {name: θ.copy() for name, θ in network.parameters.items()}
    trace = trace_step(network, X, labels, SGD(1.0))
    values = {line.name: np.asarray(line.value) for line in trace.lines}
    return {**values, **before, "X": X, "labels": labels, "Y": network.targets(labels)}
