"""A learning rate sweep: a short training with each of several learning rates."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...network import Network
from ...support.errors import DivergenceError
from ...training.loop import fit, measure
from ...training.optimizers import Optimizer


class Sweep(NamedTuple):
    """The loss before, and after a short training with each of the rates; infinite where it diverged."""

    rates: np.ndarray  # (n,)
    before: float
    losses: np.ndarray  # (n,) on the training samples
    steps: int
    samples: int


def sweep_learning_rates(
    make_network: Callable[[], Network],
    make_optimizer: Callable[[float], Optimizer],
    X: np.ndarray,
    Y: np.ndarray,
    rates: Sequence[float] | np.ndarray,
    *,
    batch_size: int | None = None,
    epochs: int = 5,
) -> Sweep:
    """Train a new network on `X` (D, m) with labels `Y` (m,) for each of `rates`, always from the same weights."""
    losses, steps = [], -(-len(Y) // (batch_size or len(Y))) * epochs
    with np.errstate(all="ignore"):
        for rate in rates:
            network = make_network()
            try:
                optimizer = make_optimizer(rate)
                fit(network, X, Y, epochs=epochs, optimizer=optimizer, batch_size=batch_size, progress=False)
                loss = measure(network, X, Y)[0]
            except DivergenceError:
                loss = np.inf
            losses.append(loss if np.isfinite(loss) else np.inf)
        return Sweep(np.asarray(rates), measure(make_network(), X, Y)[0], np.array(losses), steps, len(Y))
