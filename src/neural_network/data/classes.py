"""Classes by their names: which label of one data set is which label of another, or of a model.

IDX and CSV files give their labels no names. Such classes are called "0", "1", "2", and so on: what digits are called
anyway.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from .dataset import Dataset, Samples

Names = tuple[str, ...]


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
        One part's classes have only numbers, another's as many names: nobody says which is which.
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
    """Return `samples` of these `classes` with the labels that classes of the same names have among the `known`."""
    if classes == known:
        return samples
    places: NDArray[np.int64] = np.array([known.index(name) for name in classes])
    return Samples(samples.X, places[samples.Y])


def fit_classes(dataset: Dataset, known: Names) -> Dataset:
    """Return a data set as a model for the classes `known` sees it: the same samples, with the model's labels.

    Classes of the same name are the same; the data may lack some. Where they are as many and the data's have only
    numbers, those are taken for the model's labels, and the data set's `note` says so.

    Raises
    ------
    InputError
        The data have classes that the model does not know.
    """
    found = dataset.classes
    if found == known:
        return dataset
    note = dataset.note
    if set(found) <= set(known):
        labels = found
    elif len(found) == len(known) and are_numbered(found):
        labels = known
        taken = f"label 0 is taken for {known[0]}, {len(known) - 1} for {known[-1]}"
        note = "; ".join(filter(None, [note, f"{dataset.name} has no names for its classes: {taken}"]))
    else:
        raise InputError(f"the model tells apart {', '.join(known)}, but {dataset.name} has {', '.join(found)}")
    return replace(
        dataset,
        train=relabel(dataset.train, labels, known),
        test=dataset.test and relabel(dataset.test, labels, known),
        classes=known,
        parts=tuple((name, relabel(part, labels, known)) for name, part in dataset.parts),
        note=note,
    )
