"""More runs, written by somebody who had not read the rules of the diagnosis: broken ones and healthy ones.

The faults are those of people's first programs: equations with a mistake, validation data prepared otherwise, labels
that are partly wrong, files in order of class. See broken_runs.py.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from neural_network import TwoLayerNN
from neural_network.functions.activations import Activation
from neural_network.network import Parameters
from neural_network.training.callback import Callback, Run

from broken_runs import (  # isort: skip
    MAKE,
    Data,
    Samples,
    bias_of,
    both,
    broken,
    digits,
    healthy,
    kept,
    set_to,
    sorted_by_class,
    times,
)

Labels = Callable[[np.ndarray, np.random.Generator], np.ndarray]

# ------------------------------------------------------------------ data


def some_digits(count: int, seed: int, *, classes: Sequence[int]) -> Samples:
    """Digits of a few classes."""
    X, Y = digits(20 * count // len(classes), seed)
    chosen = np.flatnonzero(np.isin(Y, classes))[:count]
    return X[:, chosen], np.searchsorted(classes, Y[chosen])


@cache
def small_digits(count: int, seed: int) -> Samples:
    """Digits of 8×8 pixels."""
    X, Y = digits(count, seed)
    return X.reshape(28, 28, -1)[2:26, 2:26].reshape(8, 3, 8, 3, -1).mean(axis=(1, 3)).reshape(64, -1), Y


def parity(count: int, seed: int) -> Samples:
    X, Y = digits(count, seed)
    return X, Y % 2


def gaussians(count: int, seed: int, *, centers: np.ndarray, spread: float) -> Samples:
    """Clouds around the columns of `centers` (D, C)."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, centers.shape[1], count)
    return (centers[:, Y] + rng.normal(0, spread, (len(centers), count))).astype(np.float32), Y


def irises(count: int, seed: int) -> Samples:
    """Three classes of four lengths in centimetres."""
    centers = np.array([[5.0, 5.9, 6.6], [3.4, 2.8, 3.0], [1.5, 4.3, 5.5], [0.25, 1.3, 2.0]])
    return gaussians(count, seed, centers=centers, spread=0.3)


def wines(count: int, seed: int) -> Samples:
    """Three classes of 13 measurements, each in a unit of its own."""
    X, Y = gaussians(count, seed, centers=np.random.default_rng(4).normal(0, 1, (13, 3)), spread=0.9)
    units = np.array([1, 1, 0.3, 3, 14, 0.6, 1, 0.1, 0.6, 2, 0.2, 0.7, 3], np.float32)[:, None]
    return X * units + 2 * units, Y


def answers(count: int, seed: int, *, questions: int = 40) -> Samples:
    """Three classes of answers, yes or no."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, 3, count)
    shares = np.random.default_rng(8).uniform(0.1, 0.9, (questions, 3))
    return (rng.random((questions, count)) < shares[:, Y]).astype(np.float32), Y


def moons(count: int, seed: int) -> Samples:
    """Two half circles that reach into each other."""
    rng = np.random.default_rng(seed)
    Y, angle = rng.integers(0, 2, count), rng.uniform(0, np.pi, count)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return (np.where(Y == 0, circle, [[1], [0.5]] - circle) + rng.normal(0, 0.12, (2, count))).astype(np.float32), Y


def checkerboard(count: int, seed: int) -> Samples:
    X = np.random.default_rng(seed).uniform(0, 3, (2, count))
    return (X / 3).astype(np.float32), (X[0].astype(int) + X[1].astype(int)) % 2


def unrelated(count: int, seed: int) -> Samples:
    """Inputs and labels that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return rng.random((30, count)).astype(np.float32), rng.integers(0, 3, count)


MAKE |= {
    "3 and 8": partial(some_digits, classes=(3, 8)),
    "small digits": small_digits,
    "parity": parity,
    "overlapping": partial(gaussians, centers=0.5 * np.eye(6)[:, :3], spread=0.28),
    "hard": partial(gaussians, centers=np.array([[-0.18, 0.18]] * 6), spread=1.0),
    "letters": partial(gaussians, centers=np.random.default_rng(2).random((30, 20)), spread=0.22),
    "two": partial(gaussians, centers=np.linspace(0.2, 0.8, 5)[:, None] * [1, -1] + [0, 1], spread=0.25),
    "irises": irises,
    "wines": wines,
    "answers": answers,
    "few answers": partial(answers, questions=8),
    "moons": moons,
    "checkerboard": checkerboard,
    "unrelated": unrelated,
}

