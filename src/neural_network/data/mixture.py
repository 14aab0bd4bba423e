"""Mixtures of data sets: one to train on, whose parts can still be evaluated apart.

Training samples of the parts take turns, so that some of each are among those held out for validation. Test samples lie
end to end in one array, into which each part keeps a view. Classes of the same name are the same class, whatever their
labels were.
"""

from collections.abc import Sequence

import numpy as np

from ..support.byte_pixels import Pixels
from ..support.errors import InputError
from .classes import join_classes, relabel
from .dataset import Dataset, Samples, image_shape, interleave, keep_bytes


def mix(parts: Sequence[Dataset]) -> Dataset:
    """Return one data set of several, with the classes of all of them.

    Raises
    ------
    InputError
        Their images differ in size, or it is unknown which of their classes are the same.
    """
    first, shape = parts[0], image_shape(parts[0])
    for part in parts[1:]:
        if (len(part.train.X), image_shape(part)) != (len(first.train.X), shape):
            raise InputError(f"a mixture needs equal sizes: {_size(first)}, {_size(part)}")
    classes = join_classes(parts)
    tests = [(part.name, relabel(part.test, part.classes, classes)) for part in parts if part.test is not None]
    test, test_parts = _join_tests(tests)
    return Dataset(
        name="+".join(part.name for part in parts),
        source=" + ".join(part.source for part in parts),
        train=_join_training([relabel(part.train, part.classes, classes) for part in parts]),
        test=test,
        classes=classes,
        parts=test_parts,
        note="; ".join(dict.fromkeys(f"{part.name}: {part.note}" for part in parts if part.note)),
        shape=shape,
        picture_format=first.picture_format if len({part.picture_format for part in parts}) == 1 else None,
    )


def _size(part: Dataset) -> str:
    shape = image_shape(part)
    size = f"{shape[0]}×{shape[1]}" if shape else len(part.train.X)
    return f"{part.name} has {size} pixels"


def _join_training(parts: Sequence[Samples]) -> Samples:
    turns = interleave([len(part.Y) for part in parts])
    bytes_only = all(isinstance(part.X, Pixels) for part in parts)
    rows = np.empty((len(turns), len(parts[0].X)), np.uint8 if bytes_only else np.float32)
    labels = np.empty(len(turns), np.int64)
    for turn, (X, Y) in enumerate(parts):
        rows[turns == turn] = X.rows if bytes_only and isinstance(X, Pixels) else X.T
        labels[turns == turn] = Y
    return keep_bytes(rows, labels) if bytes_only else Samples(rows.T, labels)


def _join_tests(parts: list[tuple[str, Samples]]) -> tuple[Samples | None, tuple[tuple[str, Samples], ...]]:
    if not parts:
        return None, ()
    rows = np.concatenate([test.X.T for _, test in parts])
    labels = np.concatenate([test.Y for _, test in parts])
    ends = np.cumsum([len(test.Y) for _, test in parts])[:-1]
    views = map(Samples, (part.T for part in np.split(rows, ends)), np.split(labels, ends))
    return Samples(rows.T, labels), tuple(zip(_unique([name for name, _ in parts]), views, strict=True))


def _unique(names: list[str]) -> list[str]:
    """Return the names, numbered where one comes again: digits, digits (2)."""
    unique: list[str] = []
    for name in names:
        numbered = (name, *(f"{name} ({number})" for number in range(2, len(names) + 1)))
        unique.append(next(candidate for candidate in numbered if candidate not in unique))
    return unique
