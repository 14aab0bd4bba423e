"""The training loop: batch after batch, forward, backward, step.

The network computes, the optimizer steps, and the loop only says when. It owns what neither of them should know: the
order of the samples, the history, the callbacks, and when to stop.
"""

import contextlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType

import numpy as np

from ..network import PIECE, Network
from ..support import blas_threads
from ..support.arguments import check_count, check_inputs, check_labels
from ..support.byte_pixels import Pixels
from ..support.errors import DivergenceError, InputError
from ..support.randomness import SHUFFLE, Seed, as_seed, stream
from . import fast
from .callback import Callback, Run
from .checkpoint import Checkpoint, restore
from .history import History, Row
from .optimizers import Optimizer

Samples = tuple[np.ndarray, np.ndarray]

LARGEST = 2**22  # numbers of a layer that are computed at a time where samples are only measured


def fit(
    network: Network,
    X: np.ndarray,
    Y: np.ndarray,
    *,
    epochs: int,
    optimizer: Optimizer,
    batch_size: int | None = None,
    validation: Samples | None = None,
    shuffle: bool = True,
    seed: Seed = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = None,
    compute: fast.Compute | None = None,
    resume: Checkpoint | None = None,
) -> History:
    """Train `network` in place on `X` (D, m) and labels `Y` (m,), and return the history of the run.

    Parameters
    ----------
    epochs : int
        How often every sample is used.
    optimizer : Optimizer
        What moves the parameters (see optimizers.py).
    batch_size : int or None
        Samples a step. None is full batch: an epoch is one step. Otherwise every epoch goes through all samples in
        batches of a fresh permutation; the last batch may be smaller.
    validation : pair (X, Y), optional
        Samples that are only measured, after every epoch.
    shuffle : bool
        False keeps the samples in their order in every epoch.
    seed : int, numpy.random.Generator or None
        Where the permutations come from; None uses the network's own seed.
    callbacks : sequence of Callback
        Called at each stage, in this order.
    progress : bool or None
        Whether to draw a progress bar; None draws one if standard error is a terminal.
    compute : callable
        Gives loss, correct and gradients of a batch: the fast way for None, `fast.plain.compute` by the very lines of
        network.py, which is the same but for rounding.
    resume : Checkpoint, optional
        Where to go on (see resume.py). All other arguments must be those of the run that it was made in: the result
        is then, bit for bit, that of a run which was never interrupted.

    Raises
    ------
    InputError
        An argument of the wrong shape or value, before anything is changed.
    DivergenceError
        The loss became infinite or NaN: at which step, and what to try. The parameters are then worthless.

    Notes
    -----
    Ctrl-C ends the run after the step under way: the history is returned with `interrupted` set, and the network keeps
    what it has learnt. A second Ctrl-C interrupts at once.
    """
    X, Y = check_samples(network, X, Y)
    if validation is not None:
        if not isinstance(validation, tuple) or len(validation) != 2:
            raise InputError(f"validation must be a pair (X, Y), not {type(validation).__name__}")
        validation = check_samples(network, *validation, name="validation ")
    samples = X.shape[1]
    batch_size = samples if batch_size is None else check_count("batch_size", batch_size)
    if not isinstance(X, Pixels) or batch_size >= samples:
        X = np.ascontiguousarray(X.T).T  # so that a sample is one contiguous piece of memory, cheap to gather
    run = Run(
        network=network,
        optimizer=optimizer,
        history=History(),
        epochs=check_count("epochs", epochs),
        steps_per_epoch=math.ceil(samples / batch_size),
        seed=network.seed if seed is None else as_seed(seed),
    )
    callbacks = run.callbacks = [*callbacks, *progress_bar(progress)]
    run.started = time.perf_counter()

    total = run.epochs * run.steps_per_epoch
    steps = fast.Solo(compute) if compute else fast.make_steps(network, optimizer, X, batch_size, total)
    with contextlib.closing(steps):
        for callback in callbacks:
            callback.on_start(run)
        try:
            if resume is not None:
                restore(run, resume)
            _train(run, X, Y, batch_size, validation, shuffle, steps)
        except DivergenceError as error:
            error.history = run.history
            run.history.diverged_at = error.step
            raise
        finally:
            for callback in callbacks:
                callback.on_end(run)
    return run.history


def _train(
    run: Run, X: np.ndarray, Y: np.ndarray, batch_size: int, validation: Samples | None, shuffle: bool, steps: fast.Solo
) -> None:
    """Train epoch after epoch, and write down each."""
    samples, network = X.shape[1], run.network
    product = fast.largest_product(network, min(batch_size, samples)) if steps.threads else 0
    # Overflow is not a warning here: what it leads to is an error of its own.
    quietly = np.errstate(over="ignore", invalid="ignore")
    with finish_step_on_interrupt([run]), quietly, blas_threads.threads_for(product):
        while run.epoch < run.epochs and not run.stop:
            run.epoch += 1
            row = _epoch(run, X, Y, _order(samples, shuffle, run), batch_size, run.callbacks, steps)
            if validation:
                row |= measure_validation(run, validation)
            row["seconds"] = time.perf_counter() - run.started
            run.history.rows.append(row)
            for callback in run.callbacks:
                callback.on_epoch(run, row)


