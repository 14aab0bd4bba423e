"""A job: what is trained, on what, from which weights; the same run as `Settings.train` makes in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...network import Parameters
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.callback import Callback
from ...training.checkpoint import Checkpoint
from ...training.history import History
from ...training.model import TwoLayerNN
from .data import SessionData


@dataclass(frozen=True)
class Job:
    """Settings and data of a run, and the weights it starts with: those that the seed draws, or given ones."""

    settings: Settings
    data: SessionData
    start: Parameters | None = None

    def make_network(self) -> TwoLayerNN:
        """Return the network before its first step; raises InputError if the weights to start with do not fit."""
        data = self.data
        network = self.settings.make_network(len(data.train.X), data.classes, data.picture_format)
        for name, θ in network.parameters.items():
            if self.start is not None:
                if self.start[name].shape != θ.shape:
                    raise InputError(f"a branch has the hidden units and the data of its run: {name} is {θ.shape} here")
                θ[...] = self.start[name]
        return network

    def train(self, network: TwoLayerNN, callbacks: Sequence[Callback], resume: Checkpoint | None = None) -> History:
        """Train `network`, with further callbacks after those of the settings; see `training.fit`."""
        data = self.data
        return self.settings.train(
            network, data.train, data.validation, callbacks=callbacks, progress=False, resume=resume
        )
