"""Mini-batches for two: half of the hidden units are computed here, and the others by a partner (see worker.py).

All that both need lies in memory that both see, the network's own arrays too while it is trained. Only the output layer
is computed by one. Where there is no partner, because it is not worth one or cannot be had, both halves are computed
here, one after the other: the arithmetic is the same, and so is every bit. It is done in the order of minibatch.py; so
if the BLAS adds up a row of half a product as it does in the whole, the bits are those of network.py too.
"""

import numpy as np

from ....functions import activations
from ....network import Network, Parameters
from ....support.errors import WorkError
from ... import optimizers
from ...optimizers import OPTIMIZERS, Optimizer
from .. import minibatch, output_layer
from ..batch_result import Result
from ..stepper import Solo
from . import step_timer, worker
from .prefetch import Tray
from .shard import BACKWARD, FORWARD, UPDATE, Half, Sizes, Task, as_matrix, unflatten
from .shared_memory import Layout, Shared
from .step_timer import Stopwatch
from .worker import Partner

WORTH = 6 * 10**6  # multiplications of the largest product: what is less is sooner done than handed over
LEAST_UNITS = 64  # of the whole network
LAST = 1.0  # seconds that a partner has for the task at hand when the training ends
EXTRA = 8  # units that the partner has more than half of them: it has no batches to gather and to judge


def suits(network: Network, optimizer: Optimizer, samples: int) -> bool:
    """Return whether batches of so many samples are worth halving, and network and optimizer can be halved.

    The partner knows only this package: what others have registered is computed in the usual way.
    """
    return (
        network.hidden_size >= LEAST_UNITS
        and _is_worth_it(network, samples)
        and getattr(activations, network.activation.name.replace("-", "_"), None) is network.activation
        and type(optimizer).__module__ == optimizers.__name__
    )


def _is_worth_it(network: Network, samples: int) -> bool:
    return network.hidden_size * network.input_size * samples >= WORTH


def cut_of(hidden_size: int) -> int:
    """Return how many of the hidden units the partner has."""
    return hidden_size // 2 + EXTRA


class Here:
    """The other half, where there is no partner: it is computed when it is waited for."""

    def __init__(self, half: Half) -> None:
        self._half = half

    def ask(self, task: Task) -> None:
        """Note what is to be done."""
        self._task = task

    def wait(self) -> None:
        """Do it."""
        self._half.carry_out(self._task)