# ------------------------------------------------------------------ what is done to data and networks


def validation_inputs(prepare: Callable[[np.ndarray], np.ndarray]) -> Callable[[Data], None]:
    """Return a function that prepares the inputs of validation only."""

    def spoil(data: Data) -> None:
        X, Y = data.validation
        data.validation = prepare(X).astype(np.float32), Y

    return spoil


def as_images(move: Callable[[np.ndarray], np.ndarray]) -> Callable[[Data], None]:
    """Return a function that moves the pixels of the validation images, (row, column, sample)."""

    def moved(X: np.ndarray) -> np.ndarray:
        side = int(len(X) ** 0.5)
        return move(X.reshape(side, side, -1)).reshape(X.shape)

    return validation_inputs(moved)


def shifted_by(down: int, right: int) -> Callable[[Data], None]:
    return as_images(lambda images: np.roll(images, (down, right), (0, 1)))


def training_standardized(data: Data) -> None:
    data.X = (data.X - data.X.mean()) / data.X.std()


def training_standardized_by_input(data: Data) -> None:
    data.X = (data.X - data.X.mean(axis=1, keepdims=True)) / (data.X.std(axis=1, keepdims=True) + 1e-3)


def training_labels(change: Labels) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        data.Y = change(data.Y, np.random.default_rng(5))

    return spoil


def validation_labels(change: Labels) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        X, Y = data.validation
        data.validation = X, change(Y, np.random.default_rng(6))

    return spoil


