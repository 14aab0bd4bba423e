"""Runs the learner's functions in a process of its own, and reports what each call gave.

This file is run as a script and imports NumPy and the standard library only, so that it starts quickly. One JSON object
on standard input says which functions to call with which arguments; a line of JSON is written for each of them, as soon
as it has returned. Whatever the learner's code prints, raises or leaves running stays in here.

The codec below serves both ends: `encode` makes JSON of arrays and plain values, `decode` makes them again.
"""

import base64
import contextlib
import copy
import hashlib
import importlib
import io
import itertools
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

FOREIGN = {"torch", "tensorflow", "jax", "keras", "sklearn", "cupy", "autograd", "neural_network", "mnist_nn", "src"}
MOST_PRINTED = 2000  # characters that are kept of what a function prints
MOST_BYTES = 2**23  # of an array that is returned
MOST_ITEMS = 20_000


class Cubic:
    """A loss whose derivative is known: Σ a w³ + (Σ b w)², of an array of weights."""

    def __init__(self, a: np.ndarray, b: np.ndarray) -> None:
        self.a, self.b = a, b

    def __call__(self, W: Any) -> float:
        return float((self.a * W**3).sum() + (self.b * W).sum() ** 2)


class Previous:
    """An argument that an earlier call of the same probe returned: its `item`, or all of it."""

    def __init__(self, call: int, item: int | None = None) -> None:
        self.call, self.item = call, item


class Stored:
    """A large array, in a file that `np.save` has written."""

    def __init__(self, path: str) -> None:
        self.path = path


def encode(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON: arrays, numbers, text, None, and tuples, lists and dictionaries of them."""
    if depth > 6:
        return {"other": "deeply nested"}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(np.asarray(value))
    if value is None or isinstance(value, bool | str):
        return {"plain": value}
    if isinstance(value, int | float):
        return {"plain": value} if isinstance(value, float) or abs(value) < 2**63 else {"other": "a huge integer"}
    if isinstance(value, dict):
        return {"dict": [[str(key), encode(item, depth + 1)] for key, item in list(value.items())[:MOST_ITEMS]]}
    if isinstance(value, np.random.Generator):
        return {"rng": int(value.bit_generator.seed_seq.entropy)}  # type: ignore[attr-defined]
    if isinstance(value, Cubic):
        return {"cubic": [_encode_array(value.a), _encode_array(value.b)]}
    if isinstance(value, Stored):
        return {"stored": value.path}
    if isinstance(value, Previous):
        return {"previous": [value.call, value.item]}
    if isinstance(value, list | tuple | Iterator | range | zip | map):
        kind = "tuple" if isinstance(value, tuple) else "list"
        items = []
        for item in value:
            items.append(encode(item, depth + 1))
            if len(items) > MOST_ITEMS:
                return {"other": f"a sequence of more than {MOST_ITEMS:,} items"}
        return {kind: items}
    return {"other": f"a {type(value).__name__}"}


def _encode_array(array: np.ndarray) -> Any:
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        return {"other": f"an array of {array.dtype}"}
    if array.nbytes > MOST_BYTES:
        return {"other": f"an array of shape {array.shape}"}
    layout = "C"
    if array.ndim > 1 and not array.flags.c_contiguous:
        layout = "F" if array.flags.f_contiguous else "strided"
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape), "layout": layout}


def decode(code: Any, results: tuple[Any, ...] = ()) -> Any:
    """Return the value that `encode` made JSON of; `results` are those of the earlier calls of the probe."""
    ((kind, value), *_) = code.items()
    if kind == "array":
        array = np.frombuffer(base64.b64decode(value), code["dtype"]).reshape(code["shape"]).copy()
        if code["layout"] == "F":
            return np.asfortranarray(array)
        if code["layout"] == "strided":  # every second column of a larger array
            larger = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
            larger[..., ::2] = array
            return larger[..., ::2]
        return array
    if kind in ("tuple", "list"):
        return {"tuple": tuple, "list": list}[kind](decode(item, results) for item in value)
    if kind == "dict":
        return {key: decode(item, results) for key, item in value}
    if kind == "rng":
        return np.random.default_rng(value)
    if kind == "cubic":
        return Cubic(*map(decode, value))
    if kind == "stored":
        return np.load(value)
    if kind == "previous":
        call, item = value
        return copy.deepcopy(results[call] if item is None else results[call][item])
    return Other(value) if kind == "other" else value


class Other:
    """A returned value of a kind that no exercise asks for."""

    def __init__(self, what: str) -> None:
        self.what = what


def run_calls(function: Any, calls: list[Any]) -> tuple[list[Any], list[int]]:
    """Call a function once for each list of encoded arguments.

    Returns
    -------
    result : list
        What the calls returned; where a call returned None and has changed arguments, these.
    changed : list of int
        The numbers of the arguments whose content is not what it was.
    """
    results: list[Any] = []
    changed: set[int] = set()
    for arguments in calls:
        values = [decode(argument, tuple(results)) for argument in arguments]
        before = [_digest(value) for value in values]
        result = function(*values)
        if isinstance(result, Iterator):  # a generator computes now, within the limits
            result = list(itertools.islice(result, MOST_ITEMS + 1))
        moved = [number for number, value in enumerate(values) if _digest(value) != before[number]]
        if result is None and moved:  # it works in place
            result = values[moved[0]] if len(moved) == 1 else tuple(values[number] for number in moved)
        changed |= set(moved)
        results.append(copy.deepcopy(result))  # the next call may work on it in place
    return results, sorted(changed)


def _digest(value: Any) -> str:
    """Return a checksum of the arrays in a value."""
    if isinstance(value, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(value).tobytes() + str(value.shape).encode()).hexdigest()
    if isinstance(value, dict):
        return " ".join(f"{key} {_digest(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(_digest, value))
    return ""


class _TooLong(BaseException):
    """Raised within the learner's code when a call has used its time."""


class _Printed(io.TextIOBase):
    """Standard output of the learner: the beginning is kept, the rest is counted."""

    def __init__(self) -> None:
        self.kept, self.count = "", 0

    def write(self, text: str, /) -> int:
        self.kept += text[: MOST_PRINTED - len(self.kept)]
        self.count += len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def take(self) -> tuple[str, int]:
        kept, count = self.kept, self.count
        self.kept, self.count = "", 0
        return kept, count


class _NumpyOnly:
    """Refuses to import other libraries that would do the exercise."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in FOREIGN:
            raise ForeignImportError(name.partition(".")[0])


class ForeignImportError(ImportError):
    """The learner's code imports a library that has the answer."""


def main() -> None:
    """Serve the request on standard input."""
    request = json.loads(sys.stdin.readline())
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    printed = _Printed()
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), printed, printed
    sys.breakpointhook = lambda *arguments, **options: None
    sys.pycache_prefix = request["cache"]
    folder = os.path.realpath(request["folder"])
    sys.path.insert(0, folder)
    sys.meta_path.insert(0, _NumpyOnly())
    _limit_memory(request["memory"])

    channel.write("{}\n")  # from here on, time counts
    channel.flush()

    def say(report: dict[str, Any]) -> None:
        text, count = printed.take()
        channel.write(json.dumps({**report, "printed": text, "characters": count}) + "\n")
        channel.flush()

    with _guarded(folder, request["seconds"]) as loading:
        module: Any = importlib.import_module(request["module"])
    say({"loaded": not loading, **loading})
    if loading:
        channel.close()
        os._exit(0)
    exhausted: dict[str, dict[str, Any]] = {}  # functions that have used up time or memory are not called again
    for probe in request["probes"]:
        if probe["function"] in exhausted:
            say(exhausted[probe["function"]])
            continue
        report: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as warned, _guarded(folder, probe["seconds"]) as error:
            warnings.simplefilter("always")
            function = getattr(module, probe["function"], None)
            if not callable(function):
                own = [
                    name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
                ]
                report = {"missing": probe["function"], "found": own}
            else:
                results, changed = run_calls(function, probe["calls"])
                report = {"results": [encode(result) for result in results], "changed": changed}
        if "timeout" in error or "memory" in error:
            exhausted[probe["function"]] = error
        say({**report, **error, "warnings": _own_warnings(warned, folder)})
    channel.close()
    os._exit(0)  # whatever threads the learner's code has left running


