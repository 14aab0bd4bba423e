"""A job: what is trained, on what, from which weights; the same run as `Settings.train` makes in a terminal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...network import Parameters
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.callback import Callback
from ...training.checkpoint import Checkpoint
from ...training.history import History
from ...training.loop import fit
from ...training.model import TwoLayerNN
from .data import SessionData
from .experiments import Experiment, edited_network, find_experiment


@dataclass(frozen=True)
class Job:
    """Settings and data of a run, and the weights it starts with: those that the seed draws, or given ones.

    `experiment_name` names what is wrong with it on purpose, if anything is, and `model` the shipped model whose
    weights are given. A branch has a `parent`, and the step of it after which it begins.
    """

    settings: Settings
    data: SessionData
    start: Parameters | None = None
    experiment_name: str = ""
    parent: "Job | None" = None
    step: int = 0
    model: str = ""

    @staticmethod
    def of_experiment(name: str, data: SessionData) -> "Job":
        """Return the job of an experiment of the view Break it, on a part of the data.

        Raises InputError for data that are not pictures, and where network.py has lost the lines to edit.
        """
        experiment = find_experiment(name)
        job = Job(experiment.make_settings(), experiment.prepare(data), experiment_name=name)
        job.make_network()
        return job

    @property
    def last_step(self) -> int:
        """The number of the last step that the settings ask for."""
        samples = len(self.data.train.Y)
        return self.settings.epochs * math.ceil(samples / (self.settings.batch_size or samples))

    def check_step(self, name: str, step: int) -> None:
        """Raise InputError, with the name of the value that asks for it, for a step after the last one."""
        if step > self.last_step:
            raise InputError(f"{name} must be at most {self.last_step:,}, the last step of the run, not {step:,}")

    @property
    def experiment(self) -> Experiment | None:
        """The experiment of this name, if there is one."""
        return find_experiment(self.experiment_name) if self.experiment_name else None

    def make_network(self) -> TwoLayerNN:
        """Return the network before its first step; raises InputError if the weights to start with do not fit."""
        data = self.data
        network = self.settings.make_network(len(data.train.X), data.classes, data.picture_format)
        if experiment := self.experiment:
            if experiment.edits:
                network.__class__ = edited_network(experiment.edits)
            experiment.spoil_network(network)
        for name, given in (self.start or {}).items():
            θ = network.parameters[name]
            if given.shape != θ.shape:
                raise InputError(f"a branch has the hidden units and the data of its run: {name} is {θ.shape} here")
            θ[...] = given
        return network

    def train(self, network: TwoLayerNN, callbacks: Sequence[Callback], resume: Checkpoint | None = None) -> History:
        """Train `network`, with further callbacks after those of the settings; see `fit` in training/loop.py."""
        data, experiment = self.data, self.experiment
        if experiment and not experiment.shuffle:  # which settings never leave out
            return fit(
                network,
                *data.train,
                epochs=self.settings.epochs,
                optimizer=self.settings.make_optimizer(),
                batch_size=self.settings.batch_size,
                validation=data.validation,
                shuffle=False,
                seed=self.settings.seed,
                callbacks=[*self.settings.make_callbacks(), *callbacks],
                progress=False,
                resume=resume,
            )
        return self.settings.train(
            network, data.train, data.validation, callbacks=callbacks, progress=False, resume=resume
        )