def exchanged(a: int, b: int, share: float = 1.0) -> Labels:
    """Return a function that gives a share of two classes each other's label."""

    def change(Y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return np.where(rng.random(len(Y)) < share, np.where(a == Y, b, np.where(b == Y, a, Y)), Y)

    return change


def next_class(share: float, classes: int = 10) -> Labels:
    return lambda Y, rng: np.where(rng.random(len(Y)) < share, (Y + 1) % classes, Y)


def random_class(share: float, classes: int = 10) -> Labels:
    return lambda Y, rng: np.where(rng.random(len(Y)) < share, rng.integers(0, classes, len(Y)), Y)


def in_any_order(Y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(Y)


def renumbered(*numbers: int) -> Labels:
    return lambda Y, rng: np.array(numbers)[Y]


def last_third_is_next_class(Y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.where(np.arange(len(Y)) > 2 * len(Y) // 3, (Y + 1) % 10, Y)


def sorted_before_the_split(data: Data) -> None:
    X, Y = data.validation
    n, X, Y = len(Y), np.hstack([X, data.X]), np.concatenate([Y, data.Y])
    order = np.argsort(Y, kind="stable")
    data.validation, data.X, data.Y = (X[:, order[:n]], Y[order[:n]]), X[:, order[n:]], Y[order[n:]]


def copies_in_validation(share: float) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        X, Y = data.validation
        n = int(share * len(Y))
        X[:, :n], Y[:n] = data.X[:, :n], data.Y[:n]

    return spoil


def oversampled_before_the_split(data: Data) -> None:
    X, Y = data.validation
    n, half = len(data.Y), (len(data.Y) + len(Y)) // 2
    at = np.random.default_rng(3).permutation(2 * half) % half
    X, Y = np.hstack([data.X, X])[:, at], np.concatenate([data.Y, Y])[at]
    data.X, data.Y, data.validation = X[:, :n], Y[:n], (X[:, n:], Y[n:])


def repeated(distinct: int) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        at = np.arange(len(data.Y)) % distinct
        data.X, data.Y = data.X[:, at], data.Y[at]

    return spoil


def only_class(c: int) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        data.X, data.Y = data.X[:, c == data.Y], data.Y[c == data.Y]

    return spoil


def groups_of_alike(groups: int) -> Callable[[TwoLayerNN], None]:
    """Return a function that gives hidden units the weights of the first few."""

    def spoil(network: TwoLayerNN) -> None:
        at = np.arange(network.hidden_size) % groups
        network.W1[:], network.W2[:] = network.W1[at], network.W2[:, at]

    return spoil


class Stop(Callback):
    """Ends a run with a step, as Ctrl-C does."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step(self, run: Run) -> None:
        run.stop = run.step >= self.step


# ------------------------------------------------------------------ equations with a mistake


class Mistaken(TwoLayerNN):
    """A network with gradients that are changed."""

    @staticmethod
    def change(gradients: Parameters, X: np.ndarray) -> Parameters:
        return gradients

    def backward(self, X: np.ndarray, *arguments: object, **options: object) -> Parameters:
        return self.change(super().backward(X, *arguments, **options), X)


def mistake(change: Callable[[Parameters, np.ndarray], Parameters]) -> type[TwoLayerNN]:
    return type("Mistaken", (Mistaken,), {"change": staticmethod(change)})


class SoftmaxOverSamples(TwoLayerNN):
    def forward(self, X, mask=None):
        forward = super().forward(X, mask)
        E = np.exp(forward.Z2 - forward.Z2.max())
        return forward._replace(A2=E / E.sum(axis=-1, keepdims=True))


class SoftmaxTwice(TwoLayerNN):
    def forward(self, X, mask=None):
        forward = super().forward(X, mask)
        E = np.exp(forward.A2)
        return forward._replace(A2=E / E.sum(axis=0))


class OwnBackward(TwoLayerNN):
    """The equations written again, and rightly."""

    def backward(self, X, Y, forward=None, mask=None, weights=None):
        Z1, A1, _, A2 = forward or self.forward(X)
        m, dZ2 = len(Y), A2 - np.eye(self.output_size, dtype=self.dtype)[:, Y]
        dZ1 = self.W2.T @ dZ2 * self.activation.g_prime(Z1)
        sums = dZ2.sum(axis=1, keepdims=True), dZ1.sum(axis=1, keepdims=True)
        return {"W1": dZ1 @ X.T / m, "b1": sums[1] / m, "W2": dZ2 @ A1.T / m, "b2": sums[0] / m}


def sign(Z: np.ndarray, at: float = 0.0) -> np.ndarray:
    return (at < Z).astype(Z.dtype)


WRONG_TANH = Activation("wrong-tanh", np.tanh, lambda Z: 1 - Z**2)
WRONG_RELU = Activation("wrong-relu", lambda Z: np.maximum(Z, 0), np.ones_like)
WRONG_LEAKY = Activation("wrong-leaky", lambda Z: np.where(Z > 0, Z, Z.dtype.type(0.3) * Z), lambda Z: sign(Z) + 0.01)
WRONG_SWISH = Activation("wrong-swish", lambda Z: Z / (1 + np.exp(-Z)), lambda Z: 1 / (1 + np.exp(-Z)))
SOFTSIGN = Activation("softsign", lambda Z: Z / (1 + np.abs(Z)), lambda Z: (1 + np.abs(Z)) ** -2)
RELU6 = Activation("relu6", lambda Z: np.clip(Z, 0, 6), lambda Z: sign(Z) - sign(Z, 6))  # with two undeclared corners

# ------------------------------------------------------------------ the two tables

BATCHES = {"batch_size": 50, "epochs": 10, "hidden": 32}
ADAM = {"optimizer": "adam"}
MANY = {"samples": 1000}
EQUATIONS, STRONG, HIGH, LOW = (
    "wrong-gradients",
    "regularization-too-strong",
    *(f"learning-rate-too-{how}" for how in ("high", "low")),
)
INPUTS = "validation-inputs-differ inputs-scaled-differently"
LABELS = "labels-shuffled labels-shifted"

BROKEN = (
    broken("gradients not divided by m", EQUATIONS, {"epochs": 60}, network=mistake(lambda g, X: _each(g, X.shape[1]))),
    broken("gradients of the wrong sign", EQUATIONS, BATCHES, network=mistake(lambda g, X: _each(g, -1))),
    broken(
        "db1 as one number", EQUATIONS, BATCHES, network=mistake(lambda g, X: g | {"b1": 0 * g["b1"] + g["b1"].sum()})
    ),
    broken("dW1 forgotten", EQUATIONS, BATCHES, network=mistake(lambda g, X: g | {"W1": 0 * g["W1"]})),
    broken("half of dW1", EQUATIONS, BATCHES, network=mistake(lambda g, X: g | {"W1": g["W1"] / 2})),
    broken("softmax over the samples", EQUATIONS, BATCHES, network=SoftmaxOverSamples),
    broken("softmax twice", EQUATIONS, BATCHES, network=SoftmaxTwice),
    broken("tanh with g' of 1 - z²", EQUATIONS, BATCHES, activation=WRONG_TANH),
    broken("relu with g' of 1", EQUATIONS, BATCHES, activation=WRONG_RELU),
    broken("leaky relu with another slope", EQUATIONS, BATCHES | ADAM, activation=WRONG_LEAKY),
    broken("swish without a term", EQUATIONS, BATCHES, activation=WRONG_SWISH),
    # validation inputs that differ
    broken("validation inverted", INPUTS, BATCHES, **MANY, spoil_data=validation_inputs(lambda X: 1 - X)),
    broken("validation transposed", INPUTS, BATCHES, **MANY, spoil_data=as_images(lambda image: image.swapaxes(0, 1))),
    broken("validation mirrored", INPUTS, BATCHES, **MANY, spoil_data=as_images(lambda image: image[:, ::-1])),
    broken("validation turned", INPUTS, {"hidden": 20, "epochs": 150}, spoil_data=as_images(np.rot90)),
    broken("validation upside down", INPUTS, {"hidden": 20, "epochs": 150}, spoil_data=as_images(np.flipud)),
    broken("validation moved by 4", INPUTS, BATCHES, **MANY, spoil_data=shifted_by(0, 4)),
    broken("validation moved aslant", INPUTS, BATCHES | ADAM, **MANY, spoil_data=shifted_by(-3, 3)),
    broken("validation of 0.4", INPUTS, BATCHES, **MANY, spoil_data=validation_inputs(lambda X: 0.4 * X)),
    broken("validation divided twice", INPUTS, BATCHES, spoil_data=validation_inputs(lambda X: X / 255)),
    broken("pale validation", INPUTS, BATCHES, **MANY, spoil_data=validation_inputs(lambda X: 0.35 + 0.3 * X)),
    broken("blank validation", INPUTS, BATCHES, spoil_data=validation_inputs(np.zeros_like)),
    broken("noisy validation", INPUTS, BATCHES, spoil_data=validation_inputs(lambda X: X + _noise(X))),
    broken(
        "half of the validation pixels", INPUTS, BATCHES, spoil_data=validation_inputs(lambda X: X * (_noise(X) > 0))
    ),
    broken("pixels permuted", INPUTS, BATCHES, spoil_data=validation_inputs(lambda X: X[np.argsort(_noise(X)[:, 0])])),
    broken("only training standardized", INPUTS, BATCHES, spoil_data=training_standardized),
    broken("only training standardized, by pixel", INPUTS, BATCHES, spoil_data=training_standardized_by_input),
    broken("only training standardized, wines", INPUTS, data="wines", spoil_data=training_standardized_by_input),
    broken(
        "irises in another order of columns",
        INPUTS,
        {"epochs": 300, "hidden": 8, "learning_rate": 0.05},
        data="irises",
        spoil_data=validation_inputs(lambda X: X[::-1]),
    ),
    broken(
        "wines with two columns exchanged",
        INPUTS,
        {"epochs": 200, "learning_rate": 0.02},
        data="wines",
        spoil_data=validation_inputs(lambda X: X[[4, 1, 2, 3, 0, *range(5, 13)]]),
    ),
    broken(
        "small digits transposed",
        INPUTS,
        {"epochs": 20, "batch_size": 20, "hidden": 32},
        data="small digits",
        spoil_data=as_images(lambda image: image.swapaxes(0, 1)),
    ),
    broken("validation of half the size", INPUTS, BATCHES, **MANY, spoil_data=as_images(lambda image: _halved(image))),
    broken(
        "standardized wines in another order of columns",
        INPUTS,
        {"hidden": 16},
        data="wines",
        samples=150,
        validation=60,
        spoil_data=lambda data: [_standardize(data), validation_inputs(lambda X: X[::-1])(data)],
    ),
    broken("answers inverted", INPUTS, BATCHES, data="answers", spoil_data=validation_inputs(lambda X: 1 - X)),
    # labels
    broken(
        "3 and 8 exchanged in 40 %", LABELS, BATCHES, samples=1500, spoil_data=training_labels(exchanged(3, 8, 0.4))
    ),
    broken(
        "1 and 7 exchanged in 40 %, adam",
        LABELS,
        BATCHES | ADAM,
        samples=1500,
        spoil_data=training_labels(exchanged(1, 7, 0.4)),
    ),
    broken("35 % + 1", LABELS, BATCHES, samples=1500, spoil_data=training_labels(next_class(0.35))),
    broken("40 % + 1, full batch", LABELS, {"epochs": 150}, **MANY, spoil_data=training_labels(next_class(0.4))),
    broken("last third + 1", LABELS, BATCHES, **MANY, spoil_data=training_labels(last_third_is_next_class)),
    broken("a third at random", LABELS, BATCHES, samples=1500, spoil_data=training_labels(random_class(0.35))),
    broken(
        "a third of the letters at random",
        LABELS,
        {"epochs": 20, "batch_size": 30, "hidden": 40},
        data="letters",
        samples=1500,
        spoil_data=training_labels(random_class(0.37, 20)),
    ),
    broken(
        "30 % of two classes exchanged",
        LABELS,
        BATCHES,
        data="3 and 8",
        spoil_data=training_labels(exchanged(0, 1, 0.3)),
    ),
    broken("4 epochs, shuffled", LABELS, BATCHES | {"epochs": 4}, **MANY, spoil_data=training_labels(in_any_order)),
    broken(
        "90 samples of two classes, shuffled",
        LABELS,
        {"epochs": 300, "learning_rate": 0.5},
        data="two",
        samples=90,
        validation=30,
        spoil_data=training_labels(in_any_order),
    ),
    broken(
        "100 blobs shuffled", LABELS, data="blobs", samples=100, validation=40, spoil_data=training_labels(in_any_order)
    ),
    broken(
        "labels backwards",
        LABELS,
        BATCHES,
        data="small digits",
        samples=1300,
        spoil_data=training_labels(lambda Y, rng: Y[::-1].copy()),
    ),
    broken("inputs that say nothing", LABELS, data="unrelated"),
    broken("validation 9 - y", LABELS, BATCHES, **MANY, spoil_data=validation_labels(renumbered(*reversed(range(10))))),
    broken(
        "three classes renumbered in validation",
        LABELS,
        BATCHES | {"epochs": 20},
        **MANY,
        spoil_data=validation_labels(renumbered(1, 2, 0, *range(3, 10))),
    ),
    broken(
        "two classes exchanged in validation",
        LABELS,
        BATCHES,
        data="3 and 8",
        spoil_data=validation_labels(exchanged(0, 1)),
    ),
    broken("validation one late", LABELS, BATCHES, **MANY, spoil_data=validation_labels(lambda Y, rng: np.roll(Y, 1))),
    broken("40 % at random in validation", LABELS, BATCHES, **MANY, spoil_data=validation_labels(random_class(0.4))),
    # which samples, in which order
    broken("one class only", "one-class-only", {"epochs": 50}, spoil_data=only_class(3)),
    broken(
        "7 labelled 1",
        "class-imbalance",
        BATCHES,
        **MANY,
        spoil_data=training_labels(lambda Y, rng: np.where(Y == 7, 1, Y)),
    ),
    broken("sorted, not shuffled", "samples-sorted", BATCHES, spoil_data=sorted_by_class, shuffle=False),
    broken(
        "sorted, not shuffled, adam",
        "samples-sorted",
        BATCHES | ADAM,
        **MANY,
        spoil_data=sorted_by_class,
        shuffle=False,
    ),
    broken("sorted before the split", "samples-sorted", BATCHES, spoil_data=sorted_before_the_split),
    broken("96 to 4", "class-imbalance", {"epochs": 40}, data="3 and 8", spoil_data=kept(1, 0.04)),
    broken(
        "8 rare classes", "class-imbalance", BATCHES | {"epochs": 5}, samples=1500, spoil_data=kept(1, 1, *[0.04] * 8)
    ),
    broken("validated on training samples", "validation-copies", BATCHES, spoil_data=copies_in_validation(1)),
    broken("a fifth of validation copied", "validation-copies", BATCHES, spoil_data=copies_in_validation(0.2)),
    broken("oversampled before the split", "validation-copies", BATCHES, spoil_data=oversampled_before_the_split),
    broken("20 samples again and again", "overfitting", BATCHES | {"epochs": 30}, spoil_data=repeated(20)),
    # steps
    broken("full batch, 0.8", HIGH, {"learning_rate": 0.8, "epochs": 120}),
    broken("full batch, sigmoid, 12", HIGH, {"learning_rate": 12.0, "activation": "sigmoid"}),
    broken("4 epochs, 3", HIGH, BATCHES | {"epochs": 4, "learning_rate": 3.0}, **MANY),
    broken("3 epochs, adam, 0.2", HIGH, BATCHES | ADAM | {"learning_rate": 0.2, "epochs": 3}),
    broken("batches of 1, 0.5", HIGH, {"learning_rate": 0.5, "batch_size": 1, "epochs": 3, "hidden": 20}),
    broken(
        "batches of 1, 0.3, tanh",
        HIGH,
        {"learning_rate": 0.3, "batch_size": 1, "epochs": 2, "hidden": 20, "activation": "tanh"},
    ),
    broken(
        "batches of 1, 0.1, leaky relu",
        HIGH,
        {"learning_rate": 0.1, "batch_size": 1, "epochs": 2, "hidden": 20, "activation": "leaky-relu"},
    ),
    broken("label smoothing, 10", HIGH, BATCHES | {"label_smoothing": 0.3, "learning_rate": 10.0}),
    broken("4 epochs, 1e-4", LOW, BATCHES | {"learning_rate": 1e-4, "epochs": 4}),
    broken("label smoothing, 1e-4", LOW, BATCHES | {"label_smoothing": 0.3, "learning_rate": 1e-4}),
    broken(
        "one epoch, sigmoid",
        LOW,
        {
            "hidden": 32,
            "batch_size": 50,
            "epochs": 1,
            "activation": "sigmoid",
            "optimizer": "momentum",
            "learning_rate": 1e-3,
        },
        samples=2000,
    ),
    broken(
        "80 of two classes, 1e-4", LOW, {"epochs": 200, "learning_rate": 1e-4}, data="two", samples=80, validation=30
    ),
    broken("average of 200 steps", "moving-average-behind", {"average": 0.9999, "epochs": 200}),
    broken("average of all batches", "moving-average-behind", BATCHES | {"average": 0.999, "epochs": 15}, **MANY),
    # initialization and units
    broken("4 groups of alike units", "symmetric-initialization", BATCHES, spoil_network=groups_of_alike(4)),
    broken(
        "two halves alike, tanh", "symmetric-initialization", {"activation": "tanh"}, spoil_network=groups_of_alike(5)
    ),
    broken("W2 300 times too large", "initialization-too-large", BATCHES, spoil_network=times(W2=300)),
    broken("W1 30 times too large", "initialization-too-large", BATCHES, **MANY, spoil_network=times(W1=30)),
    broken("normal(1), tanh", "saturated-units", BATCHES | {"initializer": "normal(1)", "activation": "tanh"}),
    broken("batches of 1, all dead", "dead-units", {"batch_size": 1, "epochs": 1}, spoil_network=set_to(b1=-15)),
    broken("7 of 10 dead", "dead-units", {"epochs": 150}, spoil_network=bias_of(7, -30)),
    # regularization
    broken("dropout of 0.95", STRONG, BATCHES | {"dropout": 0.95}),
    broken("dropout of 0.92, adam", STRONG, BATCHES | ADAM | {"dropout": 0.92, "hidden": 16}, **MANY),
    broken("input dropout of 0.95", STRONG, BATCHES | {"input_dropout": 0.95}),
    broken("max-norm of 0.05", STRONG, BATCHES | {"max_norm": 0.05}),
    broken("max-norm of 0.2", STRONG, BATCHES | {"max_norm": 0.2}),
    broken("L1 of 0.05", STRONG, BATCHES | {"l1": 0.05}),
    broken("label smoothing of 0.95", STRONG, BATCHES | {"label_smoothing": 0.95}),
    # fit
    broken("1 unit for moons", "under-capacity", {"hidden": 1, "epochs": 500, "learning_rate": 0.5}, data="moons"),
    broken("1 unit for rings", "under-capacity", {"hidden": 1, "epochs": 400, "learning_rate": 0.5}, data="rings"),
    broken("1 unit for letters", "under-capacity", BATCHES | {"hidden": 1, "epochs": 30}, data="letters", samples=1500),
    broken(
        "identity for rings",
        "under-capacity",
        {"hidden": 16, "epochs": 300, "activation": "identity", "learning_rate": 0.3},
        data="rings",
    ),
    broken("80 samples, 256 units", "overfitting", ADAM | {"hidden": 256, "epochs": 150}, samples=80),
    # inputs
    broken(
        "one feature 5,000 times as large",
        "inputs-not-scaled",
        data="blobs",
        spoil_data=both(lambda X: X * _first(X, 5000)),
    ),
    broken("inputs + 100", "inputs-not-scaled", data="blobs", spoil_data=both(lambda X: X + 100)),
    broken("inputs of 1e-4", "inputs-not-scaled", BATCHES, spoil_data=both(lambda X: X * 1e-4)),
)

HEALTHY = (
    healthy("adam, cosine", BATCHES | ADAM | {"hidden": 64, "schedule": "cosine"}, **MANY),
    healthy("sgd, 128 units", {"hidden": 128, "batch_size": 64, "epochs": 4}, samples=1500),
    healthy("one epoch", {"batch_size": 32, "epochs": 1, "hidden": 64}, samples=2500),
    healthy("batches of 1, 0.005", {"batch_size": 1, "epochs": 2, "learning_rate": 0.005, "hidden": 32}),
    healthy("adam, 2 epochs", ADAM | {"hidden": 64, "batch_size": 32, "epochs": 2}, samples=2000),
    healthy("stopped in epoch 2", BATCHES, **MANY, callbacks=(Stop(25),)),
    healthy(
        "a rare class read well",
        {"epochs": 200, "hidden": 16, "learning_rate": 0.5},
        data="blobs",
        spoil_data=kept(1, 0.08, 0.3, 0.3),
    ),
    healthy("12 % read well", BATCHES | ADAM | {"epochs": 20}, data="3 and 8", spoil_data=kept(1, 0.12)),
    healthy(
        "blobs of 0 to 120",
        {"epochs": 150, "hidden": 16, "learning_rate": 0.001},
        data="blobs",
        spoil_data=both(lambda X: X * 120),
    ),
    healthy(
        "digits of 0 to 120",
        BATCHES | ADAM | {"hidden": 64, "learning_rate": 3e-4, "epochs": 30},
        **MANY,
        spoil_data=both(lambda X: X * 120),
    ),
    healthy(
        "small digits of 0 to 16",
        BATCHES | {"learning_rate": 0.01},
        data="small digits",
        **MANY,
        spoil_data=both(lambda X: X * 16),
    ),
    healthy("irises", {"epochs": 300, "hidden": 8, "learning_rate": 0.05}, data="irises", samples=120, validation=30),
    healthy("wines", {"epochs": 300, "learning_rate": 0.02}, data="wines"),
    healthy(
        "90 wines, adam",
        ADAM | {"epochs": 40, "batch_size": 20, "learning_rate": 0.005},
        data="wines",
        samples=90,
        validation=40,
    ),
    healthy("answers", BATCHES, data="answers"),
    healthy("8 answers, most of them twice", BATCHES | {"epochs": 20}, data="few answers"),
    healthy("80 answers", {"epochs": 200}, data="answers", samples=80, validation=40),
    healthy("80 samples of two classes", {"epochs": 300, "learning_rate": 0.5}, data="two", samples=80, validation=30),
    healthy("overlapping classes", {"epochs": 200, "learning_rate": 0.3}, data="overlapping"),
    healthy("classes that overlap by a third", BATCHES | {"learning_rate": 0.02}, data="hard"),
    healthy("letters", BATCHES | {"learning_rate": 0.2}, data="letters", samples=1500),
    healthy("moons", {"epochs": 500, "hidden": 8, "learning_rate": 0.5}, data="moons"),
    healthy(
        "checkerboard",
        ADAM | {"epochs": 100, "batch_size": 20, "hidden": 32, "learning_rate": 0.02, "activation": "tanh"},
        data="checkerboard",
    ),
    healthy("odd or even", BATCHES | {"epochs": 20}, data="parity", **MANY),
    healthy("softsign", BATCHES, **MANY, activation=SOFTSIGN),
    healthy("relu6 with corners that are not declared", BATCHES, **MANY, activation=RELU6),
    healthy("backward of one's own", BATCHES | {"activation": "tanh"}, **MANY, network=OwnBackward),
    healthy("label smoothing of 0.5", BATCHES | {"label_smoothing": 0.5, "epochs": 15}, **MANY),
    healthy("dropout of 0.5, long", BATCHES | {"dropout": 0.5, "epochs": 25}, **MANY),
    healthy("dropout of 0.4, 10 units", {"dropout": 0.4, "epochs": 200}, **MANY),
    healthy("input dropout of 0.5", BATCHES | {"input_dropout": 0.5, "epochs": 15}, **MANY),
    healthy("max-norm of 1.5", BATCHES | {"max_norm": 1.5, "hidden": 64}, **MANY),
    healthy("max-norm of 3", BATCHES | {"max_norm": 3.0, "hidden": 64}, **MANY),
    healthy("average of 0.98, adam", BATCHES | ADAM | {"average": 0.98, "epochs": 12}, **MANY),
    healthy("augmented and smoothed", BATCHES | ADAM | {"augment": "light", "label_smoothing": 0.1}, **MANY),
    healthy(
        "sigmoid, squared error, 3",
        {
            "output": "sigmoid",
            "loss": "squared-error",
            "activation": "sigmoid",
            "learning_rate": 3.0,
            "batch_size": 10,
            "epochs": 10,
            "hidden": 30,
        },
        **MANY,
    ),
    healthy(
        "early stopping, adam", ADAM | {"early_stopping": 5, "epochs": 60, "hidden": 64, "batch_size": 50}, samples=800
    ),
    healthy("not shuffled", BATCHES, **MANY, shuffle=False),
    healthy("sorted and shuffled", BATCHES | ADAM, **MANY, spoil_data=sorted_by_class),
    healthy(
        "standardized by pixel", BATCHES | {"learning_rate": 0.02}, **MANY, spoil_data=lambda data: _standardize(data)
    ),
    healthy("12 % of the labels at random", BATCHES, **MANY, spoil_data=training_labels(random_class(0.13))),
    healthy("a few copies in validation", BATCHES, **MANY, spoil_data=copies_in_validation(0.03)),
    healthy("20 validation samples", BATCHES, **MANY, validation=20),
    healthy("W2 of 0", BATCHES, **MANY, spoil_network=set_to(W2=0)),
    healthy("1 of 128 dead", BATCHES | {"hidden": 128}, **MANY, spoil_network=bias_of(1, -40)),
)


def _each(gradients: Parameters, factor: float) -> Parameters:
    return {name: dθ * np.asarray(factor, dθ.dtype) for name, dθ in gradients.items()}


def _noise(X: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.5, X.shape)


def _halved(images: np.ndarray) -> np.ndarray:
    return np.pad(images.reshape(14, 2, 14, 2, -1).mean((1, 3)), ((7, 7), (7, 7), (0, 0)))


def _first(X: np.ndarray, factor: float) -> np.ndarray:
    return np.where(np.arange(len(X)) == 0, factor, 1)[:, None]


def _standardize(data: Data) -> None:
    mean, spread = data.X.mean(axis=1, keepdims=True), data.X.std(axis=1, keepdims=True) + 1e-3
    both(lambda X: (X - mean) / spread)(data)
