"""Checkpoint files: when a run writes one, which are kept, and from which it is resumed.

A checkpoint is one file, runs/NAME/checkpoint-STEP.safetensors, and needs no other: besides the state of the run it
holds the settings and the name of the data, a SHA-256 of the data, and one of its own content.
"""

import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..formats.tensor_file import read, write
from ..support.errors import DivergenceError, InputError, WorkError
from ..training.callback import Callback, Run
from ..training.checkpoint import Checkpoint, capture

HASHED_AT_ONCE = 4096  # samples
KEPT = 2  # if the newest turns out to be damaged, the one before it is used
NAME = re.compile(r"checkpoint-(\d+)\.safetensors")


class SaveCheckpoints(Callback):
    """Writes a checkpoint every few steps or seconds, and when Ctrl-C ends the run. It must be the last callback.

    Parameters
    ----------
    folder : Path
        The folder of the run; the newest two checkpoints are kept.
    origin : dict
        JSON values to find again in `Checkpoint.origin`.
    samples : sequence of arrays
        What the run learns from: their `fingerprint` is saved with the checkpoint.
    every : str
        "500" for steps, "30s" for seconds, "" for Ctrl-C only. With an interval there is one before the first step.
    resumed : bool
        Whether the run is resumed from a checkpoint, so that it needs none at the start.

    Attributes
    ----------
    problem : str
        Why the newest checkpoint could not be written; empty if it was.
    """

    process_safe = True

    def __init__(
        self,
        folder: Path,
        origin: dict[str, Any],
        samples: Sequence[np.ndarray],
        every: str = "",
        resumed: bool = False,
    ) -> None:
        self.folder, self.samples, self.resumed = folder, samples, resumed
        self.steps, self.seconds = parse_interval(every)
        self.origin = {**origin, "every": every}
        self.problem = ""

    def on_start(self, run: Run) -> None:
        self._saved = time.monotonic()
        if (self.steps or self.seconds) and not self.resumed:
            self.save(run)  # here, nothing is lost yet, a state that cannot be saved is an error

    def on_step(self, run: Run) -> None:
        interrupted = run.history.interrupted
        due = (
            (self.steps and run.step % self.steps == 0)
            or (self.seconds and time.monotonic() - self._saved >= self.seconds)
            or interrupted
        )
        if not due:
            return
        self.problem = ""
        try:
            self.save(run)
        except (InputError, WorkError) as error:
            if isinstance(error, WorkError) and not interrupted:
                raise  # the disk is full, for example: the checkpoint before this one is the best that is left
            self.problem = str(error)  # the network is trained all the same, and saved in the end

    def save(self, run: Run) -> None:
        """Write a checkpoint of `run`, and only then remove those that it replaces.

        Raises WorkError if it cannot be written, InputError if the state of a callback cannot be saved, and
        DivergenceError if a parameter is infinite or NaN, as another callback may have made it.
        """
        for name, θ in run.network.parameters.items():
            if not np.isfinite(θ).all():
                raise DivergenceError(run.step, f"{name} holds infinite or NaN values", run.optimizer.learning_rate)
        if "sha256" not in self.origin:  # only now, because it takes a moment
            self.origin["sha256"] = fingerprint(self.samples)
        checkpoint = capture(run)
        path = self.folder / f"checkpoint-{run.step}.safetensors"
        write(path, {**checkpoint.values, "origin": self.origin}, checkpoint.tensors)
        others = {file: step for step, file in _files(self.folder) if file != path}
        kept = sorted(step for step in others.values() if step < run.step)[1 - KEPT :]
        for file, step in others.items():
            if step not in kept:  # those of later steps are damaged, or left over from a run that was replaced
                file.unlink(missing_ok=True)
        self._saved = time.monotonic()


def parse_interval(text: str) -> tuple[int, float]:
    """Return (steps, seconds) for "500" or "30s", one of which is 0; both are 0 for ""."""
    number, unit = (text[:-1], "s") if text.endswith("s") else (text, "")
    with contextlib.suppress(ValueError):
        if unit and 0 < float(number) < 1e9:
            return 0, float(number)
        if not unit and (not text or int(number) > 0):
            return int(number or 0), 0.0
    raise InputError(f"--checkpoint-every takes steps (500) or seconds (30s), not {text!r}")


def fingerprint(samples: Sequence[np.ndarray]) -> str:
    """Return the SHA-256 of the types, shapes and values of arrays."""
    sha = hashlib.sha256()
    for array in samples:
        sha.update(f"{array.dtype} {array.shape}".encode())
        for start in range(0, array.shape[-1], HASHED_AT_ONCE):
            block = np.asarray(array[..., start : start + HASHED_AT_ONCE])
            sha.update(np.ascontiguousarray(block.T).data)  # X (D, m) lies in memory as its transpose
    return sha.hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint in a file; raises InputError if it is not one, or is damaged."""
    values, tensors = read(path, "a checkpoint of mnist-nn")
    origin = values.pop("origin", None)
    if not isinstance(origin, dict):
        raise InputError(f"{path} is not a checkpoint of mnist-nn: it does not name its origin")
    return Checkpoint(values, tensors, origin)


def newest_checkpoint(folder: Path, say: Callable[[str], object]) -> Checkpoint | None:
    """Return the newest checkpoint that is whole, or None if there are none, and say which damaged ones are skipped.

    Raises InputError if there are checkpoints, and none of them can be read.
    """
    files = sorted(_files(folder), reverse=True)
    for i, (_, path) in enumerate(files):
        try:
            return load_checkpoint(path)
        except InputError as error:
            if i + 1 == len(files):
                raise
            say(f"{error}; trying the one of step {files[i + 1][0]}")
    return None


def has_checkpoint(folder: Path) -> bool:
    """Return whether there is a checkpoint in `folder`, damaged or not."""
    return bool(_files(folder))


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a run that no longer needs them."""
    for _, path in _files(folder):
        path.unlink(missing_ok=True)


def remove_strays(folder: Path) -> None:
    """Remove the unfinished files that a crash has left in `folder` (see support/atomic_files.py)."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[int, Path]]:
    """Return the checkpoints in `folder` with their steps, in no order."""
    matches = [(NAME.fullmatch(path.name), path) for path in folder.glob("checkpoint-*.safetensors")]
    return [(int(match[1]), path) for match, path in matches if match]
