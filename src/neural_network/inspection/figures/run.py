"""The data of a run that its figures show: the network, its training, and samples to evaluate it on."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from ...data.dataset import Dataset
from ...functions.metrics import confusion_matrix
from ...network import Network
from ...runs.settings import Settings
from ...runs.snapshots import Snapshots
from ...runs.summary import EndedSummary
from ...support.errors import InputError
from ...support.picture_format import Shape, shape_of
from ...training.history import History
from ...training.loop import Arrays, Samples, check_samples
from ..analysis.sampling import some_of
from .names import class_names
from .pictures import as_pictures


class RunData:
    """The data of a run. Values that several figures need are computed once, when first needed.

    `train` and `test` are pairs (X, Y), and `classes` the names of the labels. `snapshots` may be a function: it is
    called when first needed, so that a damaged file affects only the figures that need it. Raises InputError if the
    samples do not fit the network.
    """

    def __init__(
        self,
        network: Network,
        history: History,
        settings: Settings,
        train: Samples,
        test: Samples,
        classes: Sequence[str],
        snapshots: Snapshots | Callable[[], Snapshots] = Snapshots,
    ) -> None:
        self.network, self.history, self.settings, self.classes = network, history, settings, classes
        self._snapshots = snapshots
        self.train, self.test = check_samples(network, *train), check_samples(network, *test)

    @staticmethod
    def of(
        network: Network,
        history: History,
        summary: EndedSummary,
        dataset: Dataset,
        snapshots: Snapshots | Callable[[], Snapshots],
    ) -> "RunData":
        """Return the data of a run, with the test samples of the data set, or else those that were held out."""
        train, held_out = dataset.split(summary.data.validation)
        test = dataset.test or held_out or train
        return RunData(network, history, summary.settings, train, test, dataset.classes, snapshots)

    @property
    def shape(self) -> Shape | None:
        """Height and width of the inputs as pictures, None where they are not recorded."""
        return shape_of(self.network.picture_format)

    @cached_property
    def snapshots(self) -> Snapshots:
        """The parameters at some steps of the training. Raises InputError where their file is damaged."""
        return self._snapshots() if callable(self._snapshots) else self._snapshots

    @cached_property
    def probabilities(self) -> np.ndarray:
        """The probabilities (C, m) that the network gives to the test samples."""
        return self.network.predict_proba(self.test[0])

    @cached_property
    def confusion(self) -> np.ndarray:
        """The confusion matrix (C, C) of the test samples: a row for each label."""
        return confusion_matrix(self.probabilities.argmax(axis=0), self.test[1], self.network.output_size)

    @property
    def names(self) -> list[str] | None:
        """The names of the classes as figures show them; None where the classes are only numbered."""
        return class_names(self.full_names)

    @property
    def full_names(self) -> list[str]:
        """The names of the classes; other data may have fewer classes than the network, whose names are then used."""
        known = len(self.classes) == self.network.output_size
        return [*(self.classes if known else self.network.classes)]

    def some_of_test(self, count: int) -> Arrays:
        """Return up to `count` of the test samples, always the same ones."""
        return some_of(*self.test, count)

    def pictures(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return up to `count` test samples as pictures (m, height, width) of values 0 to 1, and their labels."""
        X, Y = self.some_of_test(count)
        pictures = as_pictures(X, "X", self.shape)
        if pictures.min() < 0 or pictures.max() > 1:
            raise InputError("pictures are changed in units of ink: the inputs must lie between 0 and 1")
        return pictures, Y

    def pick(self, count: int) -> np.ndarray:
        """Return the indices of up to `count` test samples: the first of each class, then mistakes, then others."""
        Y = self.test[1]
        first = np.sort(np.unique(Y, return_index=True)[1])[:count]
        wrong = np.flatnonzero(self.probabilities.argmax(axis=0) != Y)
        rest = [*np.setdiff1d(wrong, first), *np.setdiff1d(np.arange(min(len(Y), 2 * count)), [*first, *wrong])]
        return np.array([*first, *rest][:count])
