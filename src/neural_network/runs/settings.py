"""An experiment: all the settings of a training run in one value, and the run they describe.

The command's options, a recipe and a sweep are all such settings. Each field says what it sets and belongs to one of
the parts a run is put together from: the network, the optimizer, the callbacks, and the loop itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from ..data.augment import AUGMENTATIONS, Augmentation
from ..formats.shipped_models import shipped_or
from ..network import Network
from ..support.arguments import check_count, check_size
from ..support.errors import DivergenceError, InputError
from ..support.json_schema import check_values
from ..support.memory import check_fits
from ..support.picture_format import PictureFormat
from ..training.callback import CALLBACKS, Callback
from ..training.callbacks import Augment, ClipGradients, EarlyStopping, MovingAverage
from ..training.checkpoint import Checkpoint
from ..training.distillation import Distill
from ..training.history import History
from ..training.loop import Samples, fit
from ..training.model import TwoLayerNN
from ..training.multi_seed import train_many
from ..training.optimizers import Optimizer, make_optimizer
from ..training.regularizers import L1, L2, Dropout, MaxNorm
from ..training.schedules import LearningRate

NO_TEACHER = ("", "none")


@dataclass(frozen=True)
class Settings:
    """What a training run depends on, besides its data. The defaults are the project's first job.

    A number of 0, like None, leaves the part it belongs to out.
    """

    # the network
    hidden: int = 10
    activation: str = "relu"
    initializer: str = "he-normal"
    output: str = "softmax"
    loss: str = "cross-entropy"
    label_smoothing: float = 0.0
    seed: int = 0
    from_run: str = ""  # the run whose weights the training starts with; empty: random ones
    # the loop
    epochs: int = 500
    batch_size: int | None = None
    deterministic: bool = False
    # the optimizer
    optimizer: str = "sgd"
    learning_rate: float | None = None
    schedule: str = "constant"
    warmup_steps: int = 0
    # the callbacks
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    input_dropout: float = 0.0
    max_norm: float = 0.0
    clip: float = 0.0
    augment: str = "none"
    light_epochs: int = 0  # at the end, in which the images are deformed lightly
    early_stopping: int = 0
    average: float = 0.0
    teacher: str = ""  # models to learn from instead of the labels, joined by +
    callbacks: tuple[str, ...] = ()

    @staticmethod
    def among(values: Mapping[str, Any]) -> "Settings":
        """Return the settings that are among these values, by name; those that are not have their defaults."""
        found = {field.name: values[field.name] for field in fields(Settings) if field.name in values}
        return Settings(**{**found, "callbacks": tuple(values.get("callbacks") or ())})

    @staticmethod
    def from_json(values: Any) -> "Settings":
        """Return the settings that `dataclasses.asdict` made a JSON object of, which may be a stranger's.

        Raises InputError where one is missing, unknown, or not of its type.
        """
        check_values(values, get_type_hints(Settings), "the settings")
        if unknown := values.keys() - {field.name for field in fields(Settings)}:
            raise InputError(f"this version has no setting {min(unknown)!r}")
        for name, value in values.items():
            if isinstance(value, float) and value < 0:
                raise InputError(f"{name} of the settings cannot be {value!r}; expected a number ≥ 0")
            if name in ("hidden", "epochs", "batch_size") and value is not None:
                check_count(name, value)
        return Settings(**{**values, "callbacks": tuple(values["callbacks"])})

    def check(self) -> None:
        """Raise InputError now where making or training the network would raise it later, after the data is read."""
        check_size("hidden", self.hidden)
        replace(self, hidden=1).make_network(1, 1)  # a large one would take the time and memory that are to be checked
        self.make_optimizer()
        self.make_callbacks()

    def make_network(
        self, inputs: int, classes: int | Sequence[str], picture_format: PictureFormat | None = None
    ) -> TwoLayerNN:
        """Return the network, with random weights, for so many inputs and classes, or for classes of these names."""
        names = None if isinstance(classes, int) else classes
        network = TwoLayerNN(
            inputs,
            self.hidden,
            classes if isinstance(classes, int) else len(classes),
            activation=self.activation,
            initializer=self.initializer,
            output=self.output,
            loss=self.loss,
            label_smoothing=self.label_smoothing,
            seed=self.seed,
            classes=names,
        )
        network.picture_format = picture_format
        return network

    def make_optimizer(self) -> Optimizer:
        """Return the optimizer, with its own learning rate where none is set."""
        return make_optimizer(self.optimizer, self.learning_rate)

    def make_callbacks(self) -> list[Callback]:
        """Return the callbacks, in the order in which they must be called: penalties before clipping."""
        if self.warmup_steps and self.schedule != "cosine":
            raise InputError(f"warmup_steps needs schedule to be 'cosine', not {self.schedule!r}")
        options = {"warmup_steps": self.warmup_steps} if self.warmup_steps else {}
        augmentation = AUGMENTATIONS[self.augment]
        if self.light_epochs and augmentation == Augmentation():
            deforming = ", ".join(name for name in AUGMENTATIONS if AUGMENTATIONS[name] != Augmentation())
            raise InputError(f"light_epochs needs augment to be one of {deforming}, not {self.augment!r}")
        if self.light_epochs > self.epochs:
            raise InputError(f"light_epochs must be at most epochs ({self.epochs}), not {self.light_epochs}")
        chosen = [
            self.schedule != "constant" and LearningRate(self.schedule, **options),
            augmentation != Augmentation() and Augment(augmentation, self.light_epochs),
            self.teacher not in NO_TEACHER and Distill(_load_teachers(self.teacher)),
            (self.dropout or self.input_dropout) and Dropout(self.dropout, self.input_dropout),
            self.l1 and L1(self.l1),
            self.l2 and L2(self.l2),
            self.clip and ClipGradients(self.clip),
            self.max_norm and MaxNorm(self.max_norm),
            self.average and MovingAverage(self.average),
            self.early_stopping and EarlyStopping(self.early_stopping),
            *(CALLBACKS[name]() for name in self.callbacks),
        ]
        return [callback for callback in chosen if callback]

    @property
    def can_be_stacked(self) -> bool:
        """Whether `train_seeds` trains all seeds at once: in full batches and without callbacks."""
        return self.batch_size is None and not self.make_callbacks()

    def train(
        self,
        network: Network,
        train: Samples,
        validation: Samples | None = None,
        *,
        callbacks: Sequence[Callback] = (),
        progress: bool | None = None,
        resume: Checkpoint | None = None,
    ) -> History:
        """Train `network` as these settings say, with further `callbacks` after theirs; see `fit` of loop.py."""
        return fit(
            network,
            *train,
            epochs=self.epochs,
            optimizer=self.make_optimizer(),
            batch_size=self.batch_size,
            validation=validation,
            seed=self.seed,
            callbacks=[*self.make_callbacks(), *callbacks],
            progress=progress,
            resume=resume,
        )

    def train_seeds(
        self,
        seeds: Sequence[int],
        train: Samples,
        validation: Samples | None = None,
        classes: int | Sequence[str] = 10,
        picture_format: PictureFormat | None = None,
        *,
        progress: bool | None = None,
    ) -> tuple[list[TwoLayerNN], list[History]]:
        """Make and train a network for each of the `seeds`, and return the networks and their histories.

        In full batches and without callbacks they learn at once (see training/multi_seed.py), and otherwise one after
        the other. The history of one that diverges ends before that step. Ctrl-C ends the training of all.
        """
        inputs, samples = train[0].shape
        parameters = self.hidden * (inputs + (classes if isinstance(classes, int) else len(classes)))
        check_fits(f"{len(seeds):,} networks at once", len(seeds) * (80 * parameters + 40 * samples))  # as measured
        each = [replace(self, seed=seed) for seed in seeds]
        networks = [settings.make_network(inputs, classes, picture_format) for settings in each]
        if self.can_be_stacked:
            optimizers = [settings.make_optimizer() for settings in each]
            together = train_many(
                networks, *train, epochs=self.epochs, optimizers=optimizers, validation=validation, progress=progress
            )
            return networks, together
        histories: list[History] = []
        for settings, network in zip(each, networks, strict=True):
            if histories and histories[-1].interrupted:
                break
            try:
                histories.append(settings.train(network, train, validation, progress=progress))
            except DivergenceError as error:
                histories.append(error.history)
        return networks[: len(histories)], histories


def _load_teachers(spec: str) -> list[TwoLayerNN]:
    """Return the model at the path `spec`, which may have a + in its name, or else those that + joins in it."""
    paths = [spec] if Path(spec).exists() else [part.strip() for part in spec.split("+")]
    if "" in paths:
        raise InputError(f"teacher {spec!r} names no model {'after' if paths[0] else 'before'} +")
    try:
        return [_load(path) for path in paths]
    except FileNotFoundError as error:
        raise FileNotFoundError(f"teacher {spec!r}: {error}") from None


def _load(path: str) -> TwoLayerNN:
    """Return the model in a file or in the folder of a run, or a shipped one."""
    place = shipped_or(path)
    return TwoLayerNN.load(place / "model.safetensors" if place.is_dir() else place)