def measure(network: Network, X: np.ndarray, Y: np.ndarray) -> tuple[float, float]:
    """Return loss (nats) and accuracy (0 to 1) on `X` (D, m) and labels `Y` (m,), from a single forward pass."""
    loss, predicted = judge(network, X, Y)
    return loss, int(np.count_nonzero(predicted == Y)) / len(Y)


def judge(network: Network, X: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return loss (nats) on `X` (D, m) and labels `Y` (m,), and the classes (m,) that the network takes them for.

    The loss is infinite or NaN where the network's sums overflow.
    """
    loss, predicted = 0.0, np.empty(len(Y), np.intp)
    size = max(1, min(PIECE, LARGEST // max(network.hidden_size, network.output_size)))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(Y), size):
            piece = slice(start, start + size)
            forward = network.forward(np.asarray(X[:, piece]))
            loss += network.mean_loss(forward, Y[piece]) * len(Y[piece])
            predicted[piece] = forward.A2.argmax(axis=0)
    return loss / len(Y), predicted


def measure_validation(run: Run, validation: Samples) -> Row:
    """Return what the history says of the validation samples; raises DivergenceError where their loss is not finite."""
    loss, accuracy = measure(run.network, *validation)
    if not math.isfinite(loss):
        raise DivergenceError(run.step, f"the validation loss became {loss}", run.optimizer.learning_rate)
    return {"validation_loss": loss, "validation_accuracy": accuracy}


def _epoch(
    run: Run,
    X: np.ndarray,
    Y: np.ndarray,
    order: np.ndarray,
    batch_size: int,
    callbacks: Sequence[Callback],
    steps: fast.Solo,
) -> Row:
    """Train on all samples once, batch by batch, and return the epoch's row of the history.

    A run that is resumed within an epoch has seen some of the samples already.
    """
    samples = len(order)
    for start in range(run.samples_seen, samples, batch_size):
        run.indices = order[start : start + batch_size]
        run.X, run.Y = (X, Y) if batch_size >= samples else (steps.gather(X, order, start, batch_size), Y[run.indices])
        _step(run, callbacks, steps)
        if run.stop:
            break
    loss, accuracy = run.loss_sum / run.samples_seen, run.correct / run.samples_seen
    run.loss_sum, run.correct, run.samples_seen = 0.0, 0, 0
    return {"epoch": run.epoch, "step": run.step, "loss": loss, "accuracy": accuracy}


def _step(run: Run, callbacks: Sequence[Callback], steps: fast.Solo) -> None:
    """Make one step of gradient descent on the batch of `run`."""
    network = run.network
    run.step += 1
    for callback in callbacks:
        callback.on_batch(run)
    run.loss, correct, run.gradients = steps.compute(network, run.X, run.Y)
    check_loss(run)
    for callback in callbacks:
        callback.on_gradients(run)
    update(run, steps)
    run.loss_sum += run.loss * len(run.Y)
    run.correct += correct
    run.samples_seen += len(run.Y)
    if run.interrupt:  # asked once a step, so that all callbacks know of it and can keep what is to be kept
        run.stop = run.history.interrupted = True
    for callback in callbacks:
        callback.on_step(run)


def check_loss(run: Run) -> None:
    """Raise DivergenceError where the loss of the batch is infinite or NaN."""
    if not math.isfinite(run.loss):
        raise DivergenceError(run.step, f"the loss became {run.loss}", run.optimizer.learning_rate)


def update(run: Run, steps: fast.Solo) -> None:
    """Let the optimizer move the parameters, or raise DivergenceError where a number of theirs or its own overflows."""
    try:
        with np.errstate(over="raise", invalid="raise"):
            steps.step(run.optimizer, run.network.parameters, run.gradients)
    except FloatingPointError as error:
        raise DivergenceError(
            run.step, "its update gave infinite or NaN values", run.optimizer.learning_rate
        ) from error


def _order(samples: int, shuffle: bool, run: Run) -> np.ndarray:
    """Return the order of the samples in this epoch: a permutation of its own, whatever the epochs before it drew."""
    full_batch = run.steps_per_epoch == 1  # where the order makes no difference
    return (
        np.arange(samples) if full_batch or not shuffle else stream(run.seed, SHUFFLE, run.epoch).permutation(samples)
    )


@contextlib.contextmanager
def finish_step_on_interrupt(runs: Sequence[Run]) -> Iterator[None]:
    """Turn the first Ctrl-C into `interrupt` of the runs, so that no step is left half done; a second is as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    usual = signal.getsignal(signal.SIGINT)

    def stop(signum: int, frame: FrameType | None) -> None:
        for run in runs:
            run.interrupt = True
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def check_samples(network: Network, X: np.ndarray, Y: np.ndarray, name: str = "") -> Samples:
    """Return inputs and labels as `network` wants them, or raise InputError."""
    X = check_inputs(X, network.input_size, network.dtype, f"{name}X")
    return X, check_labels(Y, network.output_size, X.shape[1], f"{name}Y")


def progress_bar(wanted: bool | None) -> list[Callback]:
    """Return the progress bar, if it is wanted or, for None, if there is a terminal to draw it on."""
    if not (sys.stderr.isatty() if wanted is None else wanted):
        return []
    from .progress import ProgressBar

    return [ProgressBar()]
