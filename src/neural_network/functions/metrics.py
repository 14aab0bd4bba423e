"""Metrics: what a set of predictions is worth. They are functions of labels; none of them knows the network."""

import numpy as np

from ..support.errors import InputError

MOST_CLASSES = 1000  # of a confusion matrix, which grows with their square


def check_classes(classes: int) -> None:
    """Raise InputError where there are too many classes for a table of all pairs of them."""
    if classes > MOST_CLASSES:
        raise InputError(f"the network has {classes:,} classes; at most {MOST_CLASSES:,} can be told apart one by one")


def accuracy(predicted: np.ndarray, Y: np.ndarray) -> float:
    """Return the share, 0 to 1, of the labels `Y` (m,) that `predicted` (m,) gets right."""
    return float(np.mean(predicted == Y))


def confusion_matrix(predicted: np.ndarray, Y: np.ndarray, classes: int) -> np.ndarray:
    """Return (classes, classes) counts: how often the label of the row was read as the class of the column.

    Raises InputError for more than MOST_CLASSES.
    """
    if classes > MOST_CLASSES:
        raise InputError(
            f"a network of {classes:,} classes cannot be judged class by class; at most {MOST_CLASSES:,} can"
        )
    return np.bincount(Y * classes + predicted, minlength=classes**2).reshape(classes, classes)


def per_class(confusion: np.ndarray) -> list[dict[str, float]]:
    """Return for each class its label, samples, precision, recall and F1 (0 to 1; 0 where a quotient is 0 / 0).

    Precision: of all that was read as this class, the share that was it. Recall: of all that was this class, the share
    that was read as it. F1: their harmonic mean.
    """
    right, samples, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(samples, 1)
    f1 = 2 * right / np.maximum(samples + predicted, 1)
    return [
        {"label": c, "samples": int(n), "precision": float(p), "recall": float(r), "f1": float(f)}
        for c, (n, p, r, f) in enumerate(zip(samples, precision, recall, f1, strict=True))
    ]
