"""Which label of the data is which label of a model, by the names of the classes."""

import numpy as np
import pytest

from neural_network.data.classes import are_numbered, fit_classes
from neural_network.data.dataset import DIGITS, Dataset, Samples, usual_validation
from neural_network.support.errors import InputError

FRUIT = ("apple", "pear", "zebra")


def dataset_of(*classes):
    """Return a data set with one sample of each class, whose pixel is the place of its class, to train and test on."""
    samples = Samples(np.arange(len(classes), dtype=np.float32)[None], np.arange(len(classes)))
    return Dataset("mine", "here", samples, samples, classes, (("part", samples),))


@pytest.mark.parametrize(
    ("known", "found", "labels"),
    [
        (FRUIT, FRUIT, [0, 1, 2]),
        (FRUIT, ("zebra", "apple", "pear"), [2, 0, 1]),
        (FRUIT, ("zebra", "pear"), [2, 1]),
        (("2", "10", "x"), ("x", "2"), [2, 0]),
        ((*DIGITS, "x"), DIGITS, list(range(10))),
    ],
)
def test_classes_of_the_same_name_have_the_same_label(known, found, labels):
    fitted = fit_classes(dataset_of(*found), known)
    assert fitted.classes == known
    assert fitted.note == ""
    for samples in (fitted.train, fitted.test, fitted.parts[0][1]):
        assert samples.Y.tolist() == labels
        assert samples.X.tolist() == [list(range(len(found)))]


def test_as_many_mere_numbers_are_taken_for_the_labels_and_that_is_said():
    fitted = fit_classes(dataset_of("0", "1", "2"), FRUIT)
    assert fitted.train.Y.tolist() == [0, 1, 2]
    assert fitted.note == "mine has no names for its classes: label 0 is taken for apple, 2 for zebra"


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (FRUIT, ("apple", "quince")),
        (FRUIT, ("apple", "pear", "quince")),
        (FRUIT, ("0", "1")),
        (("0", "1", "2"), FRUIT),
        (("0", "1", "2"), DIGITS),
        (DIGITS, tuple("abcdefghij")),
    ],
)
def test_classes_that_the_model_does_not_know_are_refused(known, found):
    with pytest.raises(InputError) as caught:
        fit_classes(dataset_of(*found), known)
    for names in (known, found):
        assert ", ".join(names) in str(caught.value)


def test_digits_are_numbers_and_other_numbers_are_names():
    assert are_numbered(DIGITS)
    assert not are_numbered(("1", "2"))
    assert not are_numbered(("0", "2", "1"))


@pytest.mark.parametrize(("samples", "held_out"), [(60_000, 1000), (42_000, 1000), (10_000, 1000), (999, 99), (9, 0)])
def test_a_tenth_of_a_small_data_set_is_held_out(samples, held_out):
    assert usual_validation(samples) == held_out
