"""The files of checkpoints: when a run writes one, which are kept, and which is taken to go on.

A checkpoint is one file, runs/NAME/checkpoint-STEP.safetensors, that says all there is to know: it holds the settings
and where the data came from, with a SHA-256 of the data and another of its own content.
"""

import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..training.callback import Callback, Run
from ..formats.tensor_file import read, write
from ..support.errors import DivergenceError, InputError
from ..training.checkpoint import Checkpoint, capture

PIECE = 4096  # samples hashed at a time
KEPT = 2  # should the newest turn out to be damaged, there is the one before it
NAME = re.compile(r"checkpoint-(\d+)\.safetensors")


class SaveCheckpoints(Callback):
    """Writes a checkpoint every so many steps or seconds, and when Ctrl-C ends the run; it must come last of all.

    Parameters
    ----------
    folder : Path
        Where the files go; the newest two are kept.
    origin : dict
        JSON values to find again in `Checkpoint.origin`.
    samples : sequence of arrays
        What the run learns from: their `fingerprint` goes into the checkpoint.
    every : str
        "500" steps, or "30s" for seconds; "" is only on Ctrl-C. With an interval there is one before the first step.
    resumed : bool
        Whether the run goes on from a checkpoint, so that it needs none at the start.
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

    def on_start(self, run: Run) -> None:
        self._saved = time.monotonic()
        if (self.steps or self.seconds) and not self.resumed:
            self.save(run)

    def on_step(self, run: Run) -> None:
        due = (
            (self.steps and run.step % self.steps == 0)
            or (self.seconds and time.monotonic() - self._saved >= self.seconds)
            or run.history.interrupted
        )
        if due:
            self.save(run)

    def save(self, run: Run) -> None:
        """Write a checkpoint of `run`, and only then remove those that it makes needless.

        Raises WorkError where it cannot be written, and DivergenceError where a parameter is infinite or NaN: training
        notices its own, but not what another callback has done.
        """
        for name, θ in run.network.parameters.items():
            if not np.isfinite(θ).all():
                raise DivergenceError(run.step, f"{name} holds infinite or NaN values", run.optimizer.learning_rate)
        if "sha256" not in self.origin:  # not before it is needed: it takes a moment
            self.origin["sha256"] = fingerprint(self.samples)
        checkpoint = capture(run)
        path = self.folder / f"checkpoint-{run.step}.safetensors"
        write(path, {**checkpoint.values, "origin": self.origin}, checkpoint.tensors)
        others = {file: step for step, file in _files(self.folder) if file != path}
        kept = sorted(step for step in others.values() if step < run.step)[1 - KEPT :]
        for file, step in others.items():
            if step not in kept:  # nor those of later steps, which were damaged or are of a run that was replaced
                file.unlink(missing_ok=True)
        self._saved = time.monotonic()


def parse_interval(text: str) -> tuple[int, float]:
    """Return the steps and the seconds, one of which is 0, that are meant by "500" or "30s"; both are 0 for ""."""
    number, unit = (text[:-1], "s") if text.endswith("s") else (text, "")
    with contextlib.suppress(ValueError):
        if unit and 0 < float(number) < 1e9:
            return 0, float(number)
        if not unit and (not text or int(number) > 0):
            return int(number or 0), 0.0
    raise InputError(f"checkpoints come every so many steps, as 500, or seconds, as 30s, not every {text!r}")


def fingerprint(samples: Sequence[np.ndarray]) -> str:
    """Return the SHA-256 of the arrays' types, shapes and values."""
    sha = hashlib.sha256()
    for array in samples:
        sha.update(f"{array.dtype} {array.shape}".encode())
        for start in range(0, array.shape[-1], PIECE):
            piece = np.asarray(array[..., start : start + PIECE])
            sha.update(np.ascontiguousarray(piece.T).data)  # the transpose of X (D, m) is how it lies in memory
    return sha.hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint in a file; raises InputError where it is none, or is damaged."""
    values, tensors = read(path, "a checkpoint of mnist-nn")
    origin = values.pop("origin", None)
    if not isinstance(origin, dict):
        raise InputError(f"{path} is not a checkpoint of mnist-nn: it does not say what it is of")
    return Checkpoint(values, tensors, origin)


def newest_checkpoint(folder: Path, say: Callable[[str], object]) -> Checkpoint | None:
    """Return the newest checkpoint that is whole, None where there are none, and say which ones are passed over.

    Raises InputError where none of those that are there can be read.
    """
    files = sorted(_files(folder), reverse=True)
    for i, (_, path) in enumerate(files):
        try:
            return load_checkpoint(path)
        except InputError as error:
            if i + 1 == len(files):
                raise
            say(f"{error}; next comes that of step {files[i + 1][0]}")
    return None


def has_checkpoint(folder: Path) -> bool:
    """Return whether there is a checkpoint in `folder`, be it damaged or not."""
    return bool(_files(folder))


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a run that needs them no longer."""
    for _, path in _files(folder):
        path.unlink(missing_ok=True)


def remove_strays(folder: Path) -> None:
    """Remove the halves of files that a crash has left in `folder` (see files.py)."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[int, Path]]:
    """Return the checkpoints in `folder` with their steps, in no order."""
    matches = [(NAME.fullmatch(path.name), path) for path in folder.glob("checkpoint-*.safetensors")]
    return [(int(match[1]), path) for match, path in matches if match]
