import numpy as np
import pytest

from neural_network.functions.metrics import accuracy, confusion_matrix, per_class

Y = np.array([0, 0, 0, 1, 1, 2])
predicted = np.array([0, 0, 1, 1, 2, 0])


def test_by_hand():
    assert accuracy(predicted, Y) == 0.5
    np.testing.assert_array_equal(confusion_matrix(predicted, Y, 3), [[2, 1, 0], [0, 1, 1], [1, 0, 0]])


def test_per_class_is_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    expected = metrics.precision_recall_fscore_support(Y, predicted, zero_division=0)
    ours = per_class(confusion_matrix(predicted, Y, 3))
    for column, values in zip(("precision", "recall", "f1", "samples"), expected, strict=True):
        np.testing.assert_allclose([row[column] for row in ours], values)
