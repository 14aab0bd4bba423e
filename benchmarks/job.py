"""A job: what is measured, and on how much. How it is measured depends on its kind: see tasks.py."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

SEGMENTS = 5  # timed in a measurement, which is their median
CHECKED = 5  # steps whose losses are compared
CLASSES = 10
DEFORMATION = "strong"  # the augmentation that is timed


@dataclass(frozen=True)
class Training:
    """A network with ReLU, softmax and cross-entropy, and how it is trained: what all libraries have.

    `batch_size` None is full batch; `optimizer` is "sgd" or "adam".
    """

    hidden: int = 10
    batch_size: int | None = None
    optimizer: str = "sgd"
    learning_rate: float = 0.1
    epochs: int = 1
    schedule: str = "constant"
    label_smoothing: float = 0.0


@dataclass(frozen=True)
class Job:
    """A piece of work that is measured.

    Attributes
    ----------
    kind : str
        "step", "memory", "train", "predict", "cold", "augment", "csv", "many" or "script".
    about : str
        What is done, in a few words.
    target : float or None
        The ratio of ours to the best peer that we aim for, at most.
    training : Training
        The network and its training.
    images : int
        The number of images to work on.
    repeats : int
        How often the work is done in each segment of a measurement.
    unit : str
        "s" or "bytes".
    tolerance : float
        How far the results of peers may be from ours; relative to ours where those are above 1.
    rounds : int
        The least number of rounds.
    networks : int
        The number of networks of a job of the kind "many".
    accuracy : float or None
        The least mean accuracy on the test images for a measurement to count; the job then needs the real MNIST.
    script : str
        What the names of the scripts of a job of the kind "script" begin with, in scripts/.
    """

    kind: str
    about: str
    target: float | None = None
    training: Training = field(default_factory=Training)
    images: int = 60_000
    repeats: int = 1
    unit: str = "s"
    tolerance: float = 1e-3
    rounds: int = 1
    networks: int = 1
    accuracy: float | None = None
    script: str = ""

    @property
    def samples(self) -> int:
        """The number of samples: for the time of a step, whole batches only, so that each step is the same work."""
        return self.images - (self.images % (self.training.batch_size or 1) if self.kind == "step" else 0)

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches in which all samples are used once."""
        return -(-self.samples // (self.training.batch_size or self.samples))

    @property
    def steps(self) -> int:
        """The number of steps of a measurement."""
        if self.kind == "train":
            return self.training.epochs * self.steps_per_epoch
        return CHECKED + self.repeats * (1 + SEGMENTS if self.kind == "step" else 1)

    def quick(self) -> "Job":
        """Return a job of the same kind that ends in a moment, to see that it runs; its figures mean little."""
        if self.accuracy:
            return replace(self, rounds=1)
        enough = max(5_000, self.training.batch_size or 0)
        return replace(self, images=min(self.images, enough), repeats=min(self.repeats, 2))

    def as_json(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Job":
        """Return the job of which `as_json` made these values."""
        return cls(**{**values, "training": Training(**values["training"])})
