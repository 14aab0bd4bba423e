"""Training runs with one thing wrong each, and healthy ones of many kinds: what the diagnosis is judged by.

python tests/broken_runs.py              train those here and in unseen_runs.py, and count what the diagnosis says
python tests/broken_runs.py SEED...      the majority of several seeds: other data, other weights, other orders
"""

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from neural_network import DivergenceError, History, TwoLayerNN
from neural_network.data.synthetic import generate
from neural_network.functions.activations import Activation
from neural_network.inspection.diagnosis import diagnose
from neural_network.runs.settings import Settings
from neural_network.training.callback import Callback
from neural_network.training.monitor import COLUMNS, Monitor

Samples = tuple[np.ndarray, np.ndarray]


@dataclass
class Data:
    """Samples to train on and to validate with."""

    X: np.ndarray
    Y: np.ndarray
    validation: Samples | None = None


@dataclass(frozen=True)
class Job:
    """A run: what it learns from, its settings, and what is done to its data and weights before it starts."""

    name: str
    causes: tuple[str, ...]  # of which the diagnosis must name one first; none where it must be silent
    data: str = "digits"
    samples: int = 600
    validation: int = 300
    spoil_data: Callable[[Data], object] = lambda data: None
    spoil_network: Callable[[TwoLayerNN], object] = lambda network: None
    settings: dict[str, Any] = field(default_factory=dict)
    network: type[TwoLayerNN] = TwoLayerNN
    activation: Activation | None = None
    shuffle: bool = True
    callbacks: tuple[Callback, ...] = ()

    def run(self, seed: int = 0) -> tuple[History, TwoLayerNN, Samples, Samples | None]:
        """Train, and return what `diagnose` is given."""
        X, Y = MAKE[self.data](self.samples + self.validation, seed)
        n = self.samples
        data = Data(X[:, :n].copy(), Y[:n].copy(), (X[:, n:].copy(), Y[n:].copy()) if self.validation else None)
        self.spoil_data(data)
        settings = Settings(**{"epochs": 100, "seed": seed} | self.settings)
        made = settings.make_network(len(X), int(Y.max()) + 1)
        network = self.network.__new__(self.network)
        vars(network).update(vars(made))
        network.activation = self.activation or made.activation
        self.spoil_network(network)
        train = data.X, data.Y
        callbacks = [*settings.make_callbacks(), *self.callbacks, Monitor()]
        options = {"batch_size": settings.batch_size, "optimizer": settings.make_optimizer(), "shuffle": self.shuffle}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "all .* samples are of one class|.*pixel")  # as it should
            try:
                history = network.train(
                    *train, settings.epochs, validation=data.validation, callbacks=callbacks, progress=False, **options
                )
            except DivergenceError as error:
                history = error.history
        return history, network, train, data.validation


# ------------------------------------------------------------------ data


@cache
def digits(count: int, seed: int) -> Samples:
    """The built-in digits: X (784, count) in [0, 1], Y (count,)."""
    images, labels = generate(count, seed)
    return (images.reshape(count, -1).T / 255).astype(np.float32), labels.astype(np.int64)


@cache
def blobs(count: int, seed: int) -> Samples:
    """Four clouds of eight features in [0, 1]."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, 4, count)
    return np.clip(rng.random((8, 4))[:, Y] + rng.normal(0, 0.1, (8, count)), 0, 1).astype(np.float32), Y


@cache
def rings(count: int, seed: int) -> Samples:
    """Two classes, one around the other: no straight line parts them."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, 2, count)
    angle, radius = rng.uniform(0, 2 * np.pi, count), np.where(Y == 0, 0.4, 1.0) + rng.normal(0, 0.05, count)
    return (radius * np.stack([np.cos(angle), np.sin(angle)])).astype(np.float32), Y


MAKE = {"digits": digits, "blobs": blobs, "rings": rings}

# ------------------------------------------------------------------ what is done to data and networks


