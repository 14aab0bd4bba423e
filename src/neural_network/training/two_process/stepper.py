"""The steps of the first process: it trains the first half of the hidden units, and a second process the other.

Where there is no second process, or it slows training down, this one computes both halves, to the same bits.
"""

import contextlib

import numpy as np

from ...network import Forward, Parameters
from ...support import python_process, shared_memory
from ...support.byte_pixels import Inputs
from ...support.errors import WorkError
from ...support.faster_way import FasterWay
from ..callback import Run, is_process_safe
from ..description import adopt, arrays_of, is_describable
from ..gradients import Result, count_correct
from ..stepper import Stepper, is_plain
from . import worker
from .half import Half
from .worker import BATCH, DONE, LOGITS_2, MEASURED, READY, UPDATE, UPDATING, Shared

LEAST_UNITS, LEAST_PRODUCT = 64, 6 * 10**6  # hidden units, and multiplications of the largest product, worth halving
WORTHWHILE = 4 * 10**10  # such multiplications in a run that are worth a second process: about a second
ANSWER = 2.0  # seconds within which the second process must answer


def suits(run: Run, batch_size: int) -> bool:
    """Return whether steps are worth halving, and a second process, which has no callbacks, can make them."""
    return (
        run.network.hidden_size >= LEAST_UNITS
        and run.network.W1.size * batch_size >= LEAST_PRODUCT
        and is_describable(run.network, run.optimizer)
        and all(map(is_process_safe, run.callbacks))
    )


class TwoProcessStepper(Stepper):
    """Makes the steps of a run that `suits`: without `run.gradients`, and with arrays that are shared until `close`."""

    def __init__(self, run: Run, batch_size: int, is_sum: bool | None = None) -> None:
        super().__init__()
        self._run, self._batch_size = run, batch_size
        self._is_sum = is_sum  # whether the halves give what the whole gives; unknown before the first step
        self._is_decided = False  # whether to start a second process, which waits until a processor is free
        if is_sum:
            self._divide()
        self._shared: Shared | None = None  # what there is in common with the second process, once it was started
        self._together: Shared | None = None  # the same, in steps in which the second process takes part
        self._own: Parameters = {}  # the arrays that shared ones stand in for
        self._part: Forward | None = None  # the forward pass of the second half, where it was made here
        self._way = FasterWay()

    def gather(self, X: Inputs, indices: np.ndarray) -> np.ndarray:
        """Return the batch of these samples, in shared memory if there is any."""
        if not (self._shared and isinstance(X, np.ndarray)):
            return super().gather(X, indices)
        return X.T.take(indices, axis=0, out=self._shared.X[: len(indices)], mode="clip").T

    def compute(self, run: Run) -> Result:
        """Return loss and correct predictions of the run's batch; the gradients of the halves are kept for `step`."""
        X = run.X = np.asarray(run.X)
        if self._is_sum is None:
            self._is_sum = is_plain(run, lambda trial: TwoProcessStepper(trial, self._batch_size, is_sum=True))
            if self._is_sum:
                self._divide()
        if not self._is_sum:
            return super().compute(run)
        if not self._is_decided and self._way.is_free:
            self._start()
        ready = self._shared if self._shared and self._shared.process and self._shared.words[READY] else None
        self._together = ready if self._way.is_other(ready is not None) else None
        return self._by_halves(X)

    def step(self, run: Run) -> None:
        """Move both halves; raises FloatingPointError where a parameter is no longer finite."""
        if not self._is_sum:
            super().step(run)
            return
        if shared := self._together:
            shared.words[UPDATE] = shared.words[BATCH]
        self._first.step(self._gradients, *self._update)
        if not (shared and self._answers(shared, DONE)):
            self._second.step(self._second_gradients(), *self._update)
        elif shared.numbers[worker.OVERFLOW]:
            raise FloatingPointError("a parameter of the second half is infinite or NaN")
        run.optimizer.steps += 1

    def close(self) -> None:
        """End the second process, and give network and optimizer their own arrays again."""
        self._end()
        if self._own:
            adopt(self._run.network, self._run.optimizer, self._own, copy=True)

    def _divide(self) -> None:
        self._run.optimizer.prepare(self._run.network.parameters)
        self._first, self._second = (Half(self._run.network, self._run.optimizer, first=f) for f in (True, False))
        self._first.exchange = self._exchange

    def _by_halves(self, X: np.ndarray) -> Result:
        Y, self._X, self._part = self._run.Y, X, None
        self._update = self._run.optimizer.steps, float(self._run.optimizer.learning_rate)  # of both halves
        if shared := self._together:
            if X.base is not shared.X.base:
                shared.X[: len(Y)] = X.T
            shared.Y[: len(Y)] = Y
            shared.numbers[:3] = len(Y), *self._update
            shared.words[BATCH] += 1  # last: what was written before is seen before
        forward = self._first.forward(X)
        self._A2, self._gradients = forward.A2, self._first.backward(X, Y, forward)
        if shared and self._answers(shared, MEASURED):
            return Result(float(shared.numbers[worker.LOSS]), int(shared.numbers[worker.CORRECT]), {})
        return Result(self._first.mean_loss(forward, Y), count_correct(forward.A2, Y), {})

    def _exchange(self, Z2: np.ndarray) -> None:
        second = self._together and self._together.hand_over(Z2, 0)
        if not (self._together and self._answers(self._together, LOGITS_2)):
            self._part = self._second.forward(self._X)
            second = self._part.Z2
        Z2 += second

    def _second_gradients(self) -> Parameters:
        part = self._part or self._second.forward(self._X)
        return self._second.backward(self._X, self._run.Y, part._replace(A2=self._A2))

    def _answers(self, shared: Shared, word: int) -> bool:
        """Wait for the second process to set a word; return whether it has, and end it where it does not."""
        words, step, looks = shared.words, shared.words[BATCH], iter(range(int(ANSWER / shared_memory.PAUSE)))

        def is_lost() -> bool:  # looks are counted: in seconds this process may have been stopped as well
            return shared.process is None or shared.process.poll() is not None or next(looks, None) is None

        if shared_memory.wait(words, word, step, is_lost):
            return True
        self._end()
        if words[UPDATING] == step != words[DONE]:
            raise WorkError("the process that trains half of the network was ended in the middle of a step")
        return words[word] == step

    def _start(self) -> None:
        """Start the second process on arrays in shared memory, if it is worth it and the system allows it."""
        run, self._is_decided = self._run, True
        network, optimizer, steps = run.network, run.optimizer, run.epochs * run.steps_per_epoch - run.step
        with contextlib.suppress(OSError, ValueError):  # no process or memory, or more than NumPy has in one piece
            if network.W1.size * self._batch_size * steps > WORTHWHILE and python_process.is_possible():
                self._shared = worker.start(network, optimizer, self._batch_size)
                self._own = arrays_of(network, optimizer)
                adopt(network, optimizer, self._shared.arrays, copy=True)
                self._divide()

    def _end(self) -> None:
        """End the second process; what it does not do any more is done here."""
        if self._shared and self._shared.process:
            self._shared.process.kill()
            self._shared.process.wait()
            self._shared.process = self._together = None
