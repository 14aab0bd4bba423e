"""Many networks as one: side by side, with a W2 that is block diagonal.

Networks that learn from the same samples read the same pixels. Side by side, sixteen networks of ten hidden units are
one layer of 160 rows, whose products keep the processor busy where ten rows wait for memory. Each network's logits are
its own block of W2 times its own hidden units, and everything beside these blocks is zero. So the lines of network.py
serve all of them at once; only output layer and loss are told which rows belong together.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..functions.losses import OutputGradient
from ..network import Network, Parameters
from ..support.byte_pixels import Inputs
from ..support.threads import share
from .blockwise import blocks
from .gradients import Result, compute
from .trial import agrees, trial

STACK_BLOCK = 2**11  # samples: the results of 160 hidden units for them stay in the cache
MOST_UNITS = 256  # hidden units side by side: beyond them the zeros of W2 cost more than the wide product saves


class Stack(Network):
    """Networks of one shape, dtype, activation, output layer and loss, whose parameters become views of the stack's."""

    def __init__(self, networks: Sequence[Network]) -> None:
        first, count = networks[0], len(networks)
        vars(self).update(vars(first))
        self.networks = networks
        self.hidden_size, self.output_size = count * first.hidden_size, count * first.output_size
        self.W1, self.b1, self.b2 = (np.concatenate([vars(n)[name] for n in networks]) for name in ("W1", "b1", "b2"))
        self.W2 = np.zeros((self.output_size, self.hidden_size), first.dtype)
        self.output_function = lambda Z2: first.output_function(self._each(Z2)).reshape(Z2.shape)
        gradient = first.loss_function.output_gradient[first.output]
        self.loss_function = replace(
            first.loss_function,
            value=lambda Z2, A2, Y: first.loss_function.value(*map(self._each, (Z2, A2, Y))),
            output_gradient={first.output: gradient and self._for_each(gradient)},
        )
        for network, views in zip(networks, self.split(self.parameters), strict=True):
            views["W2"][...] = network.W2
            vars(network).update(views)

    def _each(self, array: np.ndarray) -> np.ndarray:
        """Return an array (..., N C, m) with an axis for the N networks, (..., N, C, m)."""
        return array.reshape(*array.shape[:-2], len(self.networks), -1, array.shape[-1])

    def _for_each(self, gradient: OutputGradient) -> OutputGradient:
        return lambda E, A2: gradient(self._each(E), self._each(A2)).reshape(E.shape)

    def targets(self, Y: np.ndarray) -> np.ndarray:
        """Return the targets of all networks, (N C, m), which are the same for each."""
        return np.concatenate([self.networks[0].targets(Y)] * len(self.networks), axis=-2)

    def split(self, arrays: Parameters) -> list[Parameters]:
        """Return the part of each network, as views, of arrays with the shapes of the parameters."""
        H, C = self.networks[0].hidden_size, self.networks[0].output_size
        rows = [(slice(i * H, (i + 1) * H), slice(i * C, (i + 1) * C)) for i in range(len(self.networks))]
        W1, b1, W2, b2 = arrays["W1"], arrays["b1"], arrays["W2"], arrays["b2"]
        return [{"W1": W1[h], "b1": b1[h], "W2": W2[c, h], "b2": b2[c]} for h, c in rows]

    def compute(self, X: Inputs, Y: np.ndarray) -> list[Result]:
        """Return the result of each network for `X` (D, m), which may be Pixels, and labels `Y` (m,)."""

        def part(samples: slice) -> tuple[np.ndarray, np.ndarray, Parameters]:
            x, y = np.asarray(X[:, samples]), Y[samples]
            forward, weight = self.forward(x), len(y) / len(Y)
            loss = weight * self.losses(forward, y).mean(axis=-1, dtype=np.float64)
            correct = np.count_nonzero(self._each(forward.A2).argmax(axis=-2) == y, axis=-1)
            return loss, correct, {name: weight * dθ for name, dθ in self.backward(x, y, forward).items()}

        losses, correct, gradients = zip(*share(part, blocks(len(Y), block=STACK_BLOCK)), strict=True)
        total = self.split({name: np.sum([dθ[name] for dθ in gradients], axis=0) for name in gradients[0]})
        return list(map(Result, np.sum(losses, axis=0).tolist(), np.sum(correct, axis=0).tolist(), total))


def can_be_stacked(networks: Sequence[Network], X: Inputs, Y: np.ndarray) -> bool:
    """Return whether each network's result for some of these samples, side by side, is what it computes by itself."""
    x, y = np.asarray(X[:, :256]), Y[:256]

    def side_by_side(first: Network) -> list[Network]:
        return [first, *(trial(network, seed) for seed, network in enumerate(networks[1:], 1))]

    return agrees(
        networks[0],
        lambda first: Stack(side_by_side(first)).compute(x, y),
        lambda first: [compute(network, x, y) for network in side_by_side(first)],
    )
