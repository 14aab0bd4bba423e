"""A run as its figures see it: the network, how it was trained, and samples to look at it with."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ...functions.metrics import confusion_matrix
from ...network import Network
from ...runs.snapshots import Snapshots
from ...support.arguments import check_inputs, check_labels
from ...support.errors import InputError
from ...training.history import History
from ..analysis.sampling import Pair, some_of
from .names import class_names
from .pictures import as_squares


class RunData:
    """What is known of a run; what several figures need is computed when the first of them asks.

    Parameters
    ----------
    training : mapping
        The settings of the run, as its summary has them: "optimizer", "learning_rate", "batch_size", "schedule".
    train, test : pairs (X, Y)
        `test` is whatever the network is to be judged by; without a test set, samples that were held out.
    classes : sequence of str
        The names of the labels.
    snapshots : Snapshots, or a function that returns them, optional
        A function is called when the first figure asks: where their file is damaged, the others are drawn all the same.

    Raises
    ------
    InputError
        The samples do not fit the network.
    """

    def __init__(
        self,
        network: Network,
        history: History,
        training: Mapping[str, Any],
        train: Pair,
        test: Pair,
        classes: Sequence[str],
        snapshots: Snapshots | Callable[[], Snapshots] = Snapshots,
    ) -> None:
        self.network, self.history, self.training, self.classes = network, history, training, classes
        self._snapshots = snapshots
        self.train: Pair = self._checked(*train)
        self.test: Pair = self._checked(*test)

    def _checked(self, X: np.ndarray, Y: np.ndarray) -> Pair:
        X = check_inputs(X, self.network.input_size, self.network.dtype)
        return X, check_labels(Y, self.network.output_size, X.shape[1])

    @cached_property
    def snapshots(self) -> Snapshots:
        """The parameters at a few moments of the training. Raises InputError where their file is damaged."""
        return self._snapshots() if callable(self._snapshots) else self._snapshots

    @cached_property
    def probabilities(self) -> np.ndarray:
        """What the network says about the test samples, (C, m)."""
        return self.network.predict_proba(self.test[0])

    @cached_property
    def confusion(self) -> np.ndarray:
        """Counts (C, C) of the test samples: labels down, readings across."""
        return confusion_matrix(self.probabilities.argmax(axis=0), self.test[1], self.network.output_size)

    @property
    def names(self) -> list[str] | None:
        """The names of the classes as figures write them, where they are not just their numbers."""
        return class_names(self.classes) if len(self.classes) == self.network.output_size else None

    def some_of_test(self, count: int) -> Pair:
        """Return up to `count` of the test samples, always the same ones."""
        return some_of(*self.test, count)

    def pictures(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return up to `count` test samples as pictures (m, side, side) of values 0 to 1, and their labels."""
        X, Y = self.some_of_test(count)
        pictures = as_squares(X, "X")
        if pictures.min() < 0 or pictures.max() > 1:
            raise InputError("pictures are changed and spoilt in units of ink: the inputs must lie between 0 and 1")
        return pictures, Y

    def pick(self, count: int) -> np.ndarray:
        """Return the indices of up to `count` test samples: the first of each class, then mistakes, then others."""
        Y = self.test[1]
        first = np.sort(np.unique(Y, return_index=True)[1])[:count]
        wrong = np.flatnonzero(self.probabilities.argmax(axis=0) != Y)
        rest = [*np.setdiff1d(wrong, first), *np.setdiff1d(np.arange(min(len(Y), 2 * count)), [*first, *wrong])]
        return np.array([*first, *rest][:count])
