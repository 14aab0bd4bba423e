"""Metrics of predictions: accuracy, confusion matrix, precision, recall and F1. They take labels, not a network."""

import numpy as np

from ..support.errors import InputError

MAX_CLASSES = 1000  # of a confusion matrix, whose size is their square


def check_classes(classes: int) -> None:
    """Raise InputError if there are too many classes for a confusion matrix."""
    if classes > MAX_CLASSES:
        raise InputError(f"the network has {classes:,} classes; a confusion matrix has at most {MAX_CLASSES:,}")


def accuracy(predicted: np.ndarray, Y: np.ndarray) -> float:
    """Return the share, 0 to 1, of `predicted` (m,) that equals the labels `Y` (m,)."""
    return float(np.mean(predicted == Y))


def confusion_matrix(predicted: np.ndarray, Y: np.ndarray, classes: int) -> np.ndarray:
    """Return counts (classes, classes): how often samples of the row's class were predicted as the column's class.

    Raises InputError for more than MAX_CLASSES.
    """
    check_classes(classes)
    return np.bincount(Y * classes + predicted, minlength=classes**2).reshape(classes, classes)


def per_class(confusion: np.ndarray) -> list[dict[str, float]]:
    """Return for each class its label, samples, precision, recall and F1 (0 to 1; 0 where a quotient is 0 / 0).

    Precision is the share of the samples predicted as this class that belong to it, recall the share of the samples of
    this class that were predicted as it, and F1 their harmonic mean.
    """
    correct, samples, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    precision = correct / np.maximum(predicted, 1)
    recall = correct / np.maximum(samples, 1)
    f1 = 2 * correct / np.maximum(samples + predicted, 1)
    return [
        {"label": c, "samples": int(n), "precision": float(p), "recall": float(r), "f1": float(f)}
        for c, (n, p, r, f) in enumerate(zip(samples, precision, recall, f1, strict=True))
    ]
