"""The training loop: batch after batch, forward, backward, step.

The network computes, the optimizer steps, and the loop only says when. It owns what neither of them should know: the
order of the samples, the history, the callbacks, and when to stop.
"""

import contextlib
import math
import time
from collections.abc import Sequence

import numpy as np

from ..network import Network
from ..support.arguments import check_count, check_inputs, check_labels
from ..support.blas_threads import one_blas_thread
from ..support.byte_pixels import AnyInputs, Inputs, Pixels
from ..support.error_state import own_error_state
from ..support.errors import DivergenceError, InputError
from ..support.progress import is_wanted
from ..support.randomness import SHUFFLE, Seed, as_seed, stream
from ..support.signals import finish_on_interrupt
from .callback import Callback, Run, is_process_safe
from .checkpoint import Checkpoint, restore
from .history import History, Row
from .optimizers import Optimizer
from .stepper import Stepper
from .two_process import stepper as two_process

Samples = tuple[Inputs, np.ndarray]
Arrays = tuple[np.ndarray, np.ndarray]  # samples of which `X` is an array


@own_error_state
def fit(
    network: Network,
    X: Inputs,
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
    stepper: Stepper | None = None,
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
        Whether to draw a progress bar; None draws one in a terminal and in a notebook.
    stepper : Stepper, optional
        What makes a step. By default two processes train a large network, if `two_process.stepper.suits` says so.
    resume : Checkpoint, optional
        Where to go on (see checkpoint.py). All other arguments must be those of the run that it was made in: the result
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
    if not isinstance(X, Pixels):
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
    if batch_size >= samples and not all(map(is_process_safe, callbacks)):
        X = np.asarray(X)  # which callbacks may compute with
    run.started = time.perf_counter()

    if stepper is None:
        shared = batch_size < samples and two_process.suits(run, batch_size)
        stepper = two_process.TwoProcessStepper(run, batch_size) if shared else Stepper()
    with contextlib.closing(stepper):
        for callback in callbacks:
            callback.on_start(run)
        try:
            if resume is not None:
                restore(run, resume)
            _train(run, X, Y, batch_size, validation, shuffle, stepper)
        except DivergenceError as error:
            error.history = run.history
            run.history.diverged_at = error.step
            raise
        finally:
            for callback in callbacks:
                callback.on_end(run)
    return run.history


def _train(
    run: Run, X: Inputs, Y: np.ndarray, batch_size: int, validation: Samples | None, shuffle: bool, stepper: Stepper
) -> None:
    """Train epoch after epoch, and add each to the history."""
    with finish_on_interrupt([run]), one_blas_thread():
        while run.epoch < run.epochs and not run.stop:
            run.epoch += 1
            row = _epoch(run, X, Y, _order(X.shape[1], shuffle, run), batch_size, stepper)
            if validation:
                row |= measure_validation(run, validation)
            row["seconds"] = time.perf_counter() - run.started
            run.history.rows.append(row)
            for callback in run.callbacks:
                callback.on_epoch(run, row)


def measure(network: Network, X: Inputs, Y: np.ndarray) -> tuple[float, float]:
    """Return loss (nats) and accuracy (0 to 1) on `X` (D, m) and labels `Y` (m,), from a single forward pass."""
    loss, predicted = judge(network, X, Y)
    return loss, int(np.count_nonzero(predicted == Y)) / len(Y)


@own_error_state
def judge(network: Network, X: Inputs, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return loss (nats) on `X` (D, m) and labels `Y` (m,), and the predicted classes (m,).

    The loss is infinite or NaN where the network's logits overflow.
    """

    def piece(samples: slice) -> tuple[float, np.ndarray]:
        forward = network.forward(np.asarray(X[:, samples]))
        return network.mean_loss(forward, Y[samples]) * len(Y[samples]), forward.A2.argmax(axis=0)

    with one_blas_thread():
        losses, predicted = zip(*network.map_pieces(piece, len(Y)), strict=True)
    return sum(losses) / len(Y), np.concatenate(predicted)


def measure_validation(run: Run, validation: Samples) -> Row:
    """Return what the history says of the validation samples; raises DivergenceError where their loss is not finite."""
    loss, accuracy = measure(run.network, *validation)
    if not math.isfinite(loss):
        raise DivergenceError(run.step, f"the validation loss became {loss}", run.optimizer.learning_rate)
    return {"validation_loss": loss, "validation_accuracy": accuracy}


def _epoch(run: Run, X: Inputs, Y: np.ndarray, order: np.ndarray, batch_size: int, stepper: Stepper) -> Row:
    """Train on all samples once, batch by batch, and return the epoch's row of the history.

    A run that is resumed within an epoch has seen some of the samples already.
    """
    samples = len(order)
    for start in range(run.samples_seen, samples, batch_size):
        run.indices = order[start : start + batch_size]
        full = batch_size >= samples
        run.X, run.Y = (X, Y) if full else (stepper.gather(X, run.indices), Y[run.indices])
        run.mask = run.weights = None
        _step(run, stepper)
        if run.stop:
            break
    loss, accuracy = run.loss_sum / run.samples_seen, run.correct / run.samples_seen
    run.loss_sum, run.correct, run.samples_seen = 0.0, 0, 0
    return {"epoch": run.epoch, "step": run.step, "loss": loss, "accuracy": accuracy}


def _step(run: Run, stepper: Stepper) -> None:
    """Make one step of gradient descent on the batch of `run`."""
    run.step += 1
    for callback in run.callbacks:
        callback.on_batch(run)
    run.loss, correct, run.gradients = stepper.compute(run)
    check_loss(run)
    for callback in run.callbacks:
        callback.on_gradients(run)
    update(run, stepper)
    run.loss_sum += run.loss * len(run.Y)
    run.correct += correct
    run.samples_seen += len(run.Y)
    if run.interrupt:  # asked once a step, so that every callback knows of it and can save what it must
        run.stop = run.history.interrupted = True
    for callback in run.callbacks:
        callback.on_step(run)


def check_loss(run: Run) -> None:
    """Raise DivergenceError where the loss of the batch is infinite or NaN."""
    if not math.isfinite(run.loss):
        raise DivergenceError(run.step, f"the loss became {run.loss}", run.optimizer.learning_rate)


def update(run: Run, stepper: Stepper) -> None:
    """Let the optimizer move the parameters, or raise DivergenceError where a number of theirs or its own overflows."""
    try:
        with np.errstate(over="raise", invalid="raise"):
            stepper.step(run)
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


def check_samples(network: Network, X: AnyInputs, Y: np.ndarray, name: str = "") -> tuple[AnyInputs, np.ndarray]:
    """Return inputs and labels as `network` wants them, or raise InputError."""
    X = check_inputs(X, network.input_size, network.dtype, f"{name}X")
    return X, check_labels(Y, network.output_size, X.shape[1], f"{name}Y")


def progress_bar(wanted: bool | None) -> list[Callback]:
    """Return the progress bar, if it is wanted or, for None, in a terminal or a notebook."""
    if not (is_wanted() if wanted is None else wanted):
        return []
    from .progress import ProgressBar

    return [ProgressBar()]
