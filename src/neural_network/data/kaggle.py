"""Kaggle's form of MNIST: a line of comma-separated whole numbers an image, 28×28 pixels from 0 to 255.

In train.csv the label comes first; test.csv has no labels. The first line may be a header. Polars reads such a file
whole, fast and strictly, but does not say where it failed; so when it fails, and only then, the file is gone
through line by line until the guilty one is found.
"""

import os
from functools import partial
from io import BufferedReader
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from . import csv_cache
from .dataset import Samples, make_samples, to_pixels

PIXELS = 28 * 28
HEADER = ("label", *(f"pixel{i}" for i in range(PIXELS)))
LONGEST_LINE = 2**16  # a line of numbers has at most 3,140 bytes, Kaggle's header 6,967
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors begin a file with it
LABELS = {b"label", b"labels", b"class", b"target", b"digit", b"y"}  # what a header calls them
# Polars would unpack gzip, zlib and Zstandard without being asked.
COMPRESSED = (b"\x1f\x8b", b"x\x01", b"x^", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd")
NUMBERS = {str(value).encode() for value in range(256)}


def read_train_csv(path: str | os.PathLike[str], *, keep: bool = True) -> Samples:
    """Read Kaggle's train.csv, 785 columns with the label first, with or without a header.

    With `keep`, the numbers of a large file are kept beside it (see csv_cache.py), so that they are parsed only once.

    Raises
    ------
    InputError
        Anything but labels 0 to 9 and pixels 0 to 255; the message names the line, counted from 1.
    FileNotFoundError
        There is no such file.
    """
    parse = partial(_read, columns=1 + PIXELS)
    table, first = csv_cache.read(Path(path), parse) if keep else parse(Path(path))
    labels = table[:, 0]
    if labels.max() > 9:
        at = int(np.argmax(labels > 9))
        raise InputError(f"{path}, line {first + at}: the label is {labels[at]}, expected 0 to 9")
    return make_samples(table[:, 1:], labels)


def read_test_csv(path: str | os.PathLike[str]) -> NDArray[np.float32]:
    """Read Kaggle's test.csv, 784 columns of pixels without labels, as `X` (784, m); raises like `read_train_csv`."""
    table, _ = _read(Path(path), PIXELS)
    return make_samples(table, table[:, 0]).X


def write_csv(path: str | os.PathLike[str], samples: Samples) -> None:
    """Write samples of 28×28 pixels the way Kaggle's train.csv is written, header and all.

    Raises
    ------
    InputError
        The samples are of another size.
    WorkError
        The file cannot be written.
    """
    import polars

    if len(samples.X) != PIXELS:
        raise InputError(f"Kaggle's CSV holds 28×28 = {PIXELS} pixels a line, not {len(samples.X)}; use another format")
    columns = np.column_stack([samples.Y.astype(np.uint8), to_pixels(samples.X)])
    with atomic_write(path) as file:
        polars.DataFrame(columns, schema=HEADER, orient="row").write_csv(file)


def _read(path: Path, columns: int) -> tuple[NDArray[np.uint8], int]:
    """Return the numbers (lines, columns), and the number of the line they begin at."""
    with path.open("rb") as file:
        has_header = _check_first_line(file, path, columns)
        if not _has_lines_of(columns, file):
            raise InputError(_find_fault(path, columns, has_header))

    import polars
    from polars.exceptions import PolarsError

    schema = {str(i): polars.UInt8 for i in range(columns)}
    try:
        table = polars.read_csv(
            path, has_header=False, skip_rows=int(has_header), schema=schema, quote_char=None, glob=False
        )
    except PolarsError as error:
        raise InputError(_find_fault(path, columns, has_header)) from error
    if len(table) == 0:
        raise InputError(f"{path}: has a header and no lines of numbers")
    if any(column.null_count() for column in table):  # an empty field, or a line cut short
        raise InputError(_find_fault(path, columns, has_header))
    return table.to_numpy(), 1 + has_header


def _has_lines_of(columns: int, file: BufferedReader) -> bool:
    """Return whether the lines of the rest of the file are about as long as numbers in so many columns.

    Polars would take gigabytes for a few megabytes of lines of one number each, or of a line without end.
    """
    chunk = np.empty(LONGEST_LINE, np.uint8)
    while size := file.readinto(chunk.data):
        ends = np.count_nonzero(chunk[:size] == ord("\n"))
        if not size // LONGEST_LINE <= ends <= 1 + size / (2 * columns):
            return False
    return True


def _check_first_line(file: BufferedReader, path: Path, columns: int) -> bool:
    """Refuse a file whose first line has another number of columns; return whether that line is a header."""
    line = file.readline(LONGEST_LINE)
    if not line:
        raise InputError(f"{path}: is empty")
    if line.startswith(COMPRESSED):
        raise InputError(f"{path}: is compressed; unpack it first")
    fields = line.split(b",")
    if len(fields) != columns:
        wanted = f"{columns} ({'a label and ' if columns > PIXELS else ''}28×28 pixels)"
        hints = {
            PIXELS: "; without labels it can be predicted, but not trained on",
            PIXELS + 1: "; with labels, evaluate --data reads it",
        }
        hint = hints.get(len(fields), "")
        raise InputError(f"{path}, line 1: has {len(fields)} columns, expected {wanted}{hint}")
    names = [field.removeprefix(BYTE_ORDER_MARK).strip(b'" \t\r\n').lower() for field in fields]
    labels = [place for place, name in enumerate(names, start=1) if name in LABELS]
    if columns > PIXELS and labels and labels[0] > 1:
        name = names[labels[0] - 1].decode()
        raise InputError(f"{path}, line 1: {name!r} is column {labels[0]}; expected the label first, then the pixels")
    return fields[0] == b"label" or not any(field.strip().isdigit() for field in fields)


def _find_fault(path: Path, columns: int, has_header: bool) -> str:
    """Return what is wrong with the first line that is wrong."""
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(LONGEST_LINE), b"")
        for number, line in enumerate(lines, start=1):
            fields = line.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n").split(b",")
            if len(fields) != columns:
                return f"{path}, line {number}: has {len(fields)} columns, expected {columns}"
            if not NUMBERS.issuperset(fields) and not (has_header and number == 1):
                at = next(i for i, field in enumerate(fields) if field not in NUMBERS)
                value = fields[at][:20].decode(errors="replace")
                return f"{path}, line {number}: column {at + 1} is {value!r}, expected a whole number 0 to 255"
    return f"{path}: cannot be read as comma-separated whole numbers"
