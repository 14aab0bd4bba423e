"""Checks of what callers hand in. Each says in one line which argument it was, what came and what was expected."""

import difflib
import inspect
import math
import numbers
import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np

from .byte_pixels import Pixels
from .errors import InputError

LONGEST_NAME = 255  # characters, as of a folder
# Characters that a terminal takes for commands, or that turn the order of what follows around.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_plain(text: str) -> bool:
    """Return whether a text has no control characters, nor halves of characters that cannot be written."""
    return not CONTROL.search(text)


def plain(text: str) -> str:
    """Return a text with its control characters written out, as \\x1b, so that they control nothing."""
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def check_count(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as an int, or raise InputError where it is not a whole number ≥ `minimum`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < minimum:
        raise InputError(f"{name} must be a whole number ≥ {minimum}, not {value!r}")
    return int(value)


def check_size(name: str, value: Any) -> int:
    """Return `value` as an int, or raise InputError where it is not a whole number ≥ 1 that an array can have."""
    size = check_count(name, value)
    if size >= 2**31:
        raise InputError(f"{name} must be less than 2^31, not {size}")
    return size


def check_positive(name: str, value: Any) -> float:
    """Return `value` as a float, or raise InputError where it is not a finite number > 0."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < float(value) < math.inf:
        raise InputError(f"{name} must be a finite number > 0, not {value!r}")
    return float(value)


def check_fraction(name: str, value: Any) -> float:
    """Return `value` as a float, or raise InputError where it is not a number ≥ 0 and < 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) < 1:
        raise InputError(f"{name} must be a number from 0 to below 1, not {value!r}")
    return float(value)


def check_names(name: str, value: Any, count: int) -> tuple[str, ...]:
    """Return `count` names as a tuple, "0", "1" and so on for None; refuse other numbers of them, and other types."""
    if value is None:
        return tuple(map(str, range(count)))
    names = tuple(value) if isinstance(value, list | tuple) else ()
    if not all(isinstance(each, str) for each in names) or not count == len(names) == len(set(names)):
        raise InputError(f"{name} must be {count} different names, not {value!r}")
    for each in names:
        if not is_plain(each) or len(each) > LONGEST_NAME:
            raise InputError(f"{name} must have at most {LONGEST_NAME} characters, and no control characters: {each!r}")
    return names


def check_inputs(X: Any, input_size: int, dtype: np.dtype[Any], name: str = "X") -> np.ndarray:
    """Return `X` as an array (input_size, m) of `dtype`; refuse another shape, no samples, and NaN or infinite values.

    An array that has the dtype already is returned as it is, without a copy; so are Pixels (see pixels.py).
    """
    X = X if isinstance(X, Pixels) else np.asarray(X)
    if X.dtype.kind not in "biuf":
        raise InputError(f"{name} must hold numbers, not {X.dtype}")
    if X.ndim != 2 or X.shape[0] != input_size:
        hint = "; samples are columns: pass its transpose" if X.ndim == 2 and X.shape[1] == input_size else ""
        raise InputError(f"{name} must have the shape ({input_size}, samples), not {X.shape}{hint}")
    if X.shape[1] == 0:
        raise InputError(f"{name} has no samples: its shape is {X.shape}")
    if isinstance(X, Pixels):
        return cast(np.ndarray, X.astype(dtype))
    if X.dtype == dtype:
        typed = X
    else:
        with np.errstate(over="ignore"):
            typed = X.astype(dtype)
    if not _is_finite(typed):
        row, column = np.argwhere(~np.isfinite(typed))[0]
        raise InputError(f"{name} must be finite in {dtype}, but {name}[{row}, {column}] is {X[row, column]}")
    return typed


def _is_finite(values: np.ndarray) -> bool:
    """Return whether all values are finite. NaN and infinity make the sum of squares NaN or infinite: one quick look.

    So may squares that overflow, which takes a second look.
    """
    flat = values.ravel(order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


def check_labels(Y: Any, classes: int, samples: int | tuple[int, ...], name: str = "Y") -> np.ndarray:
    """Return `Y` as an integer array (samples,) with values 0 to classes - 1, or raise InputError.

    The labels of a stack of batches have its shape, (n, samples).
    """
    Y, shape = np.asarray(Y), samples if isinstance(samples, tuple) else (samples,)
    if Y.ndim != len(shape) or Y.dtype.kind not in "iu":
        raise InputError(f"{name} must be a one-dimensional array of whole numbers, not {Y.dtype} of shape {Y.shape}")
    if Y.shape != shape:
        raise InputError(f"X and {name} must have equally many samples, not {shape[-1]} and {Y.shape[-1]}")
    if Y.min() < 0 or Y.max() >= classes:
        at = int(np.flatnonzero((Y < 0) | (classes <= Y))[0])
        raise InputError(f"{name} must hold labels 0 to {classes - 1}, but {name}[{at}] is {Y.flat[at]}")
    return Y


def check_options(owner: str, function: Callable[..., Any], options: Iterable[str]) -> None:
    """Raise InputError where `function` has no argument with a default of such a name, and tell the nearest."""
    parameters = inspect.signature(function).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.default is not parameter.empty]
    for option in options:
        if option not in known:
            nearest = difflib.get_close_matches(option, known, n=1)
            advice = f"did you mean {nearest[0]!r}?" if nearest else f"its options: {', '.join(known) or 'none'}"
            raise InputError(f"{owner} has no option {option!r}; {advice}")
