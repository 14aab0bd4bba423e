"""The jobs of the benchmark, as values: what is done, on how much, and the ratio to the best peer that it must reach.

A job says nothing of how: that is its kind, which tasks.py times and each peer does in its own way.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from neural_network.runs.settings import Settings
from neural_network.support.registry import Registry

SEGMENTS = 5  # a measurement is the median of so many
DEFORMATION = "strong"  # the augmentation that is timed


FIRST_JOB = Settings(learning_rate=0.1)
RECIPE = Settings(  # see docs/benchmarks.md for how it was chosen
    hidden=192,
    label_smoothing=0.05,
    batch_size=512,
    epochs=5,
    optimizer="adam",
    learning_rate=0.015,
    schedule="one-cycle",
)


@dataclass(frozen=True)
class Job:
    """A piece of work that is timed.

    Attributes
    ----------
    kind : str
        The function of tasks.py that measures it: "step", "predict", "cold", "augment", "csv", "many", "memory" or
        "train".
    about : str
        What is done, in a few words.
    target : float or None
        The ratio of ours to the best peer that it must not exceed.
    settings : Settings
        The network and its training.
    samples : int
        How many images it is about.
    repeats : int
        How often the work is done in each segment of a measurement.
    unit : str
        What is measured: "s" or "bytes".
    tolerance : float
        How far the peers' results may be from ours, relative to them where they are above 1.
    rounds : int
        It takes at least so many rounds.
    networks : int
        How many networks are trained, by jobs of the kind "many".
    accuracy : float or None
        What the test images must be read with on average, for a measurement to count; the work needs the real MNIST.
    """

    kind: str
    about: str
    target: float | None = None
    settings: Settings = FIRST_JOB
    samples: int = 60_000
    repeats: int = 1
    unit: str = "s"
    tolerance: float = 1e-3
    rounds: int = 1
    networks: int = 1
    accuracy: float | None = None

    def quick(self) -> "Job":
        """Return the same job on so little that it ends in a moment, to see that it runs; its figures mean little."""
        if self.accuracy:
            return replace(self, rounds=1)
        enough = max(5_000, self.settings.batch_size or 0)
        return replace(self, samples=min(self.samples, enough), repeats=min(self.repeats, 2))

    def as_json(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Job":
        """Return the job that `as_json` told of."""
        settings = values["settings"]
        settings = Settings(**{**settings, "callbacks": tuple(settings["callbacks"])})
        return cls(**{**values, "settings": settings})


JOBS: Registry[Job] = Registry("job")

JOBS.register("seed", Job("step", "10 hidden, full batch of 41,000, SGD: a step", 0.6, FIRST_JOB, 41_000, 3))
for _name, _target, _batch, _hidden, _optimizer, _repeats in (
    ("sgd-10", 0.45, 64, 10, "sgd", 150),
    ("sgd-128", 0.75, 64, 128, "sgd", 60),
    ("adam-128", 0.8, 128, 128, "adam", 40),
    ("adam-800", 0.95, 128, 800, "adam", 15),
    ("adam-2048", 1.0, 128, 2048, "adam", 6),
):
    _settings = Settings(hidden=_hidden, batch_size=_batch, optimizer=_optimizer)
    _about = f"{_hidden:,} hidden, batches of {_batch}, {'Adam' if _optimizer == 'adam' else 'SGD'}: a step"
    JOBS.register(_name, Job("step", _about, _target, _settings, repeats=_repeats))
JOBS.register("predict-one", Job("predict", "one image, 128 hidden, warm", 0.3, Settings(hidden=128), 1, 500))
JOBS.register("predict-all", Job("predict", "10,000 images, 800 hidden", 1.0, Settings(hidden=800), 10_000, 2))
JOBS.register(
    "cold", Job("cold", "a new process: import, load a model, predict one image", 0.25, Settings(hidden=128), 1)
)
JOBS.register(
    "augment", Job("augment", "affine and elastic deformation of 10,000 images", 0.8, samples=10_000, tolerance=0.1)
)
JOBS.register("csv", Job("csv", "Kaggle's train.csv of 42,000 lines to arrays", 1.0, samples=42_000))
JOBS.register(
    "seeds-16", Job("many", "sixteen networks of the seed job: 10 steps", 0.3, FIRST_JOB, 41_000, 10, networks=16)
)
JOBS.register("memory", Job("memory", "peak memory of the seed job", 0.6, FIRST_JOB, 41_000, 2, unit="bytes"))
JOBS.register(
    "time-to-98",
    Job("train", "from arrays in memory to 98.0 % on the test images", 0.7, RECIPE, rounds=10, accuracy=0.98),
)
