"""Distillation: a network learns from the probabilities that other networks give, instead of from the labels.

Hinton, Vinyals and Dean 2015, 'Distilling the knowledge in a neural network'. A committee knows that a hasty 4 looks
somewhat like a 9, which its label does not say. In each step a label is drawn for each sample from the mean of the
teachers' probabilities. The expected gradient is that of the cross-entropy with these probabilities as targets, because
the loss is linear in its targets; and the lines of network.py stay as they are.
"""

from collections.abc import Sequence

import numpy as np

from ..network import Network
from ..support.errors import InputError
from ..support.picture_format import check_deskewed
from ..support.randomness import TEACHER, stream
from .callback import Callback, Run


class Distill(Callback):
    """Draws the labels of each batch from the mean probabilities of `teachers`, for the images as the batch has them.

    The accuracy in the history is then the share of samples whose prediction is the label that was drawn.
    """

    process_safe = True

    def __init__(self, teachers: Sequence[Network]) -> None:
        self.teachers = teachers

    def on_start(self, run: Run) -> None:
        sizes = run.network.input_size, run.network.output_size
        for teacher in self.teachers:
            if (found := (teacher.input_size, teacher.output_size)) != sizes:
                needed = f"{sizes[0]} inputs and {sizes[1]} classes, as the network has"
                raise InputError(f"a teacher must have {needed}, not {found[0]} and {found[1]}")
            check_deskewed(teacher.picture_format, run.network.picture_format, "a teacher")

    def on_batch(self, run: Run) -> None:
        X = np.asarray(run.X)
        P = np.mean([teacher.forward(X).A2 for teacher in self.teachers], axis=0)
        drawn = stream(run.seed, TEACHER, run.step).random(X.shape[1], np.float32)
        labels = (P.cumsum(axis=0) < drawn).sum(axis=0)
        run.Y = np.minimum(labels, len(P) - 1)  # where the probabilities sum to slightly less than 1
