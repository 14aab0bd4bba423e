"""The second process: it trains the second half of the hidden units, and ends with the process that started it."""

import os
import subprocess
import sys
from typing import Any

import numpy as np

from ...network import Network
from ...support import python_process, shared_memory
from ...support.blas_threads import one_blas_thread
from ..description import adopt, arrays_of, describe, make
from ..gradients import count_correct
from ..optimizers import Optimizer
from .half import Half

# Words that count steps, and numbers of a step: the first process writes those of the first line, the second the others
BATCH, LOGITS_1, UPDATE, SAMPLES, STEPS, LEARNING_RATE = 0, 1, 2, 0, 1, 2
READY, LOGITS_2, MEASURED, UPDATING, DONE, LOSS, CORRECT, OVERFLOW = 3, 4, 5, 6, 7, 8, 9, 10


class Shared:
    """The memory of both processes: parameters, state of the optimizer, and the batch with what is known of it."""

    def __init__(self, network: Network, optimizer: Optimizer, batch_size: int, descriptor: int) -> None:
        shapes = {name: array.shape for name, array in arrays_of(network, optimizer).items()}
        shapes |= {"X": (batch_size, network.input_size), "logits": (2, batch_size * network.output_size)}
        fields: list[Any] = [("numbers", np.float64, 16), ("Y", np.int64, batch_size)]
        fields += [(name, network.dtype, shape) for name, shape in shapes.items()]
        self.arrays, self.words = shared_memory.share(fields, 8, descriptor)
        self.X, self.Y, self.numbers = (self.arrays[name] for name in ("X", "Y", "numbers"))
        self.process: subprocess.Popen[bytes] | None = None  # for the first process: the second, until it has ended

    def hand_over(self, Z2: np.ndarray, half: int) -> np.ndarray:
        """Hand one half's part of the logits to the other, and return where the other's will be (C, m)."""
        logits = self.arrays["logits"][:, : Z2.size].reshape(2, *Z2.shape)
        logits[half] = Z2
        self.words[(LOGITS_1, LOGITS_2)[half]] = self.words[BATCH]
        return logits[1 - half]


def start(network: Network, optimizer: Optimizer, batch_size: int) -> Shared:
    """Start the process, which sets READY when it can take a step; OSError or ValueError where there can be none."""
    with os.fdopen(os.memfd_create("batch"), "r+b") as file:
        memory = {"batch_size": batch_size, "descriptor": file.fileno()}
        shared = Shared(network, optimizer, **memory)
        work = {"description": describe(network, optimizer), "memory": memory, "parent": os.getpid()}
        shared.process = python_process.start(__name__, work, file.fileno())
    return shared


def main(description: dict[str, Any], memory: dict[str, int], parent: int) -> None:
    """Train the second half, step by step, until the process that started this one has ended or kills it."""
    network, optimizer = make(**description)
    shared = Shared(network, optimizer, **memory)
    adopt(network, optimizer, shared.arrays)
    half, words, numbers, step = Half(network, optimizer, first=False), shared.words, shared.numbers, 0

    def wait(word: int) -> None:
        if not shared_memory.wait(words, word, step, lambda: os.getppid() != parent):
            sys.exit()

    def exchange(Z2: np.ndarray) -> None:
        first = shared.hand_over(Z2, 1)
        wait(LOGITS_1)
        Z2 += first

    half.exchange = exchange
    words[READY] = 1
    with np.errstate(all="ignore"), one_blas_thread():
        while True:
            step += 1
            wait(BATCH)
            X, Y = shared.X[: int(numbers[SAMPLES])].T, shared.Y[: int(numbers[SAMPLES])]
            forward = half.forward(X)
            numbers[LOSS], numbers[CORRECT] = half.mean_loss(forward, Y), count_correct(forward.A2, Y)
            words[MEASURED] = step
            gradients = half.backward(X, Y, forward)
            wait(UPDATE)
            words[UPDATING] = step
            try:
                with np.errstate(over="raise", invalid="raise"):
                    half.step(gradients, int(numbers[STEPS]), float(numbers[LEARNING_RATE]))
            except FloatingPointError:
                numbers[OVERFLOW] = 1
            words[DONE] = step
