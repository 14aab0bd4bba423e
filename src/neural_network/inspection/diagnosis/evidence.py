"""The evidence of a run: each figure is measured when a cause first asks for it.

A diagnosis has the history, the network as it ended, and the samples. To say whether a figure is bad it compares: with
a network that gives every sample the same answer, with the initial network, and with the experiments.
"""

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...functions.metrics import accuracy
from ...network import PIECE, Forward, Network, Parameters
from ...support.norms import norm
from ...training.history import History
from ...training.loop import Arrays, Samples, check_samples, measure
from ...training.monitor import dead_units, hidden_slopes
from ..analysis.sampling import some_of
from .descent import Descent, descend
from .probe import Probe
from .samples import difference, digests

MEASURED_SAMPLES = 2000  # for what is measured once
VALIDATION_SAMPLES = 1000  # of which corrections are tried
PROBED_SAMPLES = 1000  # whose distances from each other are computed
EXPERIMENT_SAMPLES = 500  # for descent, which measures again and again
CAREFUL_STEPS = 60


class RunEvidence:
    """A run to be diagnosed; the arguments are those of `diagnose`."""

    def __init__(
        self, history: History, network: Network, train: Samples, validation: Samples | None, diverged_at: int | None
    ) -> None:
        self.history, self.network, self.diverged_at = history, network, diverged_at
        self.train = check_samples(network, *train)
        self.validation = check_samples(network, *validation, name="validation ") if validation else None
        self.X, self.Y = some_of(*self.train, MEASURED_SAMPLES)

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
        """Whether each epoch was a single step: its row then describes the network just before that step."""
        return 0 < self.steps == len(self.history)

    @property
    def is_still_falling(self) -> bool:
        """Whether the loss fell by 15 % or more in the second half of the run."""
        losses = self.column("loss")
        return bool(losses) and losses[-1] < 0.85 * losses[len(losses) // 2]

    # ------------------------------------------------------------------ the samples

    @cached_property
    def extremes(self) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest value that each input has (D,), over all training samples."""
        X = self.train[0]
        pieces = (np.asarray(X[:, start : start + PIECE]) for start in range(0, X.shape[1], PIECE))
        extremes = [(piece.min(axis=1), piece.max(axis=1)) for piece in pieces]
        return np.min([low for low, _ in extremes], axis=0), np.max([high for _, high in extremes], axis=0)

    @cached_property
    def batches_lack_classes(self) -> bool:
        """Whether mini-batches have few of the classes each, as those of a sorted file that is not shuffled.

        Where that was not monitored, it is concluded from a network that takes too many samples for the last classes.
        """
        monitored, shares = self.column("batch_classes"), self.counts / self.counts.sum()
        if monitored and self.samples_a_step >= 8:
            by_chance = float(np.sum(1 - (1 - shares) ** self.samples_a_step))
            return float(np.mean(monitored)) < 0.6 * by_chance
        predicted = np.bincount(self.predicted, minlength=len(shares)) / len(self.Y)
        return float(np.abs(predicted - shares).sum()) > 0.24

    @cached_property
    def held_out(self) -> Arrays | None:
        """The validation samples that are measured."""
        return some_of(*self.validation, VALIDATION_SAMPLES) if self.validation else None

    @cached_property
    def counts(self) -> np.ndarray:
        """How many training samples there are of each class, (C,)."""
        return np.bincount(self.train[1], minlength=self.network.output_size)

    @cached_property
    def is_in_order_of_class(self) -> bool:
        """Whether most training samples are followed by one of their own class, as in a file sorted by class."""
        Y, shares = self.train[1], self.counts / self.counts.sum()
        by_chance = float(np.sum(shares**2))
        return len(Y) > 1 and by_chance < 0.9 and np.mean(Y[1:] == Y[:-1]) > by_chance + 0.8 * (1 - by_chance)

    @cached_property
    def input_difference(self) -> float:
        """How many standard errors the inputs of training and validation lie apart, on average over the inputs.

        Means are compared, and mean distances from the training mean. Other shares of the classes make a difference,
        and so do other numbers for them: the samples are compared as they are, and with training classes weighted as
        in validation, and the smaller difference counts.
        """
        assert self.held_out is not None
        X, Y = self.held_out
        known = self.counts[Y] > 0
        if known.mean() < 0.5:
            return 0.0  # most of them are of classes that training has not
        shares = np.bincount(Y, minlength=len(self.counts)) / np.maximum(
            np.bincount(self.Y, minlength=len(self.counts)), 1
        )
        as_they_are, weighted = difference(self.X, X), math.inf
        if np.count_nonzero(shares[self.Y]) >= 10:
            weighted = difference(self.X, X[:, known], shares[self.Y])
        return min(as_they_are, weighted)

    @cached_property
    def probe(self) -> Probe:
        """A second classifier that has learned some of the training samples, without copies: see probe.py."""
        X, Y = some_of(*self.train, PROBED_SAMPLES)
        if not self.may_coincide:
            distinct = np.sort(np.unique(digests(X), return_index=True)[1])
            X, Y = X[:, distinct], Y[distinct]
        return Probe(X, Y)

    @cached_property
    def may_coincide(self) -> bool:
        """Whether samples may be equal by chance: their inputs have few values, and half depend on the others."""
        shares = (np.unique(row, return_counts=True)[1] / len(row) for row in self.few[0])
        return len(self.Y) * math.prod(float(np.sum(share**2)) for share in shares) ** 0.5 > 1e-3

    # ------------------------------------------------------------------ losses to compare with

    @cached_property
    def baseline(self) -> float:
        """The loss of a network that knows how frequent the classes are, and nothing of the inputs."""
        return self._loss_of(np.repeat((self.counts / self.counts.sum())[:, None], len(self.Y), axis=1))

    @cached_property
    def guessing(self) -> float:
        """The loss of a network that knows nothing: all classes are equally likely."""
        return self._loss_of(np.full((len(self.counts), len(self.Y)), 1 / len(self.counts)))

    @cached_property
    def floor(self) -> float:
        """The loss of a network that gives every sample its target exactly: above 0 with label smoothing."""
        return self._loss_of(np.eye(len(self.counts))[:, self.Y])

    def _loss_of(self, A2: np.ndarray) -> float:
        ε, C = self.network.label_smoothing, len(self.counts)
        A2 = (1 - ε) * A2 + ε / C
        Z2 = np.log(np.maximum(A2, 1e-12))
        return self.network.mean_loss(self.forward._replace(Z2=Z2, A2=A2), self.Y)

    def remaining_at(self, loss: float) -> float:
        """Return what is left to learn at this loss: 0 at the floor, 1 or more as long as nothing is learned."""
        return (loss - self.floor) / max(self.baseline - self.floor, 1e-12)

    @cached_property
    def remaining(self) -> float:
        """What the run has left to learn; infinite where it diverged."""
        return math.inf if self.diverged else self.remaining_at(self.loss)

    @cached_property
    def attainable(self) -> float:
        """What a fresh network like this one has left to learn after some careful steps: see descent.py."""
        return self.remaining_at(descend(self.fresh(self.usual_initializer), *self.few, steps=CAREFUL_STEPS).after)

    @property
    def falls_short(self) -> bool:
        """Whether the run learned much less than a fresh network does in a few careful steps."""
        return self.remaining > 0.1 and self.remaining > 1.4 * self.attainable + 0.05

    # ------------------------------------------------------------------ the network as it ended

    @cached_property
    def forward(self) -> Forward:
        return self.network.forward(self.X)

    @cached_property
    def loss(self) -> float:
        return self.network.mean_loss(self.forward, self.Y)

    @cached_property
    def predicted(self) -> np.ndarray:
        return self.forward.A2.argmax(axis=0)

    @cached_property
    def accuracy(self) -> float:
        return accuracy(self.predicted, self.Y)

    @cached_property
    def validation_measured(self) -> tuple[float, float]:
        """Loss and accuracy on all validation samples."""
        assert self.validation is not None
        return measure(self.network, *self.validation)

    @cached_property
    def expected_validation_accuracy(self) -> float:
        """What can be expected of samples like the training samples that the network has not learned from."""
        return min(self.accuracy, self.probe.accuracy)

    @cached_property
    def gradients(self) -> Parameters:
        return self.network.backward(self.X, self.Y, self.forward)

    @cached_property
    def slopes(self) -> np.ndarray:
        """|g'(Z1)| (H, m) as a share of g's largest slope."""
        return hidden_slopes(self.network.activation, self.forward.Z1)

    @cached_property
    def dead(self) -> np.ndarray:
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
    def few(self) -> Arrays:
        """The samples that experiments use."""
        return some_of(*self.train, EXPERIMENT_SAMPLES)

    @cached_property
    def descent(self) -> Descent:
        """What a few careful steps achieve from where the run ended: see descent.py."""
        return descend(self.network, *self.few)

    # ------------------------------------------------------------------ the network as it started

    @cached_property
    def initial(self) -> Network:
        """The network that its seed and initializer give. Whether the run began there is another question."""
        return self.fresh(self.network.initializer)

    @property
    def is_saturating(self) -> bool:
        """Whether the activation is flat at both ends."""
        ends = np.array([[-30.0], [30.0]], self.network.dtype)
        return bool(np.abs(self.network.activation.g_prime(ends)).max() < 1e-3)

    @property
    def usual_initializer(self) -> str:
        """The initializer that suits the activation."""
        return "glorot-normal" if self.is_saturating else "he-normal"

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

    def starting_scale(self, name: str) -> float | None:
        """Return how many times as large as usual W1 or W2 was at the start; None where that cannot be told.

        It can where the weights still point where the seed points, only farther: they began as a multiple of it.
        """
        ended = self.network.parameters[name].astype(np.float64)
        drawn = self.initial.parameters[name].astype(np.float64)
        usual = norm(self.fresh("he-normal").parameters[name])
        if not np.isfinite(ended).all() or not drawn.any():
            return None
        multiple = float(np.vdot(drawn, ended) / np.vdot(drawn, drawn))
        if norm(ended - multiple * drawn) > 0.5 * norm(ended):
            return None
        return multiple * norm(drawn) / usual

    @cached_property
    def moved(self) -> float:
        """What share of W1 as it ended is not a multiple of the initial W1, from 0 to 1."""
        if not np.isfinite(self.network.W1).all():
            return 1.0
        initial, ended = self.initial.W1.astype(np.float64), self.network.W1.astype(np.float64)
        multiple = np.vdot(initial, ended) / (np.vdot(initial, initial) or 1.0)
        return norm(ended - multiple * initial) / (norm(ended) or 1.0)

    @cached_property
    def unmoved(self) -> np.ndarray:
        """For which hidden units (H,) the weights still point where they did at the start."""
        initial, ended = (network.W1.astype(np.float64) for network in (self.initial, self.network))
        squares = np.square(initial).sum(axis=1, keepdims=True)
        multiples = (initial * ended).sum(axis=1, keepdims=True) / np.where(squares, squares, 1)
        turned = np.linalg.norm(ended - multiples * initial, axis=1)
        return turned < 0.1 * np.linalg.norm(ended, axis=1)

    @cached_property
    def dead_by_chance(self) -> int:
        """How many units are dead in a fresh he-normal network: half where all inputs are positive and alike."""
        usual = self.fresh("he-normal")
        return len(dead_units(hidden_slopes(usual.activation, usual.forward(self.X).Z1)))

    @cached_property
    def growth(self) -> float:
        """How many times the norm of W1 is that of the initial W1, or of a he-normal one if that is larger."""
        return norm(self.network.W1) / max(norm(self.initial.W1), norm(self.fresh("he-normal").W1))

    @cached_property
    def start_loss(self) -> float:
        """The loss at the start: of the first batch, where it was monitored, else of the first epoch."""
        first = self.column("batch_loss") or self.column("loss")
        return first[0] if first else self.initial.mean_loss(self.initial.forward(self.X), self.Y)

    @property
    def is_start_known(self) -> bool:
        """Whether `start_loss` is that before the first step, and not a mean over the steps of an epoch."""
        return bool(self.column("batch_loss")) or self.is_full_batch or not self.history.rows

    @cached_property
    def dead_at_start(self) -> int | None:
        """How many hidden units were dead at the start, where it was monitored over more than a few samples."""
        monitored = self.column("dead_units")
        if not monitored or (len(self.train[1]) > 30 and not self.column("batch_loss") and self.samples_a_step < 30):
            return None  # an earlier version looked at the first batch only
        return int(monitored[0])

    @property
    def samples_a_step(self) -> float:
        """How many samples a batch has on average."""
        return len(self.history) * len(self.train[1]) / max(self.steps, 1)
