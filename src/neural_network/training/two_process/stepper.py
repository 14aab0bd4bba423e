"""The steps of the first process: it trains the first half of the hidden units, and a second process the other.

As long as there is no second process, because it cannot be had or is not worth it, both halves are computed here: the
arithmetic is the same, and so is every bit. It rests for a while where it makes steps slower than one process.
"""

import subprocess
import time
from typing import Any

import numpy as np

from ...formats.model_file import configuration
from ...functions import activations, losses
from ...network import Forward, Network, Parameters
from ...support.errors import WorkError
from .. import optimizers
from ..callback import Run, is_process_safe
from ..gradients import Result, agree, compute, count_correct
from ..stepper import Stepper
from . import worker
from .half import Half
from .worker import BATCH, DONE, LOGITS_1, LOGITS_2, OVERFLOW, READY, SAMPLES, STEPS, UPDATING

LEAST_UNITS, LEAST_PRODUCT = 64, 6 * 10**6  # hidden units, and multiplications of the largest product, worth halving
FIRST_STEPS, WORTHWHILE = 5, 1.0  # steps timed before a second process is started, and seconds that must then be left
WINDOW, PATIENCE = 0.1, 2  # seconds of steps timed together, and such windows in a row that may be slower than alone
REST, ANSWER = 1.5, 2.0  # seconds of rest after them, and within which the second process must answer
METHODS = {name: vars(Network)[name] for name in ("forward", "backward", "targets", "losses", "mean_loss")}
OURS = {id(value): value for module in (activations, losses, optimizers) for value in vars(module).values()}


def suits(run: Run, batch_size: int) -> bool:
    """Return whether steps are worth halving, and a second process can compute what this one computes.

    It knows the equations, functions and optimizers of this package, and no callbacks.
    """
    network, optimizer = run.network, run.optimizer
    parts = network.activation, network.output_function, network.loss_function, type(optimizer)
    return (
        network.hidden_size >= LEAST_UNITS
        and network.hidden_size * network.input_size * batch_size >= LEAST_PRODUCT
        and all(getattr(getattr(network, name), "__func__", None) is METHODS[name] for name in METHODS)
        and all(id(part) in OURS for part in parts)
        and all(isinstance(value, int | float) for name, value in vars(optimizer).items() if name != "state")
        and all(map(is_process_safe, run.callbacks))
    )


