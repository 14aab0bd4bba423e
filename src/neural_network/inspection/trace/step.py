"""One step of the training loop, with every line recorded."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...network import Network
from ...support.errors import DivergenceError, InputError
from ...support.html import html_array, html_table
from ...support.randomness import Seed
from ...training.callback import Callback, Run
from ...training.gradients import Result, compute
from ...training.loop import check_samples, fit, measure
from ...training.optimizers import Optimizer
from ...training.stepper import Stepper
from .axes import INPUTS
from .notation import equation
from .recorder import Line, Recorder


@dataclass(frozen=True, eq=False)
class Trace:
    """A recorded training step. With dropout, `loss` is that of the network with its units dropped."""

    network: Network  # a copy, as it is after the step
    X: np.ndarray  # (D, m) the batch
    Y: np.ndarray  # (m,)
    lines: list[Line]  # in the order they ran: the equations, and the unnumbered lines between them
    loss: float  # mean loss of the batch before the step, in nats
    loss_after: float

    def find(self, name: str) -> Line:
        """Return the last line that computed `name`, such as "dW1", or "W1" for its update.

        An equation that a later line of the same name hides, as a penalty hides (9), has the name "dW1 (9)".
        Raises InputError with the known names where no line has this one.
        """
        found = [line for line in self.lines if name in (line.name, f"{line.name} ({line.number})")]
        if not found:
            hidden = [hidden for line in self.lines for hidden in self.hidden(line.name)]
            names = ", ".join(dict.fromkeys([*(line.name for line in self.lines), *hidden]))
            raise InputError(f"no line of this step computes {name!r}; choose one of: {names}")
        return found[-1]

    def _repr_html_(self) -> str:
        """Show the equations that ran, with shapes and values, in a notebook."""
        rows = [
            [f"({line.number})", equation(line, named=True), line.value.shape, html_array(np.asarray(line.value))]
            for line in self.lines
            if line.number
        ]
        head = f"<p>Loss {self.loss:.5g} before the step, {self.loss_after:.5g} after it.</p>"
        return head + html_table(["", "equation", "shape", "value"], rows)

    def hidden(self, name: str) -> list[str]:
        """Return the names, such as "dW1 (9)", of the equations that the last line of this name hides."""
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
    first, so that the originals do not change. Other threads are not recorded.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer. One that has made steps before continues from them.
    callbacks : sequence of Callback
        Regularizers and the like, as for `fit`.
    seed : int, numpy.random.Generator or None
        The seed of dropout and the like; None uses the network's own.

    Raises
    ------
    InputError
        The batch has the wrong shape or values, or no line that ran has the number of an equation: the source of the
        network cannot be read.
    DivergenceError
        The step led to infinite or NaN values.
    """
    X, Y = check_samples(network, X, Y)
    copied = _copied(network)
    roots = {type(part).__module__.partition(".")[0] for part in (network, optimizer, *callbacks)}
    recorder = Recorder(copied.parameters, roots | {__name__.partition(".")[0]})
    naming = _NameBatch(recorder)
    with recorder.recording():
        history = fit(
            copied,
            X,
            Y,
            epochs=1,
            optimizer=copy.deepcopy(optimizer),
            shuffle=False,
            seed=seed,
            callbacks=[naming, *callbacks, naming],
            progress=False,
            stepper=_WholeBatch(),
        )
    if not any(line.number for line in recorder.lines):
        raise InputError(f"no line of {type(network).__module__} that ran ends in the number of an equation")
    before, (after, _) = history.rows[0]["loss"], measure(copied, X, Y)
    if not math.isfinite(after):
        reason = f"the loss of the batch was {before:.4g} before it and is {after} after it"
        raise DivergenceError(1, reason, optimizer.learning_rate)
    return Trace(copied, X, Y, recorder.lines, before, after)


class _WholeBatch(Stepper):
    """Computes batches of any size in one piece."""

    def compute(self, run: Run) -> Result:
        return compute(run.network, np.asarray(run.X), run.Y, run.mask, run.weights)


class _NameBatch(Callback):
    """Tells the recorder which array is the batch, before and after the other callbacks change it."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def on_batch(self, run: Run) -> None:
        self._recorder.introduce(np.asarray(run.X), "X", INPUTS)


def _copied(network: Network) -> Network:
    """Return a network with copies of the parameters, in the same memory layout."""
    copied = copy.copy(network)
    for name, θ in network.parameters.items():
        setattr(copied, name, θ.copy(order="K"))
    return copied
