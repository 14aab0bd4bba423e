"""Tables of numbers as text: comma-separated values, and the other forms in which people save them.

Fields are separated by commas, semicolons, tabs, bars or spaces, may stand in quotes, and may be fractions; empty
lines are passed over. Lines of whole numbers from 0 to 255, as Kaggle's files have them, are parsed with array
arithmetic, many times faster than `np.loadtxt` does it, which parses all others. Neither says well what is wrong with a
file, so when they fail, and only then, it is searched line by line for the first fault.
"""

from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.threads import share

LONGEST_LINE = 2**18  # bytes; Kaggle's lines have at most 3,140, and those of np.savetxt 20,000
CHUNK, CHUNKS = 2**18, 16  # bytes that are parsed at a time, and how many times that is read at once
DELIMITERS = b",;\t|"
LABELS = {"label", "labels", "class", "target", "digit", "y"}  # names of the column of labels
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors begin a file with it
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"x\x01", b"x^", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd")


class Layout(NamedTuple):
    """What the first line shows of a table."""

    delimiter: bytes  # b"" for spaces
    columns: int
    names: tuple[str, ...]  # of the columns in the header, in lower case; empty if there is no header


class Table(NamedTuple):
    """The lines of a table, apart from its header: float32 labels (m,), and pixels (m, D), uint8 or float32."""

    labels: NDArray[np.float32]
    pixels: NDArray[Any]


def read_layout(path: Path) -> Layout:
    """Return the layout of the table in a file.

    Raises
    ------
    InputError
        The file is empty, compressed or in UTF-16.
    """
    with path.open("rb") as file:
        line = file.readline(LONGEST_LINE)
    if not line:
        raise InputError(f"{path}: is empty")
    if line.startswith(UTF_16):
        raise InputError(f"{path}: is text in UTF-16, as Windows PowerShell writes it; save it in UTF-8")
    if line.startswith(COMPRESSED):
        raise InputError(f"{path}: is compressed; unpack it first")
    counts = {line.count(delimiter): bytes([delimiter]) for delimiter in reversed(DELIMITERS)}
    delimiter = counts[max(counts)] if max(counts) else b""
    if 0 < line.count(b";") >= line.count(b",") - 1:  # commas in the numbers, which `find_fault` names
        delimiter = b";"
    fields = split_line(line, delimiter)
    return Layout(delimiter, len(fields), _header(fields))


def split_line(line: bytes, delimiter: bytes) -> list[str]:
    """Return the fields of a line, without quotes and spaces around them."""
    fields = line.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n").split(delimiter or None)
    return [field.decode(errors="replace").strip("\" \t'") for field in fields] or [""]


def _header(fields: list[str]) -> tuple[str, ...]:
    """Return the names in a first line, none if it holds numbers.

    A header begins with the name of the labels, or has no numbers, or numbers the columns, as pandas does it.
    """
    numbers = fields[not fields[0] :]  # pandas leaves the name of the column of line numbers empty
    numbered = len(numbers) > 2 and any(numbers == [str(first + i) for i in range(len(numbers))] for first in (0, 1))
    if fields[0].lower() in LABELS or numbered or not any(map(_is_number, fields)):
        return tuple(field.lower() for field in fields)
    return ()


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def read_table(path: Path, layout: Layout, label: int | None, pixels: list[int]) -> Table:
    """Return the columns of a table with the numbers `label` (zeros for None) and `pixels`, all of its lines.

    Raises
    ------
    InputError
        A line has another number of columns, or a field is not a number; pixels are not from 0 to 255; there are no
        lines of numbers. The message names the line, counted from 1.
    """

    adjacent = pixels == list(range(pixels[0], pixels[-1] + 1))
    columns = slice(pixels[0], pixels[-1] + 1) if adjacent else pixels  # which costs no copy

    def parse(lines: bytes) -> Table:
        lines = lines.replace(b"'", b'"')
        found = parse_bytes(lines, layout) if layout.delimiter else None
        numbers = _parse_floats(lines, layout) if found is None else found
        labels = np.zeros(len(numbers), np.float32) if label is None else numbers[:, label].astype(np.float32)
        return Table(labels, _as_bytes(numbers[:, columns]))

    parts: list[Table] = []
    try:
        with path.open("rb") as file:
            if layout.names:
                file.readline(LONGEST_LINE)
            for chunks in _read_chunks(file):
                parts += share(parse, chunks)
    except ValueError as error:
        raise InputError(find_fault(path, layout, pixels)) from error
    if not sum(len(part.labels) for part in parts):
        raise InputError(f"{path}: has no lines of numbers")
    if any(part.pixels.dtype != np.uint8 for part in parts):
        parts = [Table(part.labels, part.pixels.astype(np.float32)) for part in parts]
    return Table(np.concatenate([part.labels for part in parts]), np.concatenate([part.pixels for part in parts]))


