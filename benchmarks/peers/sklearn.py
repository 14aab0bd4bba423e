"""scikit-learn's MLPClassifier: its own loop, without its checks, on samples in our order.

`partial_fit` goes once through its samples, in batches, and keeps the state of the optimizer, so that one call makes
many steps. Its schedules are not ours, so it is measured where the learning rate is constant.
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("SCIPY_ARRAY_API", "0")

import numpy as np
from safetensors.numpy import load_file
from sklearn import config_context
from sklearn.neural_network import MLPClassifier

from ..job import Training

OWN = ()


class Trainer:
    """An MLPClassifier with our weights, no penalty and no momentum."""

    def __init__(self, training: Training, rows: np.ndarray, labels: np.ndarray) -> None:
        if training.label_smoothing:
            raise RuntimeError("has no label smoothing")
        if training.schedule != "constant":
            raise RuntimeError(f"has no {training.schedule} schedule")
        self.rows, self.labels = rows, labels
        self.batch_size = training.batch_size or len(rows)
        self.classifier: Any = MLPClassifier(
            (training.hidden,),
            solver=training.optimizer,
            alpha=0.0,
            batch_size=self.batch_size,
            learning_rate_init=training.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            shuffle=False,
        )

    def begin(self, parameters: dict[str, np.ndarray]) -> None:
        """Put the weights in, and reset the optimizer."""
        with config_context(assume_finite=True):
            self.classifier.set_params(batch_size=1)
            self.classifier.partial_fit(self.rows[:1], self.labels[:1], classes=np.arange(10))  # makes its arrays
            self.classifier.set_params(batch_size=self.batch_size)
        vars(self.classifier).pop("_optimizer")  # that of the step just made
        for layer, (W, b) in enumerate(zip(self.classifier.coefs_, self.classifier.intercepts_, strict=True), start=1):
            W[...], b[...] = parameters[f"W{layer}"].T, parameters[f"b{layer}"][:, 0]

    def train(self, batches: np.ndarray | None, rates: np.ndarray) -> np.ndarray:
        """Make steps; each loss is the mean over all of them."""
        with config_context(assume_finite=True):
            if batches is None:
                return np.array([self._fit(self.rows, self.labels) for _ in rates])
            order = batches.ravel()
            return np.full(len(rates), self._fit(self.rows[order], self.labels[order]))

    def _fit(self, rows: np.ndarray, labels: np.ndarray) -> float:
        return float(self.classifier.partial_fit(rows, labels).loss_)

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return the most probable classes."""
        return self.classifier.predict(rows)


class Predictor:
    """`predict_proba` of a classifier with our weights."""

    def __init__(self, folder: Path) -> None:
        θ = load_file(folder / "model.safetensors")
        self.classifier: Any = MLPClassifier((len(θ["W1"]),))
        self.classifier.coefs_ = [np.ascontiguousarray(θ["W1"].T), np.ascontiguousarray(θ["W2"].T)]
        self.classifier.intercepts_ = [θ["b1"][:, 0], θ["b2"][:, 0]]
        self.classifier.n_layers_, self.classifier.n_outputs_, self.classifier.out_activation_ = 3, 10, "softmax"

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        with config_context(assume_finite=True):
            return self.classifier.predict_proba(rows)


COLD = """
import json, sys
import numpy as np
from safetensors.numpy import load_file
from sklearn.neural_network import MLPClassifier

p = load_file(sys.argv[1])
classifier = MLPClassifier((len(p["W1"]),))
classifier.coefs_, classifier.intercepts_ = [p["W1"].T, p["W2"].T], [p["b1"][:, 0], p["b2"][:, 0]]
classifier.n_layers_, classifier.n_outputs_, classifier.out_activation_ = 3, 10, "softmax"
print(json.dumps(classifier.predict_proba(np.load(sys.argv[2])).tolist()))
"""
