"""What a function gave, and whether it is what was expected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .worker import Other

Parts = dict[str, np.ndarray]  # what is compared of a result, by name


class Malformed(Exception):
    """A result that is not of the kind that was asked for: the message says what it is, after the function's name."""


@dataclass(frozen=True)
class Raised:
    """An exception that a function raised."""

    kind: str
    message: str
    statement: str = ""  # the beginning of the line: the name that it assigns, or "return"


def raised(kind: str, message: str, line: str | None) -> Raised:
    """Return a `Raised` with the beginning of the line that raised it."""
    found = re.match(r"\s*(return\b|[\w, ]+?(?=\s*=[^=]))", line or "")
    return Raised(kind, message, found[1].strip() if found else "")


Outcome = Parts | Raised | Malformed


def split(result: Any, names: Sequence[str]) -> Parts:
    """Return the arrays of a result by name. Raises Malformed."""
    if len(names) == 1:
        return {names[0]: as_array(result, names[0])}
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    if isinstance(result, dict):
        if missing := [name for name in names if name not in result]:
            held = ", ".join(map(str, result)) or "nothing"
            raise Malformed(f"returns a dictionary of {held}, without {', '.join(missing)}; it must hold {listed}")
        return {name: as_array(result[name], name) for name in names}
    if result is None:
        raise Malformed(f"returns nothing (None); it must return {listed}: is the line with `return` missing?")
    if not isinstance(result, tuple | list) or len(result) != len(names):
        count = f"{len(result)} values" if isinstance(result, tuple | list) else "a single value"
        raise Malformed(f"returns {count}; it must return {len(names)}: {listed}, in this order")
    return {name: as_array(item, name) for name, item in zip(names, result, strict=True)}


def as_array(value: Any, name: str) -> np.ndarray:
    """Return a value as an array of numbers. Raises Malformed."""
    if value is None:
        raise Malformed("returns nothing (None): is the line with `return` missing?")
    if isinstance(value, Other):
        raise Malformed(f"returns {value.what} where {name} should be an array of numbers")
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray("")
    if array.dtype.kind not in "biuf":
        raise Malformed(f"returns a {type(value).__name__} where {name} should be an array of numbers")
    if isinstance(value, list) and array.ndim > 1:  # which later exercises would stumble over, and be blamed for
        raise Malformed(f"returns a list of lists: {name} should be an array, np.array of it")
    return array.astype(np.float64)


def wrong_cells(given: np.ndarray, expected: np.ndarray, tolerance: float) -> np.ndarray | None:
    """Return where `given` is not `expected`, as indices (n, axes); None where its shape is another one."""
    expected = expected.astype(np.float64)
    if given.size == expected.size == 1:
        given = given.reshape(expected.shape)
    if given.shape != expected.shape:
        return None
    any_number = np.isnan(expected)
    scale = _size(expected) or 1.0
    with np.errstate(all="ignore"):
        close = (np.abs(given - expected) <= tolerance * scale) | (given == expected)
    return np.argwhere(~np.where(any_number, np.isfinite(given), close))


def is_right(given: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    """Return whether `given` is `expected`, but for rounding; where `expected` is NaN any number will do."""
    cells = wrong_cells(given, expected, tolerance)
    return cells is not None and len(cells) == 0


def alike(given: np.ndarray, other: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    """Return whether two results are the same, leaving out where any number is right; two right ones are."""
    if is_right(given, expected, tolerance) and is_right(other, expected, tolerance):
        return True
    if given.shape != other.shape:
        return False
    given, other, expected = (values.astype(np.float64) for values in (given, other, expected))
    known = ~np.isnan(expected if given.shape == expected.shape else other)
    if np.isnan(expected).any():
        given, other = given[known], other[known]
    scale = max(_size(other), _size(expected) or 1.0)
    with np.errstate(all="ignore"):
        return bool(np.allclose(given, other, rtol=0, atol=tolerance * scale, equal_nan=True))


def _size(values: np.ndarray) -> float:
    """Return the largest finite number without its sign; 0 if there is none."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0))
