"""Checkpoints: a run written down in the middle, to go on as though it had never been interrupted.

Every random number is a function of the seed and of the place in the run (see randomness.py), so no generator needs to
be kept: only what the steps have changed, which are the parameters, what the optimizer and the callbacks remember, the
sums over the epoch under way and the history, and how many samples of the epoch have been seen.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..network import Parameters
from ..support.arguments import is_plain
from ..support.errors import InputError
from ..support.json_schema import check_values
from .callback import Callback, Run, State

# Of a Run; its epoch follows from the history.
PLACE = {"seed": int, "step": int, "samples_seen": int, "loss_sum": float, "correct": int}
ROW = {"epoch": int, "step": int, "loss": float, "accuracy": float, "seconds": float}  # of the history, at least


@dataclass(frozen=True)
class Checkpoint:
    """A run after one of its steps: JSON values, tensors by name, and what its maker wants to know again."""

    values: dict[str, Any]
    tensors: dict[str, np.ndarray]
    origin: dict[str, Any] = field(default_factory=dict)


def capture(run: Run) -> Checkpoint:
    """Return where `run` is, for use before its next step: the arrays are its own, and no copies.

    It may be called before the first step, or in `on_step` of a callback that comes after those that change anything.
    """
    states = [callback.state() for callback in _with_state(run)]
    values = {
        "kind": _kind(run),
        "place": {name: getattr(run, name) for name in (*PLACE, "loss")},
        "seconds": time.perf_counter() - run.started,
        "optimizer": {"learning_rate": run.optimizer.learning_rate, "steps": run.optimizer.steps},
        "callbacks": [{k: v for k, v in state.items() if not isinstance(v, np.ndarray)} for state in states],
    }
    groups = {"parameters": run.network.parameters}
    groups |= {f"optimizer.{kind}": arrays for kind, arrays in run.optimizer.state.items()}
    for i, state in enumerate(states):
        groups[f"callbacks.{i}"] = {k: v for k, v in state.items() if isinstance(v, np.ndarray)}
    tensors = {f"{group}/{name}": array for group, arrays in groups.items() for name, array in arrays.items()}
    tensors["history"] = np.frombuffer(json.dumps(run.history.rows, default=float).encode(), np.uint8)
    return Checkpoint(values, tensors)


def restore(run: Run, checkpoint: Checkpoint) -> None:
    """Bring a run that has just been started to where `checkpoint` was made, or raise InputError."""
    values, groups = checkpoint.values, _grouped(checkpoint.tensors)
    try:
        for what, now in _kind(run).items():
            if (then := values["kind"][what]) != now:
                raise InputError(f"the checkpoint is of another run: {what} {then!r} there, and {now!r} here")
        parameters, rows = run.network.parameters, json.loads(checkpoint.tensors["history"].tobytes())
        _check_place(run, values["place"], rows)
        check_values(values, {"seconds": float}, "the checkpoint")
        check_values(values["optimizer"], {"steps": int}, "its optimizer")
        if not math.isfinite(values["optimizer"]["learning_rate"]):
            raise InputError("the checkpoint's learning rate is not finite")
        state = {
            kind: groups[f"optimizer.{kind}"] for kind in run.optimizer.state_names if values["optimizer"]["steps"]
        }
        states: list[State] = [
            {**values["callbacks"][i], **groups.get(f"callbacks.{i}", {})} for i in range(len(_with_state(run)))
        ]
        for arrays in [groups["parameters"], *state.values()]:
            _check_arrays(arrays, parameters)
        for remembered in states:  # stacks of parameters, too, and of half the precision
            if parameters.keys() & remembered.keys():
                _check_arrays(remembered, parameters, stacks=True)

        for name, θ in parameters.items():
            θ[...] = groups["parameters"][name]
        run.optimizer.state = state
        run.optimizer.learning_rate, run.optimizer.steps = (values["optimizer"][k] for k in ("learning_rate", "steps"))
        for callback, remembered in zip(_with_state(run), states, strict=True):
            callback.restore(remembered)
        run.history.rows[:] = rows
        for name in (*PLACE, "loss"):
            setattr(run, name, values["place"][name])
        run.epoch = len(run.history)
        run.started = time.perf_counter() - values["seconds"]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the checkpoint is not complete: {type(error).__name__}: {error}") from error


def _check_place(run: Run, place: Any, rows: Any) -> None:
    """Raise InputError where a run with such a history cannot be at such a place."""
    check_values(place, PLACE, "its place")
    if not isinstance(place["loss"], float):  # NaN before the first step
        raise InputError(f"loss of its place cannot be {place['loss']!r}")
    for row in rows:
        check_values(row, ROW, "its history")
        if not all(is_plain(name) and isinstance(value, int | float) for name, value in row.items()):
            raise InputError(f"its history cannot have the row {row!r}")
    steps = place["step"] - len(rows) * run.steps_per_epoch  # of the epoch under way
    if len(rows) >= run.epochs or not 0 <= steps <= run.steps_per_epoch or (steps > 0) != (place["samples_seen"] > 0):
        raise InputError(f"the checkpoint cannot be of step {place['step']}, after {len(rows)} epochs")


def _check_arrays(arrays: Mapping[str, Any], parameters: Parameters, *, stacks: bool = False) -> None:
    """Raise InputError where arrays under the names of the parameters are of other shapes or dtypes.

    Stacks of such arrays need only be of floats.
    """
    for name, θ in parameters.items():
        saved = arrays[name]
        fits = saved.dtype.kind == "f" if stacks else saved.dtype == θ.dtype
        if not fits or (saved.shape[-2:] if stacks else saved.shape) != θ.shape:
            raise InputError(f"the checkpoint's {name} is {saved.dtype} {saved.shape}, not {θ.dtype} {θ.shape}")


def _with_state(run: Run) -> list[Callback]:
    """Return the callbacks that have a state; others, such as a progress bar, may come and go."""
    return [callback for callback in run.callbacks if type(callback).state is not Callback.state]


def _kind(run: Run) -> dict[str, Any]:
    """Return what must be the same in a run and in the one that it goes on with."""
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
