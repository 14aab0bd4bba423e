"""Classes by their names: which label of one data set is which label of another, or of a model.

IDX and CSV files have numbers for labels and no names. Such a class is named by its number, as digits are.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..functions.metrics import MAX_CLASSES
from ..support.errors import InputError
from .dataset import DIGITS, Dataset, Samples

Names = tuple[str, ...]


def normalize_name(name: str) -> str:
    """Return a class's name in Unicode's form NFC: an é of one character and one of two, e and ´, are the same."""
    return unicodedata.normalize("NFC", name)


def number_classes(labels: Sequence[NDArray[Any]], source: str) -> tuple[Names, list[NDArray[Any]]]:
    """Return the names of the classes of numbered labels, and for each array of them the labels from 0 on.

    Labels of 0 to 9 are the ten digits. Where there are others, the classes are the numbers that occur, in ascending
    order, without gaps.

    Raises
    ------
    InputError
        There are too many different numbers, as where they are measurements.
    """
    numbers = np.unique(np.concatenate(labels))
    if numbers[-1] < len(DIGITS):
        return DIGITS, list(labels)
    if len(numbers) > MAX_CLASSES:
        raise InputError(f"{source}: has {len(numbers):,} different labels, expected {MAX_CLASSES:,} classes at most")
    return tuple(map(str, numbers.tolist())), [np.searchsorted(numbers, part) for part in labels]


def are_numbered(classes: Sequence[str]) -> bool:
    """Return whether classes have no names but "0", "1", "2", ..."""
    return tuple(classes) == tuple(map(str, range(len(classes))))


def by_number(name: str) -> tuple[float, str]:
    """Return what names are sorted by: numbers by their value, before all others."""
    return (int(name) if name.isascii() and name.isdecimal() else math.inf), name


def join_classes(parts: Sequence[Dataset]) -> Names:
    """Return the names of all classes of a mixture: numbers by their value, then others as they come.

    Raises
    ------
    InputError
        One part's classes have only numbers, another's as many names: it is unknown which is which.
    """
    for numbered in (part for part in parts if are_numbered(part.classes)):
        for named in parts:
            if len(named.classes) == len(numbered.classes) and not are_numbered(named.classes):
                raise InputError(
                    f"a mixture joins classes by their names, but {numbered.name} has {', '.join(numbered.classes)} "
                    f"and {named.name} has {', '.join(named.classes)}; the same classes need the same names"
                )
    names = dict.fromkeys(name for part in parts for name in part.classes)
    return tuple(sorted(names, key=lambda name: by_number(name)[0]))


def relabel(samples: Samples, classes: Names, known: Names) -> Samples:
    """Return `samples` of these `classes` with the labels of the `known` classes of the same names.

    Classes that are not known must have no samples.
    """
    if classes == known:
        return samples
    places: NDArray[np.int64] = np.array([known.index(name) if name in known else -1 for name in classes])
    return Samples(samples.X, places[samples.Y])


def fit_classes(dataset: Dataset, known: Names) -> Dataset:
    """Return a data set as a model for the classes `known` sees it: the same samples, with the model's labels.

    Classes of the same name are the same; the data may lack some. Where there are equally many and those of the data
    are only numbered, the numbers are taken for the model's labels, and the data set's `note` says so.

    Raises
    ------
    InputError
        The data set has samples of a class that the model does not know.
    """
    known = tuple(map(normalize_name, known))
    found = dataset.classes
    if found == known:
        return dataset
    note = dataset.note
    if {found[label] for label in _labels(dataset)} <= set(known):
        labels = found
    elif len(found) == len(known) and are_numbered(found):
        labels = known
        taken = f"label 0 is taken for {known[0]}, {len(known) - 1} for {known[-1]}"
        note = "; ".join(filter(None, [note, f"{dataset.name} has no names for its classes: {taken}"]))
    else:
        raise InputError(f"the model's classes are {', '.join(known)}, but those of {dataset.name} {', '.join(found)}")
    return replace(
        dataset,
        train=relabel(dataset.train, labels, known),
        test=dataset.test and relabel(dataset.test, labels, known),
        classes=known,
        parts=tuple((name, relabel(part, labels, known)) for name, part in dataset.parts),
        note=note,
    )


def _labels(dataset: Dataset) -> set[int]:
    """Return the labels that occur in a data set."""
    return {int(label) for part in (dataset.train, dataset.test) if part for label in np.unique(part.Y)}