def _read_chunks(file: BufferedReader) -> Iterator[list[bytes]]:
    """Return the lines of a file, some chunks of whole lines at a time; ValueError for a line that is too long."""
    while chunks := [chunk + file.readline(LONGEST_LINE) for _ in range(CHUNKS) if (chunk := file.read(CHUNK))]:
        for chunk in chunks[:-1]:
            if not chunk.endswith(b"\n"):
                raise ValueError("a line is too long")
        yield chunks


def parse_bytes(lines: bytes, layout: Layout) -> NDArray[Any] | None:
    """Return lines of whole numbers from 0 to 255 as an array; None where they are anything else.

    No loop over the fields: all digits are turned into numbers at once, each together with the two before it. Of these
    numbers, the ones at the end of a field are the fields' values.
    """
    if b"\r" in lines or b'"' in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b'"', b"")
    text = np.frombuffer(lines if lines.endswith(b"\n") else lines + b"\n", np.uint8)
    value = text - np.uint8(ord("0"))  # below 10 for digits only: all that comes before "0" becomes more than 200
    digit = value <= 9
    last = digit[:-1] & ~digit[1:]  # of a field
    fields, rows = np.count_nonzero(last), np.count_nonzero(text == ord("\n"))
    delimiters = np.count_nonzero(text == ord(layout.delimiter))
    if not fields == delimiters + rows == rows * layout.columns == np.count_nonzero(~digit):
        return None
    padded = np.zeros(len(text) + 2, np.uint8)
    np.multiply(value, digit, out=padded[2:])  # and 0 for what is no digit
    ones, tens = padded[2:-1], padded[1:-2]
    hundreds = padded[:-3] * np.concatenate([[False], digit[:-2]])  # 0 where a field of one digit is between
    below_hundred = 10 * tens + ones
    number = 100 * hundreds + below_hundred
    four_digits = digit[3:] & digit[2:-1] & digit[1:-2] & digit[:-3]
    if ((last & ((hundreds > 2) | (number < below_hundred))).any()) or four_digits.any():  # numbers over 255 wrap round
        return None
    ends = np.flatnonzero(last)
    if (text.take(ends[layout.columns - 1 :: layout.columns] + 1) != ord("\n")).any():  # each line has all columns
        return None
    return number.take(ends).reshape(rows, layout.columns)


def _parse_floats(lines: bytes, layout: Layout) -> NDArray[Any]:
    """Return lines of any numbers as an array; ValueError where they are anything else."""
    text = [line for line in lines.removeprefix(BYTE_ORDER_MARK).decode().split("\n") if line.strip()]
    if not text:
        return np.empty((0, layout.columns))
    delimiter = layout.delimiter.decode() or None
    numbers = np.loadtxt(text, np.float64, comments=None, delimiter=delimiter, quotechar='"', ndmin=2)
    if numbers.shape[1] != layout.columns:
        raise ValueError(f"{numbers.shape[1]} columns")
    return numbers


def _as_bytes(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return pixels as uint8 where they are whole, else as float32; ValueError where they are not from 0 to 255."""
    if not (pixels.min(initial=0) >= 0 and pixels.max(initial=0) <= 255):  # NaN fails both
        raise ValueError("pixels must be 0 to 255")
    whole = pixels.astype(np.uint8, copy=False)
    return whole if whole is pixels or np.array_equal(whole, pixels) else pixels.astype(np.float32)


def find_fault(path: Path, layout: Layout, pixels: list[int]) -> str:
    """Return what is wrong with the first line that is wrong."""
    limits = dict.fromkeys(pixels, _is_pixel)
    for number, line in read_lines(path):
        if not line.strip() or (number == 1 and layout.names):
            continue
        fields = split_line(line, layout.delimiter)
        if len(fields) != layout.columns:
            return f"{path}, line {number}: has {len(fields)} columns, expected {layout.columns}"
        for column, field in enumerate(fields):
            sound: Callable[[str], bool] = limits.get(column, _is_number)
            if not sound(field):
                expected = "a number from 0 to 255" if sound is _is_pixel else "a number"
                advice = _advise(field, sound is _is_pixel)
                return f"{path}, line {number}: column {column + 1} is {field[:20]!r}, expected {expected}{advice}"
    return f"{path}: cannot be read as a table of numbers"


def _advise(field: str, is_pixel: bool) -> str:
    """Return what to do about a field that is not a number, or not one of a pixel."""
    if any(chr(delimiter) in field for delimiter in DELIMITERS):
        return "; write fractions with a point, not with a comma"
    if not is_pixel and field and not _is_number(field):
        return "; if it names a class, write a number from 0 for each class"
    if is_pixel and _is_number(field) and -1 <= float(field) < 0:
        return "; if the pixels x are from -1 to 1, save (x + 1) / 2"
    return ""


def _is_pixel(field: str) -> bool:
    return _is_number(field) and 0 <= float(field) <= 255


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Return the lines of a file, or their first LONGEST_LINE bytes, each with its number from 1."""
    with path.open("rb") as file:
        yield from enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1)
