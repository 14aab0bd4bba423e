"""Checkpoints: all that is needed to continue a training run as if it had never been interrupted.

Every random number is a function of the seed and of the place in the run (see randomness.py), so no generator needs to
be saved. A checkpoint holds what the steps have changed: the parameters, the state of the optimizer and the callbacks,
the sums over the current epoch, the number of its samples that were used, and the history.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..formats.tensor_file import check_storable
from ..network import Parameters
from ..support.arguments import is_plain
from ..support.errors import InputError
from ..support.in_place import assign
from ..support.json_schema import check_values
from .callback import Callback, Run, State
from .history import FORMER_NAMES, plain_values

# Attributes of a Run. Its epoch follows from the history.
PLACE = {"seed": int, "step": int, "samples_seen": int, "loss_sum": float, "correct": int}
FORMER_PLACE = {"seen": "samples_seen", "losses": "loss_sum", "hits": "correct"}  # the names in version 0.1.0
ROW = {"epoch": int, "step": int, "loss": float, "accuracy": float, "seconds": float}  # in each row of the history


@dataclass(frozen=True)
class Checkpoint:
    """A run between two steps: JSON values, tensors by name, and values that belong to whoever wrote it."""

    values: dict[str, Any]
    tensors: dict[str, np.ndarray]
    origin: dict[str, Any] = field(default_factory=dict)


def capture(run: Run) -> Checkpoint:
    """Return the state of `run`. The arrays are the run's own, not copies: use them before its next step.

    Call it before the first step, or in `on_step` of a callback that comes after all those that change anything.
    Raises InputError if a callback's state cannot be saved.
    """
    states = [_state(callback) for callback in _with_state(run)]
    values = {
        "kind": _kind(run),
        "place": {name: kind(getattr(run, name)) for name, kind in PLACE.items()} | {"loss": float(run.loss)},
        "seconds": time.perf_counter() - run.started,
        "optimizer": {"learning_rate": float(run.optimizer.learning_rate), "steps": run.optimizer.steps},
        "callbacks": [{k: v for k, v in state.items() if not _is_tensor(v)} for state in states],
        "scalars": [[k for k, v in state.items() if _is_tensor(v) and np.isscalar(v)] for state in states],
    }
    groups = {"parameters": run.network.parameters}
    groups |= {f"optimizer.{kind}": arrays for kind, arrays in run.optimizer.state.items()}
    for i, state in enumerate(states):
        groups[f"callbacks.{i}"] = {k: np.asarray(v) for k, v in state.items() if _is_tensor(v)}
    tensors = {f"{group}/{name}": array for group, arrays in groups.items() for name, array in arrays.items()}
    rows = [plain_values(row) for row in run.history.rows]
    tensors["history"] = np.frombuffer(json.dumps(rows).encode(), np.uint8)
    return Checkpoint(values, tensors)


def restore(run: Run, checkpoint: Checkpoint) -> None:
    """Bring a run that has just been started to the state in `checkpoint`, or raise InputError."""
    values, groups = checkpoint.values, _grouped(checkpoint.tensors)
    try:
        for what, now in _kind(run).items():
            if (then := values["kind"][what]) != now:
                raise InputError(f"the checkpoint is of another run: {what} {then!r} there, and {now!r} here")
        parameters = run.network.parameters
        rows = [_renamed(row, FORMER_NAMES) for row in json.loads(checkpoint.tensors["history"].tobytes())]
        place = _renamed(values["place"], FORMER_PLACE)
        _check_place(run, place, rows)
        check_values(values, {"seconds": float}, "the checkpoint")
        check_values(values["optimizer"], {"steps": int}, "its optimizer")
        if not math.isfinite(values["optimizer"]["learning_rate"]):
            raise InputError("the checkpoint's learning rate is not finite")
        state = {
            kind: groups[f"optimizer.{kind}"] for kind in run.optimizer.state_names if values["optimizer"]["steps"]
        }
        states = [_saved_state(values, groups, i) for i in range(len(_with_state(run)))]
        for arrays in [groups["parameters"], *state.values()]:
            _check_arrays(arrays, parameters)
        for callback, saved in zip(_with_state(run), states, strict=True):
            if _is_ours(callback) and parameters.keys() & saved.keys():  # stacks of parameters, of half the precision
                _check_arrays(saved, parameters, stacks=True)

        assign(parameters, groups["parameters"])
        run.optimizer.state = state
        run.optimizer.learning_rate, run.optimizer.steps = (values["optimizer"][k] for k in ("learning_rate", "steps"))
        for callback, saved in zip(_with_state(run), states, strict=True):
            callback.restore(saved)
        run.history.rows[:] = rows
        for name in (*PLACE, "loss"):
            setattr(run, name, place[name])
        run.epoch = len(run.history)
        run.started = time.perf_counter() - values["seconds"]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the checkpoint is not complete: {type(error).__name__}: {error}") from error


def _check_place(run: Run, place: Any, rows: Any) -> None:
    """Raise InputError if a run with this history cannot be at this place."""
    check_values(place, PLACE, "its place")
    if not isinstance(place["loss"], float):  # NaN before the first step
        raise InputError(f"loss of its place cannot be {place['loss']!r}")
    for row in rows:
        check_values(row, ROW, "its history")
        if not all(is_plain(name) and _is_plain_value(value) for name, value in row.items()):
            raise InputError(f"its history cannot have the row {row!r}")
    steps = place["step"] - len(rows) * run.steps_per_epoch  # of the epoch under way
    if len(rows) >= run.epochs or not 0 <= steps <= run.steps_per_epoch or (steps > 0) != (place["samples_seen"] > 0):
        raise InputError(f"the checkpoint cannot be of step {place['step']}, after {len(rows)} epochs")


def _check_arrays(arrays: Mapping[str, Any], parameters: Parameters, *, stacks: bool = False) -> None:
    """Raise InputError if `arrays` lacks one of the parameters, or has one of another shape or dtype.

    Stacks of parameters may be of any floating-point type.
    """
    for name, θ in parameters.items():
        array = arrays[name]
        fits = array.dtype.kind == "f" if stacks else array.dtype == θ.dtype
        if not fits or (array.shape[-2:] if stacks else array.shape) != θ.shape:
            raise InputError(f"the checkpoint's {name} is {array.dtype} {array.shape}, not {θ.dtype} {θ.shape}")


def _with_state(run: Run) -> list[Callback]:
    """Return the callbacks that have a state. The others, such as a progress bar, may differ when a run is resumed."""
    return [callback for callback in run.callbacks if type(callback).state is not Callback.state]


def _is_tensor(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic) and not isinstance(value, str)  # np.str_ is a str


def _is_ours(callback: Callback) -> bool:
    """Return whether the callback is one of this package, whose arrays are known to have the parameters' shapes."""
    package = Callback.__module__.removesuffix("training.callback")
    return type(callback).__module__.startswith(package)


