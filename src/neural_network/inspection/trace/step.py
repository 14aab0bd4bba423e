"""One step of training, made by the training loop itself, while every line of it is recorded."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...network import Network
from ...support.arguments import check_inputs, check_labels
from ...support.errors import DivergenceError, InputError
from ...support.randomness import Seed
from ...training.callback import Callback, Run
from ...training.gradients import Result, compute
from ...training.loop import fit, measure
from ...training.optimizers import Optimizer
from ...training.stepper import Stepper
from .axes import INPUTS
from .recorder import Line, Recorder


@dataclass(frozen=True, eq=False)
class Trace:
    """A step under glass.

    Attributes
    ----------
    network : Network
        As it is after the step; the one that was handed in has not moved.
    X, Y : arrays (D, m), (m,)
        The batch, as it was handed in.
    lines : list of Line
        What ran, in that order: the equations, and the unnumbered lines between them.
    loss, loss_after : float
        The mean loss of the batch before and after the step, in nats. With dropout, the first is that of the network
        with its units dropped.
    """

    network: Network
    X: np.ndarray
    Y: np.ndarray
    lines: list[Line]
    loss: float
    loss_after: float

    def find(self, name: str) -> Line:
        """Return the last line that computed `name`, such as "dW1", or "W1" for its update.

        Where a later line of the same name hides an equation, as a penalty hides (9), "dW1 (9)" is its name.
        Raises InputError, with the names there are, where no line has it.
        """
        found = [line for line in self.lines if name in (line.name, f"{line.name} ({line.number})")]
        if not found:
            hidden = [hidden for line in self.lines for hidden in self.hidden(line.name)]
            names = ", ".join(dict.fromkeys([*(line.name for line in self.lines), *hidden]))
            raise InputError(f"no line of this step computes {name!r}; choose one of: {names}")
        return found[-1]

    def hidden(self, name: str) -> list[str]:
        """Return the names, such as "dW1 (9)", of the equations that the last line which computed `name` hides."""
        lines = [line for line in self.lines if line.name == name]
        return [f"{name} ({line.number})" for line in lines[:-1] if line.number]


def trace_step(
    network: Network,
    X: np.ndarray,
    Y: np.ndarray,
    optimizer: Optimizer,
    callbacks: Sequence[Callback] = (),
    *,
    seed: Seed = None,
) -> Trace:
    """Make one step on the batch `X` (D, m), `Y` (m,), and return what each of its lines computed.

    It is a step of `training.loop.fit` in one process and in one piece. Large batches, and mini-batches of large
    networks, are computed in parts elsewhere, which differs from it by rounding. Network and optimizer are copied
    first: a look changes nothing. What goes on in other threads is not recorded.

    Parameters
    ----------
    optimizer : Optimizer
        What moves the parameters. One that has made steps already goes on from there.
    callbacks : sequence of Callback
        Regularizers and the like, as for `fit`.
    seed : int, numpy.random.Generator or None
        Of everything random, such as dropout; None uses the network's own.

    Raises
    ------
    InputError
        A batch of the wrong shape or value, or no line that ran carries the number of an equation: the source of the
        network is not there to be read.
    DivergenceError
        The step led to infinite or NaN values.
    """
    X = check_inputs(X, network.input_size, network.dtype)
    Y = check_labels(Y, network.output_size, X.shape[1])
    twin = _copied(network)
    roots = {type(part).__module__.partition(".")[0] for part in (network, optimizer, *callbacks)}
    recorder = Recorder(twin.parameters, roots | {__name__.partition(".")[0]})
    glass = _Glass(recorder)
    with recorder.watching():
        history = fit(
            twin,
            X,
            Y,
            epochs=1,
            optimizer=copy.deepcopy(optimizer),
            shuffle=False,
            seed=seed,
            callbacks=[glass, *callbacks, glass],
            progress=False,
            stepper=_WholeBatch(),
        )
    if not any(line.number for line in recorder.lines):
        raise InputError(f"no line of {type(network).__module__} that ran ends in the number of an equation")
    before, (after, _) = history.rows[0]["loss"], measure(twin, X, Y)
    if not math.isfinite(after):
        what = f"the loss of the batch was {before:.4g} before it and is {after} after"
        raise DivergenceError(1, what, optimizer.learning_rate)
    return Trace(twin, X, Y, recorder.lines, before, after)


class _WholeBatch(Stepper):
    """Computes batches of any size in one piece."""

    def compute(self, run: Run) -> Result:
        return compute(run.network, np.asarray(run.X), run.Y, run.mask, run.weights)


class _Glass(Callback):
    """Tells the recorder which array is the batch, before the other callbacks have changed it and after."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def on_batch(self, run: Run) -> None:
        self._recorder.introduce(run.X, "X", INPUTS)


def _copied(network: Network) -> Network:
    """Return a network of the same parameters, in arrays of its own, and of the same memory layout."""
    twin = copy.copy(network)
    for name, θ in network.parameters.items():
        setattr(twin, name, θ.copy(order="K"))
    return twin