class TwoProcessStepper(Stepper):
    """Makes the steps of a run that `suits`; `run.gradients` are there in the first step of an epoch only.

    While there is a second process, network and optimizer have shared arrays; `close` gives back their own.
    """

    def __init__(self, run: Run, batch_size: int) -> None:
        super().__init__()
        self._run, self._batch_size, self._is_sum = run, batch_size, False
        self._process: subprocess.Popen[bytes] | None = None
        self._own: dict[str, Parameters] = {}  # the arrays that shared ones stand in for
        self._ready, self._undecided = False, worker.is_possible()
        self._part: Forward | None = None  # the forward pass of the second half, where it was made here
        self._times: list[float] = []  # when steps began
        self._alone, self._slow_windows, self._rest = 0.0, 0, 0.0  # seconds of a step alone, and until when it rests

    def compute(self, run: Run) -> Result:
        """Return the result for the run's batch. With the first one it is tried out whether halves give the same."""
        if not self._times:
            self._divide()
            self._is_sum = agree(
                lambda: [self._by_halves(True)], lambda: [compute(run.network, np.asarray(run.X), run.Y)]
            )
        if not self._is_sum:
            self._times = [0.0]
            return super().compute(run)
        self._decide()
        return self._by_halves((run.step - 1) % run.steps_per_epoch == 0)

    def _divide(self) -> None:
        network, optimizer = self._run.network, self._run.optimizer
        for kind in optimizer.state_names if not optimizer.state else ():
            optimizer.state[kind] = {name: np.zeros_like(θ) for name, θ in network.parameters.items()}
        self._first, self._second = Half(network, optimizer, first=True), Half(network, optimizer, first=False)
        self._first.exchange = self._exchange

    def _by_halves(self, first_of_epoch: bool) -> Result:
        run, self._part = self._run, None
        self._update = run.optimizer.steps, float(run.optimizer.learning_rate)  # of both halves
        self._together = self._ready and not self._rest and not first_of_epoch
        if self._together:
            words, arrays, m = self._words, self._arrays, len(run.Y)
            arrays["X"][:m], arrays["Y"][:m] = run.X.T, run.Y
            words[SAMPLES], (words[STEPS], arrays["learning_rate"][0]) = m, self._update
            words[BATCH] += 1  # last: what was written before is seen before
        X = np.asarray(run.X)
        forward = self._first.forward(X)
        self._A2, self._gradients = forward.A2, self._first.backward(X, run.Y, forward)
        whole = _joined(self._gradients, self._second_gradients()) if first_of_epoch else {}
        return Result(self._first.mean_loss(forward, run.Y), count_correct(forward.A2, run.Y), whole)

    def _exchange(self, Z2: np.ndarray) -> np.ndarray:
        if self._together:
            mine, theirs = (logits[: Z2.size].reshape(Z2.shape) for logits in self._arrays["logits"])
            mine[...] = Z2
            self._words[LOGITS_1] = self._words[BATCH]
            if self._answers(LOGITS_2):
                return np.add(mine, theirs)
        part = self._part = self._second.forward(np.asarray(self._run.X))
        return np.add(Z2, part.Z2)

    def _second_gradients(self) -> Parameters:
        X = np.asarray(self._run.X)
        part = self._part or self._second.forward(X)
        return self._second.backward(X, self._run.Y, part._replace(A2=self._A2))

    def step(self, run: Run) -> None:
        """Move both halves; raises FloatingPointError where a parameter is no longer finite."""
        if not self._is_sum:
            return super().step(run)
        self._first.step(self._gradients, *self._update)
        if not (self._together and self._answers(DONE)):
            self._second.step(self._second_gradients(), *self._update)
        elif self._words[OVERFLOW]:
            raise FloatingPointError("a parameter of the second half is infinite or NaN")
        run.optimizer.steps += 1
        return None

    def _answers(self, word: int) -> bool:
        """Wait for the second process to set a word; return whether it has, and end it where it does not."""
        step, process, looks = self._words[BATCH], self._process, iter(range(int(ANSWER / worker.PAUSE)))

        def is_lost() -> bool:
            """Return whether it has ended, or does not answer while this process, too, gets the time to look."""
            return process is None or process.poll() is not None or next(looks, None) is None

        if worker.wait(self._words, word, step, is_lost):
            return True
        self._end()
        if self._words[UPDATING] == step != self._words[DONE]:
            raise WorkError("the process that trains half of the network was ended in the middle of a step")
        return self._words[word] == step

    def _decide(self) -> None:
        """Start the second process once it is worth it, and let it rest where it makes steps slower."""
        self._times.append(time.perf_counter())
        run, now = self._run, self._times[-1]
        if len(self._times) <= FIRST_STEPS or now - self._times[0] < (WINDOW if self._process else 0):
            return
        median = float(np.median(np.diff(self._times)))
        if self._undecided and median * (run.epochs * run.steps_per_epoch - run.step) > WORTHWHILE:
            self._alone = median
            self._start()
        elif self._process and not self._ready:
            self._alone, self._ready = min(self._alone, median), bool(self._words[READY])
        elif self._rest and now > self._rest:
            self._alone, self._rest = median, 0.0
        elif self._ready and not self._rest:
            self._slow_windows = self._slow_windows + 1 if median > self._alone else 0
            if self._slow_windows == PATIENCE:
                self._slow_windows, self._rest = 0, now + REST
        self._undecided, self._times = False, [now]

    def _start(self) -> None:
        """Start the second process on arrays in shared memory, if the system allows it."""
        network, optimizer, B = self._run.network, self._run.optimizer, self._batch_size
        own = {"": network.parameters, **optimizer.state}
        shapes = {kind + name: [*θ.shape] for kind, θs in own.items() for name, θ in θs.items()}
        shapes |= {"X": [B, network.input_size], "logits": [2, B * network.output_size]}
        layout = {name: (str(network.dtype), shape) for name, shape in shapes.items()}
        kept = vars(optimizer).keys() - {"state", "learning_rate"}  # the learning rate goes with each step
        work: dict[str, Any] = {
            "layout": {**layout, "Y": ("int64", [B]), "learning_rate": ("float64", [1])},
            "network": {**configuration(network), "initializer": "zeros"},
            "optimizer": type(optimizer).__name__,
            "settings": {name: vars(optimizer)[name] for name in kept},
        }
        try:
            self._process, (self._arrays, self._words) = worker.start(work)
        except OSError:
            return
        self._own = own
        self._move(own, {kind: {name: self._arrays[kind + name] for name in θs} for kind, θs in own.items()})
        self._divide()

    def _move(self, old: dict[str, Parameters], new: dict[str, Parameters]) -> None:
        """Give network, under "", and each kind of the optimizer's state other arrays of the same values."""
        for kind, θs in old.items():
            for name, θ in θs.items():
                new[kind][name][...] = θ
        vars(self._run.network).update(new[""])
        self._run.optimizer.state = {kind: θs for kind, θs in new.items() if kind}

    def _end(self) -> None:
        """End the second process; what it does not do any more is done here."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process, self._ready = None, False

    def close(self) -> None:
        """End the second process, and give network and optimizer their own arrays again."""
        self._end()
        if self._own:
            self._move({"": self._run.network.parameters, **self._run.optimizer.state}, self._own)


def _joined(first: Parameters, second: Parameters) -> Parameters:
    axes = {"W1": 0, "b1": 0, "W2": 1}
    return {name: np.concatenate([first[name], second[name]], axis=axes[name]) for name in axes} | {"b2": first["b2"]}
