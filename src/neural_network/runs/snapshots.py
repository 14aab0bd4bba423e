"""Snapshots: the parameters of a network at some steps of its training, for figures of how it learns.

Most happens at the beginning, so the steps are closer together there: the k-th of n is at (k/n)² of the run. Snapshots
are float16, accurate to a thousandth of each weight: enough for a figure, too coarse to compute with.
"""

import os
from pathlib import Path

import numpy as np

from ..formats.tensor_file import read, write
from ..network import Network, Parameters
from ..support.errors import InputError
from ..training.callback import Callback, Run, State

MAX_SNAPSHOTS = 50  # of a run
MIN_SNAPSHOTS = 4  # if fewer than this fit into MAX_BYTES, none are kept
MAX_BYTES = 8_000_000  # of all snapshots together: 50 of the default network's 7,960 parameters are a tenth of that
LARGEST_FLOAT16 = float(np.finfo(np.float16).max)


class Snapshots(Callback):
    """Keeps copies of the network's parameters: before the first step, after up to 48 steps, and at the end.

    Attributes
    ----------
    steps : list of int
        The step after which each was taken; the first is 0.
    parameters : list of dict of float16 arrays
        "W1", "b1", "W2", "b2" of each. A network too large for `MAX_BYTES` has none.
    """

    process_safe = True

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.parameters: list[Parameters] = []
        self._due: list[int] = []

    def on_start(self, run: Run) -> None:
        self.steps, self.parameters = [], []
        count = min(MAX_SNAPSHOTS, MAX_BYTES // (2 * sum(θ.size for θ in run.network.parameters.values())))
        if count < MIN_SNAPSHOTS:
            self._due = []
            return
        moments = np.linspace(0, 1, count) ** 2 * run.epochs * run.steps_per_epoch
        self._due = sorted({max(k, int(moment)) for k, moment in enumerate(moments)}, reverse=True)
        self._take(run)

    def on_step(self, run: Run) -> None:
        if self._due and run.step >= self._due[-1]:
            self._take(run)

    def on_end(self, run: Run) -> None:
        """Take the last one again: the run may have ended early, or a callback may have restored other parameters."""
        if self.steps:
            if self.steps[-1] == run.step:
                del self.steps[-1], self.parameters[-1]
            self._due = [run.step]
            self._take(run)

    def _take(self, run: Run) -> None:
        self._due.pop()
        self.steps.append(run.step)
        θs = run.network.parameters.items()
        self.parameters.append(
            {name: np.clip(θ, -LARGEST_FLOAT16, LARGEST_FLOAT16).astype(np.float16) for name, θ in θs}
        )

    def state(self) -> State:
        """Return steps and parameters, so that a resumed run has snapshots of all its training."""
        return {"steps": np.array(self.steps), **self._stacks()} if self.steps else {}

    def restore(self, state: State) -> None:
        """Restore the snapshots in `state`, and skip the steps that are past."""
        if state:
            stacks = {name: np.asarray(stack) for name, stack in state.items()}
            self.steps = [int(step) for step in stacks.pop("steps")]
            self.parameters = [{name: stack[k] for name, stack in stacks.items()} for k in range(len(self.steps))]
            self._due = [step for step in self._due if step > self.steps[-1]]

    def _stacks(self) -> Parameters:
        return {name: np.stack([θ[name] for θ in self.parameters]) for name in self.parameters[0]}

    def __len__(self) -> int:
        return len(self.steps)

    def stacked(self, name: str) -> np.ndarray:
        """Return the parameter `name` of all snapshots as one float32 array (snapshots, ...)."""
        return np.stack([parameters[name] for parameters in self.parameters]).astype(np.float32)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the stacked parameters and the steps to a safetensors file, with a SHA-256."""
        write(path, {}, {**self._stacks(), "steps": np.array(self.steps, np.int64)})

    @classmethod
    def load(cls, path: str | os.PathLike[str], network: Network) -> "Snapshots":
        """Return the snapshots of `network` that `save` wrote to `path`; there are none if there is no such file.

        Raises
        ------
        InputError
            The file does not hold snapshots, is damaged, or is of a network of other sizes.
        """
        snapshots = cls()
        if not Path(path).is_file():
            return snapshots
        _, tensors = read(path, "a file of snapshots")
        count = tensors["steps"].size if "steps" in tensors else 0
        expected: dict[str, tuple[str, tuple[int, ...]]] = {"steps": ("int64", (count,))}
        expected |= {name: ("float16", (count, *θ.shape)) for name, θ in network.parameters.items()}
        found = {name: (str(θ.dtype), θ.shape) for name, θ in tensors.items()}
        for name in sorted(expected.keys() | found.keys()):
            if found.get(name) != expected.get(name):
                was, should = (" ".join(map(str, each.get(name, ["missing"]))) for each in (found, expected))
                raise InputError(f"{path} holds snapshots of another network: {name} is {was} instead of {should}")
        steps = tensors.pop("steps")
        snapshots.steps = [int(step) for step in steps]
        snapshots.parameters = [{name: stack[k] for name, stack in tensors.items()} for k in range(count)]
        if not all(np.isfinite(stack).all() for stack in tensors.values()):
            raise InputError(f"{path} holds infinite or NaN values")
        return snapshots