def bytes_as_inputs(data: Data) -> None:
    data.X *= 255
    if data.validation:
        data.validation = data.validation[0] * np.float32(255), data.validation[1]


def scaled_twice(data: Data) -> None:
    data.X /= 255
    if data.validation:
        data.validation = data.validation[0] / np.float32(255), data.validation[1]


def validation_as_bytes(data: Data) -> None:
    data.validation = data.validation[0] * np.float32(255), data.validation[1]


def shuffled(data: Data) -> None:
    data.Y = np.random.default_rng(1).permutation(data.Y)


def next_label(data: Data) -> None:
    X, Y = data.validation
    data.validation = X, (Y + 1) % (Y.max() + 1)


def labels_one_sample_late(data: Data) -> None:
    data.Y = np.roll(data.Y, 1)


def shuffled_validation(data: Data) -> None:
    X, Y = data.validation
    data.validation = X, np.random.default_rng(1).permutation(Y)


def mostly_zeros(data: Data) -> None:
    """Keep, of all samples that are not of class 0, as many as make 5 % of the whole."""
    others = np.flatnonzero(data.Y)[: max(1, np.count_nonzero(data.Y == 0) // 19)]
    keep = np.sort(np.concatenate([np.flatnonzero(data.Y == 0), others]))
    data.X, data.Y = data.X[:, keep], data.Y[keep]


def kept(*shares: float) -> Callable[[Data], None]:
    """Return a function that keeps these shares of the samples of classes 0, 1, ..."""

    def spoil(data: Data) -> None:
        of_class = [np.flatnonzero(c == data.Y) for c in range(len(shares))]
        keep = [at[: max(1, round(share * len(at)))] for at, share in zip(of_class, shares, strict=True)]
        chosen = np.sort(np.concatenate(keep))
        data.X, data.Y = data.X[:, chosen], data.Y[chosen]

    return spoil


def partly_shuffled(share: float) -> Callable[[Data], None]:
    """Return a function that gives a share of the samples each other's labels."""

    def spoil(data: Data) -> None:
        rng = np.random.default_rng(1)
        chosen = rng.permutation(len(data.Y))[: int(share * len(data.Y))]
        data.Y[chosen] = rng.permutation(data.Y[chosen])

    return spoil


def rolled(places: int) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        data.Y = np.roll(data.Y, places)

    return spoil


def second_half_late(data: Data) -> None:
    half = len(data.Y) // 2
    data.Y[half:] = np.roll(data.Y[half:], 1)


def second_half_plus_one(data: Data) -> None:
    half = len(data.Y) // 2
    data.Y[half:] = (data.Y[half:] + 1) % 10


def fours_are_nines(data: Data) -> None:
    X, Y = data.validation
    data.validation = X, np.where(Y == 4, 9, np.where(Y == 9, 4, Y))


def one_huge_pixel(data: Data) -> None:
    data.X[300, 5] = 1e30


def both(prepare: Callable[[np.ndarray], np.ndarray]) -> Callable[[Data], None]:
    """Return a function that prepares the inputs for training and validation alike."""

    def spoil(data: Data) -> None:
        X, Y = data.validation
        data.X, data.validation = prepare(data.X).astype(np.float32), (prepare(X).astype(np.float32), Y)

    return spoil


def bias_of(units: int, value: float) -> Callable[[TwoLayerNN], None]:
    """Return a function that gives the first hidden units this bias."""

    def spoil(network: TwoLayerNN) -> None:
        network.b1[:units] = value

    return spoil


def one_nan(network: TwoLayerNN) -> None:
    network.W1[0, 0] = np.nan


def sorted_by_class(data: Data) -> None:
    order = np.argsort(data.Y)
    data.X, data.Y = data.X[:, order], data.Y[order]


def blank(data: Data) -> None:
    data.X[...] = 0.5


def set_to(**values: float) -> Callable[[TwoLayerNN], None]:
    """Return a function that fills parameters of these names with these values."""

    def spoil(network: TwoLayerNN) -> None:
        for name, value in values.items():
            network.parameters[name][...] = value

    return spoil


def times(**factors: float) -> Callable[[TwoLayerNN], None]:
    """Return a function that multiplies parameters of these names."""

    def spoil(network: TwoLayerNN) -> None:
        for name, factor in factors.items():
            network.parameters[name] *= factor

    return spoil


# ------------------------------------------------------------------ the two tables


def broken(name: str, causes: str, settings: dict[str, Any] | None = None, **job: Any) -> Job:
    return Job(name, tuple(causes.split()), settings=settings or {}, **job)


def healthy(name: str, settings: dict[str, Any] | None = None, **job: Any) -> Job:
    return Job(name, (), settings=settings or {}, **job)


BATCHES = {"batch_size": 50, "epochs": 10, "hidden": 32}

BROKEN = (
    broken("learning rate 1e-5", "learning-rate-too-low", {"learning_rate": 1e-5}),
    broken(
        "learning rate 1e-5, batches", "learning-rate-too-low", {"learning_rate": 1e-5, "batch_size": 50, "epochs": 10}
    ),
    broken("adam, learning rate 1e-7", "learning-rate-too-low", {"learning_rate": 1e-7, "optimizer": "adam"}),
    broken("learning rate 10", "learning-rate-too-high", {"learning_rate": 10.0}),
    broken("learning rate 100", "learning-rate-too-high", {"learning_rate": 100.0}),
    broken("learning rate 100, leaky", "learning-rate-too-high", {"learning_rate": 100.0, "activation": "leaky-relu"}),
    broken("learning rate 10, tanh", "learning-rate-too-high", {"learning_rate": 10.0, "activation": "tanh"}),
    broken(
        "learning rate 10, batches", "learning-rate-too-high", {"learning_rate": 10.0, "batch_size": 50, "epochs": 10}
    ),
    broken("adam, learning rate 1", "learning-rate-too-high", {"learning_rate": 1.0, "optimizer": "adam"}),
    broken("pixels 0 to 255", "inputs-not-scaled", spoil_data=bytes_as_inputs),
    broken(
        "pixels 0 to 255, adam", "inputs-not-scaled", {"optimizer": "adam", "hidden": 32}, spoil_data=bytes_as_inputs
    ),
    broken("pixels divided twice", "inputs-not-scaled", spoil_data=scaled_twice),
    broken("validation 0 to 255", "inputs-scaled-differently", spoil_data=validation_as_bytes),
    broken("blank images", "constant-inputs", spoil_data=blank),
    broken("zeros, relu", "zero-initialization", {"initializer": "zeros"}),
    broken("zeros, tanh", "zero-initialization", {"initializer": "zeros", "activation": "tanh"}),
    broken("zeros, sigmoid", "zero-initialization", {"initializer": "zeros", "activation": "sigmoid"}),
    broken("constant weights", "symmetric-initialization", spoil_network=set_to(W1=0.05, W2=0.05)),
    broken("biases of -10", "dead-units", spoil_network=set_to(b1=-10)),
    broken("biases of -20, batches", "dead-units", {"batch_size": 50, "epochs": 10}, spoil_network=set_to(b1=-20)),
    broken("huge weights, tanh", "saturated-units", {"activation": "tanh", "initializer": "normal(10)"}),
    broken(
        "huge weights, sigmoid", "saturated-units", {"activation": "sigmoid", "hidden": 32}, spoil_network=times(W1=100)
    ),
    broken("huge weights, relu", "initialization-too-large", {"initializer": "normal(5)", "hidden": 32}),
    broken("tiny weights", "vanishing-gradients", {"initializer": "normal(1e-5)"}),
    broken("labels shuffled", "labels-shuffled", spoil_data=shuffled),
    broken(
        "labels shuffled, learnt by heart",
        "labels-shuffled",
        {"hidden": 128, "epochs": 40, "optimizer": "adam"},
        spoil_data=shuffled,
    ),
    broken("labels one sample late", "labels-shifted", {"epochs": 50}, spoil_data=labels_one_sample_late),
    broken("labels + 1 in validation", "labels-shifted", {"epochs": 150, "hidden": 20}, spoil_data=next_label),
    broken("validation shuffled", "labels-shuffled", {"epochs": 150, "hidden": 20}, spoil_data=shuffled_validation),
    broken("95 % of one class", "class-imbalance", {"epochs": 30}, samples=2000, spoil_data=mostly_zeros),
    broken("1 hidden unit", "under-capacity", {"hidden": 1, "epochs": 200}),
    broken("2 hidden units", "under-capacity", {"hidden": 2, "epochs": 30, "batch_size": 50, "optimizer": "adam"}),
    broken("60 samples, 512 hidden units", "overfitting", {"hidden": 512, "epochs": 150}, samples=60),
    broken("much too strong L2", "regularization-too-strong", {"l2": 1.0}),
    broken("L2 of 0.3", "regularization-too-strong", BATCHES | {"l2": 0.3}, samples=1000),
    broken("16 of 32 dead", "dead-units", BATCHES, spoil_network=bias_of(16, -50)),
    broken("24 of 32 dead, full batch", "dead-units", {"hidden": 32}, spoil_network=bias_of(24, -20)),
    broken(
        "90 of 128 dead, adam",
        "dead-units",
        BATCHES | {"hidden": 128, "optimizer": "adam"},
        spoil_network=bias_of(90, -50),
    ),
    *(
        broken(
            f"{optimizer}, learning rate {rate}, {activation}",
            "learning-rate-too-high",
            BATCHES | {"optimizer": optimizer, "learning_rate": rate, "activation": activation},
            samples=1000,
        )
        for optimizer, rate, activation in (
            ("momentum", 1.0, "tanh"),
            ("adagrad", 1.0, "relu"),
            ("adagrad", 1.0, "tanh"),
            ("adam", 0.3, "tanh"),
            ("rmsprop", 0.1, "relu"),
            ("adam", 0.1, "relu"),
            ("adam", 0.1, "tanh"),
        )
    ),
    broken("clipped to 1e-4", "learning-rate-too-low", {"clip": 1e-4}),
    broken("two classes dominate", "class-imbalance", samples=2000, spoil_data=kept(1, 1, *[0.05] * 8)),
    broken("a long tail", "class-imbalance", samples=2000, spoil_data=kept(*(0.5**c for c in range(10)))),
    broken("half are of one class", "class-imbalance", samples=2000, spoil_data=kept(1, *[0.11] * 9)),
    broken("one class nearly absent", "class-imbalance", samples=2000, spoil_data=kept(*[1] * 9, 0.02)),
    broken("half of the labels shuffled", "labels-shuffled", BATCHES, samples=1000, spoil_data=partly_shuffled(0.5)),
    broken("most of the labels shuffled", "labels-shuffled", BATCHES, samples=1000, spoil_data=partly_shuffled(0.8)),
    broken("labels rolled by 3", "labels-shifted", BATCHES, samples=1000, spoil_data=rolled(3)),
    broken("labels rolled by 64", "labels-shifted", BATCHES, samples=1000, spoil_data=rolled(64)),
    broken("second half one late", "labels-shifted", BATCHES, samples=1000, spoil_data=second_half_late),
    broken("second half + 1", "labels-shifted", BATCHES, samples=1000, spoil_data=second_half_plus_one),
    broken("4 and 9 exchanged", "labels-shifted", BATCHES | {"epochs": 30}, samples=1000, spoil_data=fours_are_nines),
    broken("tiny weights, batches", "vanishing-gradients", BATCHES | {"initializer": "normal(1e-5)"}),
    broken(
        "tiny weights, sigmoid",
        "vanishing-gradients",
        BATCHES | {"initializer": "normal(1e-3)", "activation": "sigmoid"},
    ),
    broken(
        "large weights, sigmoid", "saturated-units", BATCHES | {"initializer": "normal(0.5)", "activation": "sigmoid"}
    ),
    broken("24 of 32 saturated", "saturated-units", BATCHES | {"activation": "tanh"}, spoil_network=bias_of(24, 50)),
    broken("NaN among the first weights", "initialization-not-finite", spoil_network=one_nan),
    broken("zeros, softplus", "zero-initialization", {"initializer": "zeros", "activation": "softplus"}),
    broken(
        "1,000 samples, 256 hidden units",
        "overfitting",
        {"hidden": 256, "batch_size": 64, "epochs": 100, "optimizer": "adam"},
        samples=1000,
        validation=1000,
    ),
    broken("3 hidden units", "under-capacity", {"hidden": 3, "epochs": 40, "batch_size": 50}, samples=1000),
    broken("one pixel of 1e30", "inputs-not-scaled", BATCHES, spoil_data=one_huge_pixel),
)

HEALTHY = (
    healthy("the default job, shorter", {"epochs": 150}),
    healthy("5 steps", {"epochs": 5}),
    healthy("20 steps", {"epochs": 20}),
    healthy("1 step", {"epochs": 1}),
    healthy("without validation", {"epochs": 50}, validation=0),
    healthy("uniform weights", {"initializer": "uniform(0.5)", "epochs": 100}),
    healthy("learning rate 0.01", {"learning_rate": 0.01, "epochs": 100}),
    healthy("batches", {"hidden": 64, "batch_size": 50, "epochs": 5}),
    healthy("batches of 1", {"batch_size": 1, "epochs": 1, "learning_rate": 0.01}),
    healthy("adam", {"hidden": 64, "batch_size": 50, "epochs": 10, "optimizer": "adam"}),
    healthy("momentum", {"hidden": 32, "batch_size": 50, "epochs": 10, "optimizer": "momentum"}),
    healthy(
        "rmsprop, tanh", {"hidden": 32, "batch_size": 50, "epochs": 10, "optimizer": "rmsprop", "activation": "tanh"}
    ),
    healthy(
        "adagrad, gelu", {"hidden": 32, "batch_size": 50, "epochs": 10, "optimizer": "adagrad", "activation": "gelu"}
    ),
    healthy("tanh", {"hidden": 32, "activation": "tanh", "initializer": "glorot-normal"}),
    healthy("sigmoid", {"hidden": 32, "activation": "sigmoid", "epochs": 100}),
    healthy("swish and cosine", {"hidden": 32, "activation": "swish", "schedule": "cosine", "warmup_steps": 5}),
    healthy("identity", {"activation": "identity"}),
    healthy("squared error", {"output": "sigmoid", "loss": "squared-error", "learning_rate": 0.2, "epochs": 200}),
    healthy("label smoothing", {"label_smoothing": 0.1, "batch_size": 50, "epochs": 10}),
    healthy("dropout", {"hidden": 64, "dropout": 0.5, "input_dropout": 0.2, "batch_size": 50, "epochs": 10}),
    healthy("L2", {"l2": 0.001, "epochs": 150}),
    healthy("clipping and averaging", {"clip": 1.0, "average": 0.9}),
    healthy("early stopping", {"hidden": 64, "batch_size": 50, "epochs": 30, "early_stopping": 3, "optimizer": "adam"}),
    healthy("blobs", {"epochs": 200}, data="blobs"),
    healthy("few blobs, long", {"epochs": 1000, "hidden": 8}, data="blobs", samples=60, validation=40),
    healthy("blobs sorted by class", {"epochs": 200}, data="blobs", spoil_data=sorted_by_class),
    healthy(
        "blobs, 6 hidden units", {"epochs": 500, "hidden": 6, "learning_rate": 0.5, "activation": "tanh"}, data="blobs"
    ),
    healthy("standardized inputs", BATCHES, samples=1000, spoil_data=both(lambda X: (X - 0.13) / 0.31)),
    healthy("inputs of ±1", BATCHES | {"learning_rate": 0.02}, samples=1000, spoil_data=both(lambda X: 2 * X - 1)),
    healthy("binary inputs", BATCHES, samples=1000, spoil_data=both(lambda X: X > 0.5)),
    healthy("inverted inputs", BATCHES | {"learning_rate": 0.02}, samples=1000, spoil_data=both(lambda X: 1 - X)),
    healthy("5 % of the labels shuffled", BATCHES, samples=1000, spoil_data=partly_shuffled(0.05)),
    healthy("30 % are of one class", BATCHES, samples=2000, spoil_data=kept(1, *[0.26] * 9)),
    healthy("digits sorted by class", BATCHES, samples=1000, spoil_data=sorted_by_class),
    healthy("100 samples", BATCHES | {"epochs": 20}, samples=100),
    healthy("5,000 samples", BATCHES | {"epochs": 3}, samples=5000),
    healthy("6 of 32 dead", BATCHES, spoil_network=bias_of(6, -50)),
    healthy("one-cycle", BATCHES | {"schedule": "one-cycle"}),
    healthy("adagrad, 0.1", BATCHES | {"optimizer": "adagrad", "learning_rate": 0.1}, samples=1000),
    healthy("blobs, few steps", {"epochs": 10}, data="blobs", validation=0),
    healthy("rings", {"hidden": 16, "epochs": 300, "learning_rate": 0.5}, data="rings"),
    healthy("rings, adam", {"hidden": 32, "batch_size": 20, "epochs": 10, "optimizer": "adam"}, data="rings"),
)


def unmonitored(history: History) -> History:
    """Return the history as it would be without a Monitor."""
    plain = History()
    columns = (*COLUMNS, "dropout", "input_dropout", "max_norm")
    plain.rows = [{name: value for name, value in row.items() if name not in columns} for row in history.rows]
    plain.diverged_at = history.diverged_at
    return plain


def quick(jobs: Sequence[Job]) -> list[Job]:
    """Return one job of each cause, and every tenth healthy one: those of the usual tests."""
    chosen = {job.causes: job for job in reversed(jobs) if job.causes}
    return [*chosen.values(), *[job for job in jobs if not job.causes][::10]]


def verdict(job: Job, seed: int) -> tuple[str, str]:
    """Return how right the diagnosis is about a run, and what it says."""
    findings = diagnose(*job.run(seed))
    if not findings:
        return ("missed" if job.causes else "silent"), ""
    named = "named" if findings[0].cause in job.causes else "accused wrongly"
    return (named if job.causes else "alarmed"), str(findings[0])


def main(seeds: Sequence[int]) -> int:
    """Print what the majority of the seeds make of each run, and how often each; return the number of wrong ones."""
    from unseen_runs import BROKEN as UNSEEN_BROKEN
    from unseen_runs import HEALTHY as UNSEEN_HEALTHY

    counts: Counter[str] = Counter()
    for job in (*BROKEN, *HEALTHY, *UNSEEN_BROKEN, *UNSEEN_HEALTHY):
        verdicts = [verdict(job, seed) for seed in seeds]
        ((majority, _),) = Counter(what for what, _ in verdicts).most_common(1)
        counts[majority] += 1
        said = next(words for what, words in verdicts if what == majority)
        print(f"{majority:15} {job.name:40} {said}", flush=True)
    print(*(f"{count} {what}" for what, count in counts.items()), sep=", ")
    return counts["missed"] + counts["accused wrongly"] + counts["alarmed"]


if __name__ == "__main__":
    sys.exit(main([int(seed) for seed in sys.argv[1:]] or [0]))
