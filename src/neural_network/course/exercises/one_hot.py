"""Exercise: one-hot labels, by functions/losses.py."""

import numpy as np

from ...functions.losses import one_hot
from ..exercise import Check, Probe, mistake, named


def _probes() -> list[Probe]:
    samples = [
        ("with 7 samples of 5 classes", np.array([3, 0, 4, 1, 1, 2, 0]), 5),
        ("where the last class does not occur", np.array([2, 0, 1, 1]), 6),
        ("with one sample", np.array([2]), 4),
        ("with labels of the type uint8", np.array([1, 0, 2, 1, 2], np.uint8), 3),
    ]
    return [
        Probe(what, [(labels, classes)], {"Y": one_hot(labels, classes, np.float64)}, m=len(labels))
        for what, labels, classes in samples
    ]


CHECKS = [Check("one_hot", _probes, named("Y"))]

SHAPE = "Y has the shape (C, m): a row for each class, a column for each sample"
ONE = "in each column there is a single 1, at the row of the sample's label"
MISTAKES = [
    mistake(
        "Y is transposed: it has a row for each sample",
        SHAPE,
        "(classes, len(labels))",
        "(len(labels), classes)",
        "labels, np.arange(len(labels))",
        "np.arange(len(labels)), labels",
    ),
    mistake(
        "every label is moved by one row up: classes are counted from 0, not from 1",
        ONE,
        "Y[labels,",
        "Y[labels.astype(int) - 1,",
    ),
    mistake("every label is moved by one row down", ONE, "Y[labels,", "Y[(labels + 1) % classes,"),
    mistake(
        "whole rows are set: the assignment names the row of a label, but not the column of its sample",
        ONE,
        "labels, np.arange(len(labels))",
        "labels",
    ),
    mistake(
        "the number of classes is taken from the labels that happen to occur",
        SHAPE,
        "zeros((classes,",
        "zeros((labels.max() + 1,",
    ),
    mistake("the label itself stands where there should be a 1", ONE, "= 1\n", "= labels\n"),
    mistake("ones and zeros are the wrong way round", ONE, "np.zeros", "np.ones", "= 1\n", "= 0\n"),
    mistake("the other entries are 1 as well: begin with zeros", ONE, "np.zeros", "np.ones"),
    mistake("the rows are in reverse order", ONE, "return Y", "return Y[::-1]"),
    mistake(
        "every label is moved by one row up: classes are counted from 0, not from 1", ONE, "Y[labels,", "Y[labels - 1,"
    ),
    mistake("the last sample has no 1: the loop ends too early", ONE, "return Y", "Y[:, -1] = 0\n    return Y"),
    mistake("the first sample has no 1: the loop begins too late", ONE, "return Y", "Y[:, 0] = 0\n    return Y"),
    mistake(
        "only the first sample has its 1: `return` stands within the loop",
        ONE,
        "return Y",
        "Y[:, 1:] = 0\n    return Y",
    ),
]
