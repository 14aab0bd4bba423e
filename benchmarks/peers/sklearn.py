"""scikit-learn's MLPClassifier: its own loop, on batches that are handed to it in our order, without its checks.

`partial_fit` goes once through the samples it is given, in batches, and keeps what the optimizer remembers; so one call
makes many steps. Its schedules are not ours, so it takes part where the learning rate stays.
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("SCIPY_ARRAY_API", "0")

import numpy as np
from safetensors.numpy import load_file
from sklearn import config_context
from sklearn.neural_network import MLPClassifier

from neural_network.network import Parameters
from neural_network.runs.settings import Settings

OWN = ()


class Trainer:
    """An MLPClassifier with our weights, no penalty and no momentum."""

    def __init__(self, settings: Settings, rows: np.ndarray, labels: np.ndarray) -> None:
        if settings.optimizer not in ("sgd", "adam") or settings.label_smoothing:
            raise RuntimeError("has no AdamW and no label smoothing")
        if settings.schedule != "constant":
            raise RuntimeError(f"has no {settings.schedule} schedule")
        self.rows, self.labels = rows, labels
        self.batch_size = settings.batch_size or len(rows)
        self.classifier: Any = MLPClassifier(
            (settings.hidden,),
            solver=settings.optimizer,
            alpha=0.0,
            batch_size=self.batch_size,
            learning_rate_init=settings.make_optimizer().learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            shuffle=False,
        )

    def begin(self, parameters: Parameters) -> None:
        """Put the weights in, and forget what the optimizer remembers."""
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
