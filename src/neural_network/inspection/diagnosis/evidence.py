"""The case: what is known of a run, each figure measured when a cause first asks for it.

A diagnosis has the history, the network as it ended, and the samples. To say whether a figure is bad it compares: with
a network that gives every sample the same answer, with the network as it started, and with the experiments.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...functions.metrics import accuracy
from ...network import PIECE, Forward, Network, Parameters
from ...support.arguments import check_inputs, check_labels
from ...support.norms import norm
from ...support.randomness import stream
from ...training.history import History
from ...training.loop import measure
from ...training.monitor import dead_units, hidden_slopes
from .experiments import Descent, Reading, descend, predictability, read

Samples = tuple[np.ndarray, np.ndarray]

LOOKED_AT = 2000  # samples for what is measured once
TRIED_ON = 500  # samples for experiments, which measure again and again


class Hidden(NamedTuple):
    """How far the hidden layer lets gradients pass."""

    slope: float  # mean of |g'(Z1)| as a share of g's largest slope
    silent: int  # units without slope on any sample


class Case:
    """A run to be diagnosed; the arguments are those of `diagnose`."""

    def __init__(
        self, history: History, network: Network, train: Samples, validation: Samples | None, diverged_at: int | None
    ) -> None:
        self.history, self.network, self.diverged_at = history, network, diverged_at
        self.train = self._checked("", *train)
        self.validation = self._checked("validation ", *validation) if validation else None
        self.X, self.Y = subset(self.train, LOOKED_AT)

    def _checked(self, name: str, X: np.ndarray, Y: np.ndarray) -> Samples:
        X = check_inputs(X, self.network.input_size, self.network.dtype, f"{name}X")
        return X, check_labels(Y, self.network.output_size, X.shape[1], f"{name}Y")

    @cached_property
    def extremes(self) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest value that each input has (D,), over all training samples."""
        X = self.train[0]
        pieces = (np.asarray(X[:, start : start + PIECE]) for start in range(0, X.shape[1], PIECE))
        extremes = [(piece.min(axis=1), piece.max(axis=1)) for piece in pieces]
        return np.min([low for low, _ in extremes], axis=0), np.max([high for _, high in extremes], axis=0)

    # ------------------------------------------------------------------ the history

    def column(self, name: str) -> list[float]:
        """Return a column of the history, empty where it has none of this name."""
        return self.history[name] if name in self.history.columns else []

    def first_step(self, epoch: int) -> int:
        """Return the first step of an epoch, both counted as the rows of the history are: epochs from 0."""
        return int(self.history.rows[epoch - 1]["step"]) + 1 if epoch else 1

    def since(self, is_bad: Sequence[bool]) -> int | None:
        """Return the first step of the epoch since which `is_bad`, one value an epoch, has been true to the end."""
        good = [epoch for epoch, bad in enumerate(is_bad) if not bad]
        first = good[-1] + 1 if good else 0
        return self.first_step(first) if first < len(is_bad) else None

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return int(self.history.rows[-1]["step"]) if self.history.rows else 0

    @property
    def is_full_batch(self) -> bool:
        """Whether each epoch was a single step: its row then tells of the network just before that step."""
        return 0 < self.steps == len(self.history)

    # ------------------------------------------------------------------ the samples

    @cached_property
    def counts(self) -> np.ndarray:
        """How many training samples there are of each class, (C,)."""
        return np.bincount(self.train[1], minlength=self.network.output_size)

    @cached_property
    def baseline(self) -> float:
        """The loss of a network that knows how frequent the classes are, and nothing of the inputs."""
        return self._loss_of_answer(self.counts / self.counts.sum())

    @cached_property
    def guessing(self) -> float:
        """The loss of a network that knows nothing: all classes are equally likely."""
        return self._loss_of_answer(np.full(len(self.counts), 1 / len(self.counts)))

    def _loss_of_answer(self, shares: np.ndarray) -> float:
        A2 = np.repeat(shares[:, None], len(self.Y), axis=1)
        Z2 = np.log(np.maximum(A2, 1e-12))
        return self.network.mean_loss(self.forward._replace(Z2=Z2, A2=A2), self.Y)

    @cached_property
    def predictability(self) -> tuple[float, float]:
        """How well another learner tells the labels from the inputs, and how well chance might: see experiments.py."""
        return predictability(*subset(self.train, 2 * TRIED_ON))

    @property
    def is_learnable(self) -> bool:
        """Whether the labels have anything to do with the inputs."""
        score, chance = self.predictability
        return score > chance

    # ------------------------------------------------------------------ the network as it ended

    @cached_property
    def forward(self) -> Forward:
        with np.errstate(all="ignore"):
            return self.network.forward(self.X)

    @cached_property
    def loss(self) -> float:
        with np.errstate(all="ignore"):
            return self.network.mean_loss(self.forward, self.Y)

    @property
    def remaining(self) -> float:
        """The loss as a share of the baseline: 0 once everything is learnt, 1 or more as long as nothing is."""
        return math.inf if self.diverged else self.loss / max(self.baseline, 1e-12)

    @cached_property
    def accuracy(self) -> float:
        return accuracy(self.forward.A2.argmax(axis=0), self.Y)

    @cached_property
    def gradients(self) -> Parameters:
        return self.network.backward(self.X, self.Y, self.forward)

    @cached_property
    def slopes(self) -> np.ndarray:
        """|g'(Z1)| (H, m) as a share of g's largest slope."""
        return hidden_slopes(self.network.activation, self.forward.Z1)

    @cached_property
    def silent(self) -> np.ndarray:
        """The indices of the hidden units without slope on any sample."""
        return dead_units(self.slopes)

    @cached_property
    def first_bad(self) -> str | None:
        """The first tensor, in the order of the computation, that holds infinite or NaN values."""
        θ, f = self.network.parameters, self.forward
        tensors = {"W1": θ["W1"], "b1": θ["b1"], "Z1": f.Z1, "A1": f.A1, "W2": θ["W2"], "b2": θ["b2"], "Z2": f.Z2}
        bad = (name for name, tensor in tensors.items() if not np.isfinite(tensor).all())
        return next(bad, None if math.isfinite(self.loss) else "the loss")

    @property
    def diverged(self) -> bool:
        return self.diverged_at is not None or self.first_bad is not None

    @cached_property
    def descent(self) -> Descent:
        """What a few careful steps achieve from where the run ended: see experiments.py."""
        return descend(self.network, *subset(self.train, TRIED_ON))

    @cached_property
    def reading(self) -> Reading:
        """What the second learner makes of the training samples, and where it errs: see experiments.py."""
        return read(*subset(self.train, LOOKED_AT))

    # ------------------------------------------------------------------ the network as it started

    @cached_property
    def made(self) -> Network:
        """The network as its seed makes it. Whether the run began there is another question."""
        return self.fresh(self.network.initializer)

    def fresh(self, initializer: str, hidden_size: int | None = None) -> Network:
        """Return an untrained network like the one at hand, but for its initializer, and its size if one is given."""
        n = self.network
        return Network(
            n.input_size,
            hidden_size or n.hidden_size,
            n.output_size,
            activation=n.activation,
            initializer=initializer,
            output=n.output,
            loss=n.loss_function.name,
            label_smoothing=n.label_smoothing,
            seed=n.seed,
            dtype=n.dtype,
            classes=n.classes,
        )

    @cached_property
    def moved(self) -> float:
        """What share of W1 as it ended is not a multiple of W1 as it was made, from 0 to 1."""
        if not np.isfinite(self.network.W1).all():
            return 1.0
        made, ended = self.made.W1.astype(np.float64), self.network.W1.astype(np.float64)
        multiple = np.vdot(made, ended) / (np.vdot(made, made) or 1.0)
        return norm(ended - multiple * made) / (norm(ended) or 1.0)

    @cached_property
    def unmoved(self) -> np.ndarray:
        """For which hidden units (H,) the weights still point where they did when they were made."""
        made, ended = (network.W1.astype(np.float64) for network in (self.made, self.network))
        squares = np.square(made).sum(axis=1, keepdims=True)
        multiples = (made * ended).sum(axis=1, keepdims=True) / np.where(squares, squares, 1)
        turned = np.linalg.norm(ended - multiples * made, axis=1)
        return turned < 0.1 * np.linalg.norm(ended, axis=1)

    @cached_property
    def silent_by_chance(self) -> int:
        """How many units are silent in a fresh he-normal network: half where all inputs are positive and alike."""
        usual = self.fresh("he-normal")
        return len(dead_units(hidden_slopes(usual.activation, usual.forward(self.X).Z1)))

    @cached_property
    def growth(self) -> float:
        """How many times longer W1 is than it was made, or than he-normal would have made it if that is longer."""
        return norm(self.network.W1) / max(norm(self.made.W1), norm(self.fresh("he-normal").W1))

    @cached_property
    def start_loss(self) -> float:
        """The loss at the start. With mini-batches the first row is a mean over an epoch in which much may happen."""
        if self.is_full_batch or (self.history.rows and self.moved < 0.5):
            return self.history.rows[0]["loss"]
        return self.made.mean_loss(self.made.forward(self.X), self.Y)

    @cached_property
    def start(self) -> Hidden | None:
        """The hidden layer as it started: as monitored, else as far as it can be concluded, else None."""
        if self.column("hidden_slope"):
            return Hidden(self.column("hidden_slope")[0], int(self.column("dead_units")[0]))
        began_as_made = self.is_full_batch and math.isclose(
            measure(self.made, *self.train)[0], self.start_loss, rel_tol=1e-3
        )
        if began_as_made or not self.history.rows:
            slopes = hidden_slopes(self.made.activation, self.made.forward(self.X).Z1)
            return Hidden(float(slopes.mean()), len(dead_units(slopes)))
        if self.moved < 0.5 and not self.diverged:  # W1 has hardly turned: the hidden layer is much as it was
            return Hidden(float(self.slopes.mean()), len(self.silent))
        return None


def subset(samples: Samples, count: int) -> Samples:
    """Return at most `count` of the samples, chosen at random but always the same ones."""
    X, Y = samples
    if len(Y) <= count:
        return X, Y
    chosen = stream(0).permutation(len(Y))[:count]
    return X[:, chosen], Y[chosen]
