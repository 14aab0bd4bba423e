"""Checks of arguments. Each error says in one line which argument it was, what came and what was expected."""

import inspect
import math
import numbers
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

import numpy as np

from .byte_pixels import AnyInputs, Pixels
from .error_state import own_error_state
from .errors import InputError
from .picture_format import square
from .suggestion import did_you_mean, most_like

LONGEST_NAME = 255  # characters, like the name of a folder
# Characters that a terminal takes for commands, or that turn the order of what follows around.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_plain(text: str) -> bool:
    """Return whether a text has no control characters, nor halves of characters that cannot be written."""
    return not CONTROL.search(text)


def plain(text: str) -> str:
    """Return a text with its control characters written out, as \\x1b, so that they control nothing."""
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def shown(value: Any) -> str:
    """Return a value as it is written in an error: on one line, and not longer than that."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # a whole number with more digits than Python prints
        return f"a number of {value.bit_length():,} bits"
    return text if len(text) <= 100 else f"{text[:97]}..."


def check_count(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as an int, or raise InputError if it is not a whole number ≥ `minimum`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < minimum:
        raise InputError(f"{name} must be a whole number ≥ {minimum}, not {shown(value)}")
    return int(value)


def check_size(name: str, value: Any) -> int:
    """Return `value` as an int, or raise InputError if it is not a whole number ≥ 1 that an array's size can be."""
    size = check_count(name, value)
    if size >= 2**31:
        raise InputError(f"{name} must be less than 2^31, not {shown(size)}")
    return size


def check_positive(name: str, value: Any) -> float:
    """Return `value` as a float, or raise InputError if it is not a finite number > 0."""
    number = _as_float(value)
    if not 0 < number < math.inf:
        raise InputError(f"{name} must be a finite number > 0, not {shown(value)}")
    return number


def check_fraction(name: str, value: Any) -> float:
    """Return `value` as a float, or raise InputError if it is not a number ≥ 0 and < 1."""
    number = _as_float(value)
    if not 0 <= number < 1:
        raise InputError(f"{name} must be a number from 0 to below 1, not {shown(value)}")
    return number


def _as_float(value: Any) -> float:
    """Return a number as a float, infinite if it is too large for one; NaN for anything that is not a number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def as_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array, or raise InputError if it has masked values, or rows of different lengths."""
    if type(value) is np.ndarray:
        return value
    if "numpy.ma" in sys.modules and any(map(np.ma.is_masked, value if isinstance(value, list | tuple) else [value])):
        raise InputError(f"{name} has masked values: leave those samples out, or fill them in with .filled(0)")
    try:
        return np.asarray(value)
    except Exception as error:  # whatever its own way of becoming an array raises
        reason = "its rows have different lengths" if "inhomogeneous" in str(error) else shown(str(error))
        raise InputError(f"{name} must be an array of numbers, but cannot be made one: {reason}") from error


def check_names(name: str, value: Any, count: int) -> tuple[str, ...]:
    """Return `count` different names as a tuple; None gives "0", "1" and so on."""
    if value is None:
        return tuple(map(str, range(count)))
    ordered = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | Set)
    names = tuple(value) if ordered and np.ndim(value) == 1 else ()
    alike = {unicodedata.normalize("NFC", each) if isinstance(each, str) else each for each in names}
    if not all(isinstance(each, str) for each in names) or not count == len(names) == len(alike):
        text = ", as text" if names and not any(isinstance(each, str) for each in names) else ""
        raise InputError(f"{name} must be {count} different names{text}, not {shown(value)}")
    for each in names:
        if not is_plain(each) or len(each) > LONGEST_NAME:
            raise InputError(
                f"{name} must have at most {LONGEST_NAME} characters, and no control characters: {shown(each)}"
            )
    return tuple(map(str, names))  # NumPy's strings are a type of their own


