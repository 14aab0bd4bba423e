"""The network as a scikit-learn classifier: samples in rows, labels of any kind, `fit` and `predict`.

This is only an adapter: it turns rows into columns and labels into numbers, and hands them to `TwoLayerNN` and the
training loop. Sample weights and continuing an earlier run are callbacks.
"""

from typing import Any, Self

import numpy as np

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.class_weight import compute_class_weight
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as error:
    raise ImportError('TwoLayerClassifier needs scikit-learn: pip install "mnist-nn[sklearn]"') from error

from .runs.settings import Settings
from .support.arguments import check_count
from .support.error_state import own_error_state
from .support.errors import InputError
from .training.callback import Callback, Run
from .training.history import History, Row
from .training.loop import fit
from .training.model import TwoLayerNN
from .training.optimizers import Optimizer


class TwoLayerClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier with one hidden layer, trained by minimising the cross-entropy.

    The network computes in float32 where `fit` is given float32, and in float64 otherwise.

    Parameters
    ----------
    hidden_size : int
        Number of hidden units.
    activation, initializer, optimizer, schedule : str
        Registered names; an unknown one is refused with a list of those there are.
    learning_rate : float, optional
        None takes the optimizer's own default.
    epochs : int
        How often `fit` uses every sample.
    batch_size : int
        Number of samples in a step; all samples if there are fewer.
    l1, l2 : float
        Strengths λ of the penalties λ Σ |w| and λ/2 Σ w² on the weights.
    dropout : float
        The probability with which a hidden unit is set to zero in a step.
    label_smoothing : float
        The share of each target that is spread evenly over all classes.
    early_stopping : bool
        Hold out a share `validation_fraction` of the samples, stop when the loss on them has not improved for
        `patience` epochs, and restore the best parameters.
    class_weight : dict, "balanced" or None
        A weight for each label, by which the weights of its samples are multiplied. "balanced" gives all classes the
        same total weight.
    warm_start : bool
        Let `fit` continue from the last call: with its network, the optimizer's state, and the number of epochs.
    random_state : int, numpy.random.RandomState or None
        Seed of the initial weights, the order of the samples, dropout and the choice of held-out samples.
    verbose : bool
        Show a progress bar.

    Attributes
    ----------
    classes_ : array (C,)
        The labels, sorted: column k of `predict_proba` belongs to `classes_[k]`.
    n_features_in_ : int
        D; `feature_names_in_` are their names, if `X` was a table with names.
    network_ : TwoLayerNN
        The trained network. It takes samples as columns, `X.T`, and predicts the numbers of classes.
    history_ : History
        A row for each epoch.
    n_iter_ : int
        Number of epochs so far.
    loss_curve_ : list of float
        The (weighted) mean loss, in nats, over each epoch, without penalties.
    validation_scores_ : list of float or None
        The accuracy on the held-out samples after each epoch, with `early_stopping`.

    Notes
    -----
    A sample of weight 2 counts as two samples of weight 1. In full batches the gradients equal those of the repeated
    samples; in smaller batches, which hold other samples then, they do so on average.

    Examples
    --------
    >>> X, y = [[-1.0], [1.0]], ["left", "right"]
    >>> TwoLayerClassifier(random_state=0).fit(X, y).predict([[-0.5], [2.0]])
    array(['left', 'right'], dtype='<U5')
    """

    def __init__(
        self,
        hidden_size: int = 100,
        *,
        activation: str = "relu",
        initializer: str = "he-normal",
        optimizer: str = "adam",
        learning_rate: float | None = None,
        schedule: str = "constant",
        epochs: int = 100,
        batch_size: int = 200,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        label_smoothing: float = 0.0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        class_weight: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.hidden_size = hidden_size
        self.activation = activation
        self.initializer = initializer
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.l1 = l1
        self.l2 = l2
        self.dropout = dropout
        self.label_smoothing = label_smoothing
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @own_error_state
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on the rows of `X` (m, D) with labels `y` (m,), each counted `sample_weight` (m,) times."""
        resumes = self.warm_start and self.__sklearn_is_fitted__()
        X, y = self._check(X, y, reset=not resumes)
        if resumes:
            self._check_same(y)
        else:
            self._begin(X, classes=np.unique(y))
        epochs = self.n_iter_ + check_count("epochs", self.epochs)
        return self._train(X, y, sample_weight, epochs=epochs, until=epochs)

    @own_error_state
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train for one more epoch. The first call needs all `classes` that may occur in later calls.

        `epochs` calls with the same samples are the same as `fit`, the schedule included.
        """
        if self.early_stopping or self.class_weight == "balanced":
            raise InputError(
                "partial_fit gets only a part of the samples: it has no early_stopping, and no 'balanced' weights"
            )
        first = not self.__sklearn_is_fitted__()
        if first and classes is None:
            raise InputError("the first call of partial_fit needs classes: all labels that may occur in later calls")
        X, y = self._check(X, y, reset=first)
        if first:
            self._begin(X, np.unique(classes))
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise InputError(f"classes must be the same as in the first call, {self.classes_}, not {classes}")
        epoch = self.n_iter_ + 1
        return self._train(X, y, sample_weight, epochs=max(epoch, check_count("epochs", self.epochs)), until=epoch)

    @own_error_state
    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label (m,) for each row of `X` (m, D). It raises what `predict_proba` raises."""
        X = self._columns(X)
        return self.classes_[self.network_.predict(X)]

    @own_error_state
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities (m, C) of the classes for each row of `X` (m, D).

        Raises InputError if `X` is so large that the network's sums overflow, so that there are none.
        """
        X = self._columns(X)
        return self.network_.predict_proba(X).T

    @own_error_state
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return their logarithms (m, C), finite even where a probability rounds to 0. It raises the same."""
        X = self._columns(X)
        self.network_.predict_proba(X)  # for the error that it raises
        Z2 = self.network_.forward(X).Z2
        Z2 = Z2 - Z2.max(axis=0)
        return (Z2 - np.log(np.exp(Z2).sum(axis=0))).T

    def _check(self, X: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32], reset=reset)
        check_classification_targets(y)
        return X, y

    def _check_same(self, y: np.ndarray) -> None:
        """Refuse to continue with a network of another size, or with other classes."""
        if self.hidden_size != self.network_.hidden_size:
            raise InputError(
                f"warm_start continues with {self.network_.hidden_size} hidden units, but hidden_size is now "
                f"{self.hidden_size}; set warm_start=False to start again"
            )
        if not np.array_equal(np.unique(y), self.classes_):
            raise InputError(
                f"warm_start continues with the classes {self.classes_}, but y has {np.unique(y)}; "
                f"set warm_start=False to start again"
            )

    def _begin(self, X: np.ndarray, classes: np.ndarray) -> None:
        """Replace the network by a new one."""
        self.network_ = TwoLayerNN(
            X.shape[1],
            self.hidden_size,
            len(classes),
            activation=self.activation,
            initializer=self.initializer,
            label_smoothing=self.label_smoothing,
            seed=check_random_state(self.random_state).randint(2**31),
            dtype=X.dtype,
        )
        self.classes_ = classes
        self.history_ = History()
        self.n_iter_ = 0
        self._optimizer: Optimizer | None = None

    def _train(self, X: np.ndarray, y: np.ndarray, sample_weight: Any, *, epochs: int, until: int) -> Self:
        """Train up to epoch `until` of a run of `epochs`."""
        if self.early_stopping and not 0 < self.validation_fraction < 1:
            raise InputError(f"validation_fraction must be between 0 and 1, not {self.validation_fraction!r}")
        for name in ("l1", "l2"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InputError(f"{name} must be a finite number ≥ 0, not {getattr(self, name)!r}")
        settings = Settings(
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            l1=self.l1,
            l2=self.l2,
            dropout=self.dropout,
            early_stopping=check_count("patience", self.patience) if self.early_stopping else 0,
        )
        optimizer = settings.make_optimizer()
        if self._optimizer and type(optimizer) is type(self._optimizer):
            optimizer.steps, optimizer.state = self._optimizer.steps, self._optimizer.state

        Y = self._numbers(y)
        weights = self._weights(X, y, sample_weight)
        validation = None
        if self.early_stopping:
            X, X_held_out, Y, Y_held_out, weights, validation_weights = train_test_split(
                X, Y, weights, test_size=self.validation_fraction, stratify=Y, random_state=self.network_.seed
            )
            validation = X_held_out.T, Y_held_out, validation_weights

        self.history_ = fit(
            self.network_,
            X.T,
            Y,
            epochs=epochs,
            optimizer=optimizer,
            batch_size=self.batch_size,
            validation=validation and validation[:2],
            callbacks=[
                Continuation(self.history_, until),
                SampleWeights(weights, validation),
                *settings.make_callbacks(),
            ],
            progress=bool(self.verbose),
        )
        self._optimizer = optimizer
        self.n_iter_ = len(self.history_)
        self.loss_curve_ = self.history_["loss"]
        scores = [row["validation_accuracy"] for row in self.history_.rows if "validation_accuracy" in row]
        self.validation_scores_ = scores or None
        return self

    def _numbers(self, y: np.ndarray) -> np.ndarray:
        """Return the number, 0 to C - 1, of each label."""
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise InputError(f"y must hold labels of the classes {self.classes_}, not {unknown}")
        return np.searchsorted(self.classes_, y)

    def _weights(self, X: np.ndarray, y: np.ndarray, sample_weight: Any) -> np.ndarray:
        """Return how often each sample counts (m,)."""
        weights = _check_sample_weight(sample_weight, X, dtype=X.dtype)
        of_class = compute_class_weight(self.class_weight, classes=self.classes_, y=y, sample_weight=weights)
        return (weights * of_class[self._numbers(y)]).astype(self.network_.dtype)

    def _columns(self, X: Any) -> np.ndarray:
        """Return the samples (D, m) as the network takes them."""
        check_is_fitted(self)
        return validate_data(self, X, dtype=self.network_.dtype, reset=False).T

    def __sklearn_is_fitted__(self) -> bool:
        return getattr(self, "n_iter_", 0) > 0  # it stays 0 if the first training failed


class SampleWeights(Callback):
    """Counts a sample of weight w as w samples: its loss, and so its share of the gradient, is multiplied by w.

    The weights are divided by their mean, so that the loss stays a mean.

    Parameters
    ----------
    weights : array (m,)
        At least 0, and not all 0.
    validation : X (D, k), Y (k,) and weights (k,), optional
        Validation samples that are weighted, too.
    """

    def __init__(
        self, weights: np.ndarray, validation: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    ) -> None:
        self.weights, self.validation = _of_mean_one(weights), validation

    def on_batch(self, run: Run) -> None:
        run.weights = self.weights[run.indices]

    def on_epoch(self, run: Run, row: Row) -> None:
        if self.validation:
            X, Y, weights = self.validation
            row["validation_loss"] = run.network.mean_loss(run.network.forward(X), Y, _of_mean_one(weights))


def _of_mean_one(weights: np.ndarray) -> np.ndarray:
    if weights.min() < 0 or weights.max() == 0:
        raise InputError("the weights of the samples must be at least 0, and not all of them zero")
    return weights / weights.mean()


class Continuation(Callback):
    """Continues the run of `history`, so that no permutation of the samples is used twice."""

    def __init__(self, history: History, until: int) -> None:
        self.history, self.until = history, until

    def on_start(self, run: Run) -> None:
        run.history.rows += self.history.rows
        if self.history.rows:
            run.epoch, run.step = int(self.history["epoch"][-1]), int(self.history["step"][-1])

    def on_epoch(self, run: Run, row: Row) -> None:
        run.stop = run.stop or run.epoch >= self.until
