"""Snapshots: the parameters of a network at a few moments of its training, kept small, so that one can watch it learn.

Most happens at the beginning, so the moments lie closer together there: the k-th of n is at (k/n)² of the run. They are
kept as float16, which tells a weight to a thousandth of itself, enough to look at and too coarse to compute on.
"""

import os
from pathlib import Path

import numpy as np

from ..training.callback import Callback, Run, State
from ..formats.tensor_file import read, write
from ..support.errors import InputError
from ..network import Parameters, Network

MOST = 50  # snapshots of a run
LEAST = 4  # where fewer than this fit into BYTES, none are kept
BYTES = 8_000_000  # of all snapshots together: 50 of the default network's 7,960 parameters are a tenth of that
LARGEST = float(np.finfo(np.float16).max)


class Snapshots(Callback):
    """Keeps copies of the network's parameters: as it starts, at up to 48 moments in between, and as it ends.

    Attributes
    ----------
    steps : list of int
        After how many steps each was taken; the first is 0.
    parameters : list of dict of float16 arrays
        "W1", "b1", "W2", "b2" as they were then. A network too large for `BYTES` has none.
    """

    process_safe = True

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.parameters: list[Parameters] = []
        self._due: list[int] = []

    def on_start(self, run: Run) -> None:
        self.steps, self.parameters = [], []
        count = min(MOST, BYTES // (2 * sum(θ.size for θ in run.network.parameters.values())))
        if count < LEAST:
            self._due = []
            return
        moments = np.linspace(0, 1, count) ** 2 * run.epochs * run.steps_per_epoch
        self._due = sorted({max(k, int(moment)) for k, moment in enumerate(moments)}, reverse=True)
        self._take(run)

    def on_step(self, run: Run) -> None:
        if self._due and run.step >= self._due[-1]:
            self._take(run)

    def on_end(self, run: Run) -> None:
        """Take the last one again: the run may have been cut short, or other parameters restored in the end."""
        if self.steps:
            if self.steps[-1] == run.step:
                del self.steps[-1], self.parameters[-1]
            self._due = [run.step]
            self._take(run)

    def _take(self, run: Run) -> None:
        self._due.pop()
        self.steps.append(run.step)
        θs = run.network.parameters.items()
        self.parameters.append({name: np.clip(θ, -LARGEST, LARGEST).astype(np.float16) for name, θ in θs})

    def state(self) -> State:
        """Return steps and parameters, so that a run that is resumed shows all of its training."""
        return {"steps": np.array(self.steps), **self._stacks()} if self.steps else {}

    def restore(self, state: State) -> None:
        """Take up the snapshots of `state`, and leave out the moments that have passed."""
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
        """Write the snapshots to a safetensors file: each parameter stacked, and the steps; and a SHA-256 of them."""
        write(path, {}, {**self._stacks(), "steps": np.array(self.steps, np.int64)})

    @classmethod
    def load(cls, path: str | os.PathLike[str], network: Network) -> "Snapshots":
        """Return the snapshots of `network` that `save` wrote to `path`, or none where there is no such file.

        Raises
        ------
        InputError
            The file is none of snapshots, is damaged, or not of a network of these sizes.
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