@own_error_state
def check_inputs(X: AnyInputs, input_size: int, dtype: np.dtype[Any], name: str = "X") -> AnyInputs:
    """Return `X` as an array (input_size, m) of `dtype`; refuse another shape, no samples, and NaN or infinite values.

    An array that has the dtype already is returned as it is, without a copy; so are Pixels (see byte_pixels.py).
    """
    X = X if isinstance(X, Pixels) else as_array(name, X)
    if X.dtype.kind not in "biuf":
        raise InputError(f"{name} must hold numbers, not {X.dtype}")
    if X.ndim != 2 or X.shape[0] != input_size:
        advice = _advice(X.shape, input_size, name)
        raise InputError(f"{name} must have the shape ({input_size}, samples), not {X.shape}{advice}")
    if X.shape[1] == 0:
        raise InputError(f"{name} has no samples: its shape is {X.shape}")
    if isinstance(X, Pixels):
        return X.astype(dtype)
    typed = X.astype(dtype, copy=False)
    if not _is_finite(typed):
        row, column = np.argwhere(~np.isfinite(typed))[0]
        raise InputError(f"{name} must be finite in {dtype}, but {name}[{row}, {column}] is {X[row, column]}")
    return typed


def _advice(shape: tuple[int, ...], input_size: int, name: str) -> str:
    """Return what to do with an array of this shape, where samples are columns of `input_size` numbers."""
    if len(shape) == 2 and shape[1] == input_size:
        return "; samples are columns: pass its transpose"
    if shape == (input_size,):
        return f"; a single sample is a column, {name}.reshape(-1, 1)"
    if len(shape) > 2 and math.prod(shape[1:]) == input_size:
        return f"; samples are columns: pass {name}.reshape({shape[0]}, -1).T"
    if len(shape) != 2:
        return ""
    had, wanted = _size(shape[0]), _size(input_size)
    return f"; the network takes samples of {wanted} and these have {had}: resize them, or use a network of their size"


def _size(numbers: int) -> str:
    """Return a number of inputs, and the size of the square picture that has as many pixels."""
    shape = square(numbers)
    return f"{numbers} numbers ({shape[0]} × {shape[1]} pixels)" if shape and numbers > 1 else f"{numbers} numbers"


def _is_finite(values: np.ndarray) -> bool:
    """Return whether all values are finite. NaN and infinity make the sum of squares NaN or infinite: one quick look.

    So may squares that overflow, which takes a second look.
    """
    flat = values.ravel(order="K")
    return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


def check_labels(Y: Any, classes: int, samples: int | tuple[int, ...], name: str = "Y") -> np.ndarray:
    """Return `Y` as an integer array (samples,) with values 0 to classes - 1, or raise InputError.

    The labels of a stack of batches have its shape, (n, samples).
    """
    Y, shape = as_array(name, Y), samples if isinstance(samples, tuple) else (samples,)
    if Y.ndim != len(shape) or Y.dtype.kind not in "iu":
        advice = _label_advice(Y, classes, name)
        raise InputError(
            f"{name} must be a one-dimensional array of whole numbers, not {Y.dtype} of shape {Y.shape}{advice}"
        )
    if Y.shape != shape:
        raise InputError(f"X and {name} must have equally many samples, not {shape[-1]} and {Y.shape[-1]}")
    if Y.min() < 0 or Y.max() >= classes:
        at = int(np.flatnonzero((Y < 0) | (classes <= Y))[0])
        raise InputError(f"{name} must hold labels 0 to {classes - 1}, but {name}[{at}] is {Y.flat[at]}")
    return Y


def _label_advice(Y: np.ndarray, classes: int, name: str) -> str:
    """Return how to make labels of such an array."""
    if Y.ndim == 2 and 1 in Y.shape:
        return f"; pass {name}.ravel()"
    if Y.ndim == 2 and classes in Y.shape and Y.dtype.kind in "biuf":
        return f"; if it is one-hot, pass {name}.argmax(axis={Y.shape.index(classes)})"
    if Y.ndim == 1 and Y.dtype.kind in "bf":
        return f"; if its values are whole numbers, pass {name}.astype(int)"
    if Y.ndim == 1 and Y.dtype.kind in "OSTU":
        return f"; if it holds names of classes, pass np.unique({name}, return_inverse=True)[1]"
    return ""


def check_options(owner: str, function: Callable[..., Any], options: Iterable[str]) -> None:
    """Raise InputError if `function` has no argument with a default of one of these names; it names the nearest."""
    parameters = inspect.signature(function).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.default is not parameter.empty]
    for option in options:
        if option not in known:
            advice = did_you_mean(most_like(option, known), f"its options: {', '.join(known) or 'none'}")
            raise InputError(f"{owner} has no option {option!r}{advice}")
