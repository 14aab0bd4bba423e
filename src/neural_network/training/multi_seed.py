"""Many networks trained at once: how much of a result was luck is seen by other seeds, and other seeds cost little.

In full batches, networks of one shape learn from the same samples in every step, so they are stacked into one wide
network (see stacked.py). Each has its own first weights, its own optimizer and its own history, and learns what it
would have learnt alone but for rounding: after 500 steps the losses agree to 1e-6.
"""

import math
import time
from collections.abc import Sequence

import numpy as np

from ..network import Network
from ..support.arguments import check_count
from ..support.blas_threads import one_blas_thread
from ..support.byte_pixels import Inputs
from ..support.error_state import own_error_state
from ..support.errors import DivergenceError, InputError
from ..support.in_place import assign
from ..support.signals import finish_on_interrupt
from .callback import Run
from .gradients import Result
from .history import History, Row
from .loop import Samples, check_loss, check_samples, measure_validation, progress_bar, update
from .optimizers import Optimizer
from .stacked import MOST_UNITS, Stack, can_be_stacked
from .stepper import Stepper

ALIKE = (
    "input_size",
    "hidden_size",
    "output_size",
    "dtype",
    "activation",
    "output",
    "loss_function",
    "label_smoothing",
)


@own_error_state
def train_many(
    networks: Sequence[Network],
    X: Inputs,
    Y: np.ndarray,
    *,
    epochs: int,
    optimizers: Sequence[Optimizer],
    validation: Samples | None = None,
    progress: bool | None = None,
) -> list[History]:
    """Train `networks` in place on `X` (D, m) and labels `Y` (m,), in full batches, and return their histories.

    Parameters
    ----------
    networks : sequence of Network
        Networks of one shape, dtype, activation and loss, which may differ in their weights.
    epochs : int
        How often every sample is used: an epoch is one step.
    optimizers : sequence of Optimizer
        One for each network, all different values.
    validation : pair (X, Y), optional
        Samples that are only measured, after every epoch.
    progress : bool or None
        Whether to draw a progress bar, which tells of the first network; None draws one in a terminal and in a
        notebook.

    Raises
    ------
    InputError
        The networks differ in more than their weights, an optimizer is missing or serves two of them, or samples of
        the wrong shape or value.

    Notes
    -----
    A network that diverges keeps none of the others from learning: its history ends before that step, and so is shorter
    than `epochs`; its parameters are then worthless. Ctrl-C ends all runs after the step under way.
    """
    _check(networks, optimizers)
    first = networks[0]
    X, Y = check_samples(first, X, Y)
    X = np.ascontiguousarray(X.T).T
    if validation is not None:
        validation = check_samples(first, *validation, name="validation ")
    runs = [
        Run(network, optimizer, History(), check_count("epochs", epochs), 1, network.seed)
        for network, optimizer in zip(networks, optimizers, strict=True)
    ]
    for run in runs:
        run.X, run.Y = X, Y
    bars, own = progress_bar(progress), [network.parameters for network in networks]
    started = time.perf_counter()
    for bar in bars:
        bar.on_start(runs[0])
    try:
        with finish_on_interrupt(runs), one_blas_thread():
            groups = _stack(runs, X, Y)
            for epoch in range(1, epochs + 1):
                if all(run.stop for run in runs) or any(run.interrupt for run in runs):
                    break
                for members, stack in groups:
                    together = stack.compute(X, Y) if stack else []
                    if not all(math.isfinite(result.loss) for result in together):
                        together = []  # one that diverges takes the others with it: 0 times infinity is NaN
                    for i, (run, stepper) in enumerate(members):
                        if not run.stop:
                            result = together[i] if together else stepper.compute(run)
                            _step(run, epoch, stepper, result, validation)["seconds"] = time.perf_counter() - started
                for bar in bars if runs[0].history.rows else ():
                    bar.on_epoch(runs[0], runs[0].history.rows[-1])
    finally:
        for bar in bars:
            bar.on_end(runs[0])
        for network, parameters in zip(networks, own, strict=True):
            assign(parameters, network.parameters)
            vars(network).update(parameters)
    for run in runs:
        run.history.interrupted = run.interrupt and len(run.history) < epochs and not run.stop
    return [run.history for run in runs]


def _stack(runs: Sequence[Run], X: Inputs, Y: np.ndarray) -> list[tuple[list[tuple[Run, Stepper]], Stack | None]]:
    """Return the runs in groups, each with its stack, or None where networks must be computed one by one."""
    most = max(1, MOST_UNITS // runs[0].network.hidden_size)
    groups: list[tuple[list[tuple[Run, Stepper]], Stack | None]] = []
    for start in range(0, len(runs), most):
        members = [(run, Stepper()) for run in runs[start : start + most]]
        networks = [run.network for run, _ in members]
        groups.append((members, Stack(networks) if len(members) > 1 and can_be_stacked(networks, X, Y) else None))
    return groups


def _step(run: Run, epoch: int, stepper: Stepper, result: Result, validation: Samples | None) -> Row:
    """Move one network, and add a row to its history, unless it has diverged."""
    run.epoch = run.step = epoch
    row: Row = {"epoch": epoch, "step": epoch, "loss": result.loss, "accuracy": result.correct / len(run.Y)}
    run.loss, _, run.gradients = result
    try:
        check_loss(run)
        update(run, stepper)
        if validation:
            row |= measure_validation(run, validation)
    except DivergenceError as error:
        run.stop, run.history.diverged_at = True, error.step
        for θ in run.network.parameters.values():
            θ[...] = 0  # in a stack, infinite numbers would reach the other networks
        return row
    run.history.rows.append(row)
    return row


def _check(networks: Sequence[Network], optimizers: Sequence[Optimizer]) -> None:
    if not networks:
        raise InputError("train_many needs at least one network")
    for name in ALIKE:
        values = [getattr(network, name) for network in networks]
        for i, value in enumerate(values):
            if value != values[0]:
                raise InputError(f"networks must be of one kind, but {name} of network {i} is {value}, not {values[0]}")
    if len(set(map(id, networks))) != len(networks):
        raise InputError("networks must be all different values: one of them is there twice")
    if len(optimizers) != len(networks) or len(set(map(id, optimizers))) != len(networks):
        raise InputError(f"optimizers must be {len(networks)} different values, one for each network")
