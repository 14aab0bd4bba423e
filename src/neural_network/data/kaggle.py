"""Kaggle's form of MNIST: a line for each image, with the label and the pixels of a square image from 0 to 255.

In train.csv the label comes first; test.csv has no labels. Other people's tables have it last, or a header says where;
csv_table.py says in what other ways they may differ.
"""

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from ..support.picture_format import square
from .arrays import Arrays, to_images, to_labels, to_samples
from .csv_table import LABELS, Layout, find_fault, read_layout, read_lines, read_table, split_line
from .dataset import Samples, to_pixels

INDEX = {"", "id", "imageid", "index", "unnamed: 0"}  # names of a first column that only counts the lines
LARGEST_LABEL = 99  # that is looked for in the last column of a table without a header
LINES = 1000  # that are written at a time


def read_train_csv(path: str | os.PathLike[str]) -> Samples:
    """Read labelled images, such as Kaggle's train.csv, with or without a header. The labels stay as they are.

    Raises
    ------
    InputError
        There are no labels, or the pixels are no square image, or not from 0 to 255, or a label is not a whole number
        from 0; the message names the line, counted from 1.
    FileNotFoundError
        There is no such file.
    """
    X, Y = to_samples(*read_labelled_csv(Path(path))[0])
    return Samples(np.asarray(X), Y)


def read_labelled_csv(path: Path) -> tuple[Arrays, str]:
    """Return the images and labels of a table, and a note on how they were found; raises what `read_train_csv` does."""
    layout = read_layout(path)
    label, pixels = _columns(layout)
    if not _is_square(len(pixels)) or label is None:
        hint = "; without labels it can be predicted, but not trained on" if _is_square(len(pixels)) else ""
        raise InputError(f"{_count(path, layout)}, expected 785 (a label and 28×28 pixels) or another square{hint}")
    labels, rows = read_table(path, layout, label, pixels)
    note = ""
    if not LABELS & set(layout.names) and _is_label_last(labels, rows):
        labels, rows = rows[:, -1].astype(np.float32), np.column_stack([labels.astype(np.uint8), rows[:, :-1]])
        note = f"the labels of {path.name} are taken from its last column, since the first is 0 in every line"
    if ((labels < 0) | (labels != np.rint(labels))).any():
        raise InputError(_find_wrong_label(path, layout, label))
    return (_to_squares(rows, str(path)), to_labels(labels, str(path))), note


def has_labels(path: Path) -> bool:
    """Return whether a table has a label in each line, as its first line shows."""
    try:
        label, pixels = _columns(read_layout(path))
    except InputError:
        return False
    return label is not None and _is_square(len(pixels))


def read_test_csv(path: str | os.PathLike[str]) -> NDArray[np.float32]:
    """Read images without labels, such as Kaggle's test.csv, as `X` (D, m); raises what `read_train_csv` does."""
    path = Path(path)
    layout = read_layout(path)
    label, pixels = _columns(layout)
    if not _is_square(len(pixels)) or label is not None:
        hint = "; with labels, evaluate --data reads it" if label is not None and _is_square(len(pixels)) else ""
        raise InputError(f"{_count(path, layout)}, expected 784 (28×28 pixels) or another square{hint}")
    zeros, rows = read_table(path, layout, None, pixels)
    return np.asarray(to_samples(_to_squares(rows, str(path)), zeros.astype(np.int64)).X)


def _columns(layout: Layout) -> tuple[int | None, list[int]]:
    """Return which column has the labels, if there are any, and which have the pixels."""
    names = layout.names
    columns = list(range(bool(names) and names[0] in INDEX, layout.columns))
    named = next((column for column in columns if names and names[column] in LABELS), None)
    label = columns[0] if named is None and _is_square(len(columns) - 1) else named
    if named is not None and _is_square(len(columns)):  # a pixel of that name
        label = None
    return label, [column for column in columns if column != label]


def _is_square(pixels: int) -> bool:
    return pixels > 1 and square(pixels) is not None


def _count(path: Path, layout: Layout) -> str:
    return f"{path}, line 1: has {layout.columns} columns"


def _is_label_last(labels: NDArray[np.float32], rows: NDArray[Any]) -> bool:
    """Return whether the last of the pixels is clearly the label, and the first column a pixel in a dark corner."""
    last = rows[:, -1]
    return not labels.any() and 0 < last.max() <= LARGEST_LABEL and np.array_equal(last, np.rint(last))


def _to_squares(rows: NDArray[Any], name: str) -> NDArray[Any]:
    side = math.isqrt(rows.shape[1])
    return to_images(rows, name).reshape(-1, side, side)


def _find_wrong_label(path: Path, layout: Layout, label: int) -> str:
    for number, line in read_lines(path):
        if line.strip() and not (number == 1 and layout.names):
            field = split_line(line, layout.delimiter)[label]
            if not (float(field) >= 0 and float(field).is_integer()):
                return f"{path}, line {number}: the label is {field}, expected a whole number from 0"
    return find_fault(path, layout, [])


def write_csv(path: str | os.PathLike[str], samples: Samples) -> None:
    """Write samples of square images as Kaggle's train.csv is written, with its header.

    Raises
    ------
    InputError
        The images are not square.
    WorkError
        The file cannot be written.
    """
    if not _is_square(len(samples.X)):
        raise InputError(
            f"a CSV file holds square images such as 28×28, not {len(samples.X)} pixels; use another format"
        )
    header = ",".join(["label", *(f"pixel{i}" for i in range(len(samples.X)))])
    # A field is four bytes, of which those that it does not need are 0 and left out.
    text = [(f"{value},".encode(), f"{value}\n".encode()) for value in range(256)]
    inner, last = (np.array(column, "S4") for column in zip(*text, strict=True))
    with atomic_write(path) as file:
        file.write(f"{header}\n".encode())
        for start in range(0, len(samples.Y), LINES):
            pixels = to_pixels(np.asarray(samples.X[:, start : start + LINES]))
            fields = inner[np.column_stack([samples.Y[start : start + LINES], pixels])]
            fields[:, -1] = last[pixels[:, -1]]
            file.write(fields.tobytes().translate(None, b"\0"))