class Duet(Solo):
    """Two halves of a network in training.

    Parameters
    ----------
    network, optimizer : Network, Optimizer
        They have their arrays in shared memory until `close`, the optimizer from its first step on.
    samples : int
        How many a batch has at most.
    steps : int
        How many steps there will be, on which it depends whether a partner is hired.
    """

    def __init__(self, network: Network, optimizer: Optimizer, samples: int, steps: int) -> None:
        super().__init__(minibatch.compute)
        self.threads = not worker.is_possible()
        self._network, self._optimizer = network, optimizer
        D, H, C = network.input_size, network.hidden_size, network.output_size
        self._own, self._sizes = network.parameters, Sizes(D, H, C, cut_of(H))
        self._shared = Shared(_layout(network, optimizer, samples))
        arrays = self._arrays = self._shared.arrays
        self._parameters, self._gradients = (unflatten(arrays[name], self._sizes) for name in ("θ", "dθ"))
        _put(self._own, self._parameters)
        self._give_network(self._parameters)
        first, self._half = (
            Half(arrays, self._sizes, first=first, activation=network.activation, optimizer=optimizer)
            for first in (True, False)
        )
        self._here = Here(first)
        self._other: Here | Partner = self._here
        self._hired: Partner | None = None
        self._tray = Tray(arrays["X"])
        self._stopwatch = Stopwatch(steps)
        self._decided = self._moved = False

    def _give_network(self, parameters: Parameters) -> None:
        for name, θ in parameters.items():
            setattr(self._network, name, θ)

    def _move_optimizer(self) -> None:
        """Give the optimizer arrays in shared memory, with what its own held, where it has been used before."""
        state = self._optimizer.state
        self._optimizer.state = {
            kind: unflatten(self._arrays[kind], self._sizes) for kind in self._optimizer.state_names
        }
        for kind, arrays in state.items():
            _put(arrays, self._optimizer.state[kind])
        self._moved = True

    def close(self) -> None:
        """Let the partner rest, and give network and optimizer arrays of their own again."""
        if self._hired:
            try:
                if self._hired is self._other:
                    self._hired.finish(LAST)  # this process may have been interrupted in the middle of a step
            finally:
                worker.dismiss(self._hired)
        self._shared.close()
        _put(self._parameters, self._own)
        self._give_network(self._own)
        self._optimizer.state = {
            kind: {name: array.copy() for name, array in arrays.items()}
            for kind, arrays in self._optimizer.state.items()
        }

    def gather(self, X: np.ndarray, order: np.ndarray, start: int, size: int) -> np.ndarray:
        """Return a batch, of which some was fetched while the partner was waited for. The next step overwrites it."""
        self._batch = self._tray.get(X, order, start, size)
        return self._batch

    def compute(self, network: Network, X: np.ndarray, Y: np.ndarray) -> Result:
        """Return loss, correct and gradients, by halves unless a callback has changed what the network is made of."""
        changed = network.activation is not self._half.activation or not _same(network.parameters, self._parameters)
        if changed or not _is_worth_it(network, len(Y)):
            return super().compute(network, X, Y)
        if not self._moved:
            self._move_optimizer()
        self._watch()
        m = len(Y)
        if X is not self._batch:
            self._arrays["X"][self._tray.place, :m] = X.T
        self._ask(Task(FORWARD, self._tray.place, m))
        self._half.forward(self._tray.place, m)
        self._wait()
        A1 = as_matrix(self._arrays["A1"], self._sizes.H, m)
        Z2 = network.W2 @ A1
        Z2 += network.b2
        losses, correct, dZ2 = output_layer.error(network, Z2, Y)
        as_matrix(self._arrays["dZ2"], self._sizes.C, m)[...] = dZ2

        self._ask(Task(BACKWARD))
        np.multiply(1 / m, dZ2.sum(axis=1, keepdims=True), out=self._gradients["b2"])
        dZ2 *= 1 / m
        np.matmul(dZ2, A1.T, out=self._gradients["W2"])
        self._half.backward()
        loss, right = float(losses.mean(dtype=np.float64)), int(np.count_nonzero(correct))
        self._wait()
        return Result(loss, right, self._gradients.copy())

    def step(self, optimizer: Optimizer, parameters: Parameters, gradients: Parameters) -> None:
        """Let the optimizer move the parameters, by halves unless a callback has put other gradients in their place."""
        if not _same(gradients, self._gradients) or not _same(parameters, self._parameters):
            super().step(optimizer, parameters, gradients)
            return
        task = Task(UPDATE, steps=optimizer.steps, rate=optimizer.learning_rate)
        self._ask(task)
        self._half.carry_out(task)
        self._wait()
        optimizer.steps += 1

    def _ask(self, task: Task) -> None:
        self._task = task
        self._other.ask(task)

    def _wait(self) -> None:
        """Wait for the other half, and fetch samples of the next batch until it is there.

        What a partner that was ended has not done is done here; but how far it got with an update, nobody can tell.
        """
        while self._other is self._hired and not self._hired.is_ready() and self._tray.fetch():
            pass
        try:
            self._other.wait()
        except WorkError:
            if self._task.command == UPDATE:
                raise
            self._let_go()
            self._ask(self._task)
            self._other.wait()

    def _watch(self) -> None:
        """Hire a partner once, if the steps to come will take long enough, and go on with it once it is there.

        If steps are slower with it than they were alone, others want the processors: then it is let go for good.
        """
        watch, hired = self._stopwatch, self._hired
        if self._decided and not hired:
            return
        watch.note()
        if not self._decided:
            if watch.has_seen(step_timer.FIRST):
                self._decided = True
                self._hired = self._hire() if watch.is_long() else None
        elif hired is not self._other:
            if hired and hired.is_ready():
                watch.somebody_joins()
                self._other = hired
        elif watch.has_seen(step_timer.WINDOW) and watch.is_slower():
            self._let_go()

    def _let_go(self) -> None:
        """Go on alone."""
        if self._hired:
            worker.dismiss(self._hired)
        self._other, self._hired = self._here, None

    def _hire(self) -> Partner | None:
        kind = type(self._optimizer)
        work = {
            "layout": self._shared.layout,
            "sizes": self._sizes,
            "activation": self._network.activation.name,
            "optimizer": next(name for name in OPTIMIZERS if OPTIMIZERS[name] is kind),
            "settings": {name: value for name, value in vars(self._optimizer).items() if name != "state"},
        }
        return worker.hire(self._shared, work)


def _layout(network: Network, optimizer: Optimizer, samples: int) -> Layout:
    size = sum(θ.size for θ in network.parameters.values())
    flat = {name: [size] for name in ("θ", "dθ", *optimizer.state_names)}
    layers = {"A1": [network.hidden_size * samples], "dZ2": [network.output_size * samples]}
    return {"dtype": str(network.dtype), "shapes": {**flat, **layers, "X": [2, samples, network.input_size]}}


def _put(some: Parameters, others: Parameters) -> None:
    for name, array in some.items():
        others[name][...] = array


def _same(some: Parameters, others: Parameters) -> bool:
    return all(others.get(name) is array for name, array in some.items())