def _state(callback: Callback) -> State:
    """Return the state of a callback, or raise InputError if a file cannot hold it."""
    try:
        state = dict(callback.state())
        for name, value in state.items():
            if not isinstance(name, str):
                raise TypeError(f"its names must be text, not {name!r}")
            if _is_tensor(value):
                check_storable(name, np.asarray(value))
            else:
                json.dumps(value)
    except Exception as error:
        raise InputError(
            f"the state of callback {type(callback).__name__} cannot be saved: {type(error).__name__}: {error}"
        ) from error
    return state


def _saved_state(values: dict[str, Any], groups: dict[str, dict[str, np.ndarray]], i: int) -> State:
    """Return what `state` of the i-th callback returned, NumPy's scalars included."""
    state = {**values["callbacks"][i], **groups.get(f"callbacks.{i}", {})}
    for name in values["scalars"][i] if "scalars" in values else ():  # version 0.1.0 saved no scalars
        state[name] = state[name][()]
    return _renamed(state, FORMER_NAMES)


def _renamed(values: Any, names: Mapping[str, str]) -> Any:
    """Return a JSON object with the names of this version, and anything else as it is."""
    return {names.get(name, name): value for name, value in values.items()} if isinstance(values, dict) else values


def _is_plain_value(value: Any) -> bool:
    return value is None or isinstance(value, int | float) or (isinstance(value, str) and is_plain(value))


def _kind(run: Run) -> dict[str, Any]:
    """Return what a run must have in common with the run that resumes it."""
    return {
        "epochs": run.epochs,
        "steps_per_epoch": run.steps_per_epoch,
        "optimizer": type(run.optimizer).__name__,
        "callbacks": [type(callback).__name__ for callback in _with_state(run)],
    }


def _grouped(tensors: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    groups: dict[str, dict[str, np.ndarray]] = {}
    for path, array in tensors.items():
        group, _, name = path.partition("/")
        groups.setdefault(group, {})[name] = array.copy()
    return groups
