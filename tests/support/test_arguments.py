"""Every bad argument is one line that names it, what came, and what to do."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN, prepare_data
from neural_network.support.arguments import (
    check_count,
    check_fraction,
    check_inputs,
    check_labels,
    check_names,
    check_positive,
)
from neural_network.training.optimizers import make_optimizer

HUGE = 10**400  # more than a float holds
LONGER = 10**5000  # more digits than Python prints


def refused(call, *parts):
    """The one line of the InputError that `call` raises, which has these parts."""
    with pytest.raises(InputError) as raised:
        call()
    (line,) = str(raised.value).splitlines()
    assert len(line) < 400
    for part in parts:
        assert part in line, line
    return line


@pytest.mark.parametrize(
    "value",
    [HUGE, LONGER, -HUGE, Fraction(HUGE), np.inf, np.nan, "0.1", None, True, [0.1], 1j],
    ids=lambda value: type(value).__name__,
)
def test_numbers_that_are_no_floats_are_refused(value):
    refused(lambda: check_positive("learning_rate", value), "learning_rate must be a finite number > 0")
    refused(lambda: check_fraction("dropout", value), "dropout must be a number from 0 to below 1")
    refused(lambda: make_optimizer("adam", value) if value is not None else check_positive("learning_rate", value))


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float16(0.5), Fraction(1, 2)])
def test_numbers_of_any_type_are_taken(value):
    assert check_positive("x", value) == check_fraction("x", value) == 0.5
    assert type(check_positive("x", value)) is float


@pytest.mark.parametrize(
    "value", [np.zeros((30, 30)), "x" * 10_000, Decimal(1), -LONGER], ids=lambda value: type(value).__name__
)
def test_what_came_is_shown_on_one_line(value):
    refused(lambda: check_count("epochs", value), "epochs must be a whole number ≥ 1")


@pytest.mark.parametrize("classes", [np.array(["a", "b"]), ["a", "b"], ("a", "b"), np.array(["a", "b"], object)])
def test_names_may_come_in_any_sequence(classes):
    names = TwoLayerNN(2, 3, 2, classes=classes).classes
    assert names == ("a", "b")
    assert {type(name) for name in names} == {str}


def test_names_may_come_from_pandas():
    pandas = pytest.importorskip("pandas")
    for classes in (pandas.Index(["a", "b"]), pandas.Series(["a", "b"])):
        assert check_names("classes", classes, 2) == ("a", "b")


@pytest.mark.parametrize(
    "classes", ["ab", b"ab", {"a", "b"}, {"a": 1, "b": 2}, ["a"], ["a", "a"], 2, np.array([["a", "b"]]), ["a", None]]
)
def test_other_names_are_refused(classes):
    refused(lambda: check_names("classes", classes, 2), "classes must be 2 different names")


def test_numbers_are_no_names():
    refused(lambda: check_names("classes", ["\u00e9", "e\u0301"], 2), "2 different names")  # é, composed or not
    refused(lambda: check_names("classes", np.arange(2), 2), "2 different names, as text")


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((5, 64), "pass its transpose"),
        ((64,), "X.reshape(-1, 1)"),
        ((5, 8, 8), "X.reshape(5, -1).T"),
        ((784, 1), "samples of 64 numbers (8 × 8 pixels) and these have 784 numbers (28 × 28 pixels): resize them"),
        ((60, 5), "64 numbers (8 × 8 pixels) and these have 60 numbers: resize them"),
        ((), ""),
    ],
)
def test_inputs_of_another_shape_are_refused_with_what_to_do(shape, advice):
    X = np.zeros(shape)
    refused(lambda: TwoLayerNN(64, 3, 10).predict(X), "(64, samples)", str(shape), advice)


@pytest.mark.parametrize(
    ("Y", "advice"),
    [
        (np.eye(3)[[0, 1, 2, 0]], "Y.argmax(axis=1)"),
        (np.eye(3)[[0, 1, 2, 0]].T, "Y.argmax(axis=0)"),
        (np.zeros((4, 1), int), "Y.ravel()"),
        (np.zeros(4), "Y.astype(int)"),
        (np.array([True] * 4), "Y.astype(int)"),
        (list("0120"), "np.unique(Y, return_inverse=True)[1]"),
        (np.array(list("abca"), object), "np.unique(Y, return_inverse=True)[1]"),  # a column of pandas
    ],
)
def test_labels_of_another_form_are_refused_with_what_to_do(Y, advice):
    refused(lambda: check_labels(Y, 3, 4), "Y must be a one-dimensional array of whole numbers", advice)


RAGGED = [[1.0, 2.0], [3.0]]
MASKED = np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], mask=[[False, True], [False, False]])


@pytest.mark.parametrize("use", [lambda n, X, Y: n.train(X, Y), lambda n, X, Y: n.evaluate(X, Y)])
def test_ragged_and_masked_arrays_are_refused_everywhere(use):
    network = TwoLayerNN(2, 3, 2, seed=0)
    before = network.W1.copy()
    masked_labels = np.ma.masked_array([0, 1], mask=[True, False])
    refused(lambda: use(network, RAGGED, [0, 1]), "X must be an array", "different lengths")
    refused(lambda: use(network, np.eye(2), [[0], [1, 1]]), "Y must be an array", "different lengths")
    refused(lambda: use(network, MASKED, [0, 1]), "X has masked values")
    refused(lambda: use(network, list(MASKED), [0, 1]), "X has masked values")
    refused(lambda: use(network, np.eye(2), masked_labels), "Y has masked values")
    np.testing.assert_array_equal(network.W1, before)


@pytest.mark.parametrize("X", [RAGGED, MASKED])
def test_so_are_the_samples_of_the_validation_and_the_rows_of_a_table(X):
    network = TwoLayerNN(2, 3, 2, seed=0)
    refused(lambda: network.train(np.eye(2), [0, 1], epochs=1, validation=(X, [0, 1])), "validation X")
    refused(lambda: prepare_data(X), "rows")


def test_a_masked_array_that_masks_nothing_is_an_array():
    X = np.ma.masked_array(np.eye(2), mask=False)
    np.testing.assert_array_equal(check_inputs(X, 2, np.dtype(np.float32)), np.eye(2))


def test_what_refuses_to_be_an_array_is_refused():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("can't call numpy() on a tensor that\nrequires grad")

    refused(lambda: TwoLayerNN(2, 3, 2).predict(Tensor()), "X must be an array", "requires grad")