def _own_warnings(warned: list[warnings.WarningMessage], folder: str) -> list[list[str]]:
    found = [
        [str(w.message), f"{w.lineno} of {Path(w.filename).name}"] for w in warned if w.filename.startswith(folder)
    ]
    return [each for number, each in enumerate(found) if each not in found[:number]][:3]


@contextlib.contextmanager
def _guarded(folder: str, seconds: float) -> Iterator[dict[str, Any]]:
    """Run the block for so many seconds of processor time; yield a dictionary that will describe what it raised."""
    error: dict[str, Any] = {}
    try:
        with _time_limit(seconds):
            yield error
    except _TooLong as stopped:
        error.update(timeout=seconds, **_place(stopped.__traceback__, folder))
    except SyntaxError as mistake:
        text, file = (mistake.text or "").rstrip(), Path(mistake.filename or "").name
        error.update(syntax=mistake.msg, line=mistake.lineno, text=text, file=file)
    except ForeignImportError as mistake:
        error.update(foreign=str(mistake), **_place(mistake.__traceback__, folder))
    except SystemExit as stopped:
        error.update(exit=True, **_place(stopped.__traceback__, folder))
    except MemoryError as mistake:
        error.update(memory=str(mistake), **_place(mistake.__traceback__, folder))
    except BaseException as mistake:
        error.update(raised=type(mistake).__name__, message=str(mistake)[:500])
        error.update(_place(mistake.__traceback__, folder))


def _place(trace: TracebackType | None, folder: str) -> dict[str, Any]:
    """Return the last line of the learner's files in a traceback."""
    for frame in reversed(traceback.extract_tb(trace)):
        if os.path.realpath(frame.filename).startswith(folder):
            return {"line": frame.lineno, "text": frame.line, "file": Path(frame.filename).name}
    return {}


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TooLong in the block after so many seconds of processor time, or twice as many by the clock.

    Systems without such timers, as Windows, leave it to the process that started this one.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, 2 * seconds))
    for number, timer, limit in timers:
        signal.signal(number, stop)
        signal.setitimer(timer, limit, 0.05)  # again and again, should an `except:` have swallowed it
    try:
        yield
    finally:
        for _, timer, _ in timers:
            signal.setitimer(timer, 0)


def _limit_memory(size: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24))


if __name__ == "__main__":
    main()
