"""Checkpoints: a run written down in the middle, to go on as though it had never been interrupted.

Every random number is a function of the seed and of the place in the run (see randomness.py), so no generator needs to
be kept: only what the steps have changed, which are the parameters, what the optimizer and the callbacks remember, the
sums over the epoch under way and the history, and how many samples of the epoch have been seen.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .callbacks import Callback, Run, State
from .errors import InputError

PLACE = ("seed", "step", "seen", "losses", "hits", "loss")  # of a Run; its epoch follows from the history


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
        "place": {name: getattr(run, name) for name in PLACE},
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
        for name, θ in run.network.parameters.items():
            saved = groups["parameters"][name]
            if (saved.shape, saved.dtype) != (θ.shape, θ.dtype):
                raise InputError(f"the checkpoint's {name} is {saved.dtype} {saved.shape}, not {θ.dtype} {θ.shape}")
            θ[...] = saved
        kinds = [group for group in groups if group.startswith("optimizer.")]
        run.optimizer.state = {kind.partition(".")[2]: groups[kind] for kind in kinds}
        run.optimizer.learning_rate, run.optimizer.steps = (values["optimizer"][k] for k in ("learning_rate", "steps"))
        for i, callback in enumerate(_with_state(run)):
            state: State = {**values["callbacks"][i], **groups.get(f"callbacks.{i}", {})}
            callback.restore(state)
        run.history.rows[:] = json.loads(checkpoint.tensors["history"].tobytes())
        for name in PLACE:
            setattr(run, name, values["place"][name])
        run.epoch = len(run.history)
        run.started = time.perf_counter() - values["seconds"]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the checkpoint is not complete: {type(error).__name__}: {error}") from error


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
