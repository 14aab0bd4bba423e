"""Exercise: the whole network, which is compared with TwoLayerNN by what it has learnt."""

from functools import cache
from typing import Any

import numpy as np

from ...data import synthetic
from ...network import Network
from ...training.loop import fit
from ...training.optimizers import SGD
from ..exercise import Check, Probe, mistake, named
from ..outcomes import Parts, split
from ..reference import make_network, make_samples
from .update import NAMES

USES = (
    "one_hot", "relu", "softmax", "cross_entropy", "forward", "output_error", "output_gradients", "hidden_error",
    "hidden_gradients", "update", "training_loop", "mini_batches", "initialization",
)  # fmt: skip
HIDDEN, CLASSES, EPOCHS, BATCH, RATE = 12, 10, 6, 20, 0.2
ENOUGH = 0.05  # how much less accurate than the reference a network may be


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 400 built-in digits of 14 × 14 pixels, X (196, 400) and labels."""
    images, labels = synthetic.generate(400, seed=11)
    small = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    return small.reshape(len(labels), -1).T, labels.astype(np.int64)


@cache
def _reference_accuracy() -> float:
    X, labels = _digits()
    network = Network(len(X), HIDDEN, CLASSES, seed=0, dtype=np.float64)
    fit(network, X, labels, epochs=EPOCHS, batch_size=BATCH, optimizer=SGD(RATE), progress=False)
    return network.evaluate(X, labels)


def _fit_probes() -> list[Probe]:
    X, labels = _digits()
    call = (X, labels, HIDDEN, CLASSES, EPOCHS, BATCH, RATE, np.random.default_rng(3))
    yes = np.array(True)
    expected = {
        "shape of W1": np.array([HIDDEN, len(X)], float),
        "shape of b1": np.array([HIDDEN, 1], float),
        "shape of W2": np.array([CLASSES, HIDDEN], float),
        "shape of b2": np.array([CLASSES, 1], float),
        "all parameters are finite": yes,
        "the biases have moved": yes,
        "the hidden units differ": yes,
        "the loss has not grown": yes,
        "the loss is below that of guessing": yes,
        f"it is as accurate as the reference ({_reference_accuracy():.0%}), less {ENOUGH:.0%} at most": yes,
    }
    return [Probe("with 400 digits in batches of 20", [call], expected)]


def _fit_view(results: list[Any]) -> Parts:
    """Return what a network of the learner's parameters has learnt, by the lines of network.py."""
    parameters = split(results[-1], NAMES)
    X, labels = _digits()
    shapes = {f"shape of {name}": np.array(θ.shape, float) for name, θ in parameters.items()}
    right = {"W1": (HIDDEN, len(X)), "b1": (HIDDEN, 1), "W2": (CLASSES, HIDDEN), "b2": (CLASSES, 1)}
    finite = all(np.isfinite(θ).all() for θ in parameters.values())
    loss, accuracy = np.inf, 0.0
    if finite and all(parameters[name].shape == shape for name, shape in right.items()):
        network = Network(len(X), HIDDEN, CLASSES, seed=0, dtype=np.float64)
        for name, θ in parameters.items():
            setattr(network, name, θ)
        with np.errstate(all="ignore"):
            forward = network.forward(X)
            loss, accuracy = network.mean_loss(forward, labels), float(np.mean(forward.A2.argmax(axis=0) == labels))
    W1 = parameters["W1"]
    differ = W1.ndim == 2 and bool((W1[1:] != W1[:1]).any())
    facts = {
        "all parameters are finite": finite,
        "the biases have moved": bool(parameters["b1"].any() and parameters["b2"].any()),
        "the hidden units differ": differ,
        "the loss has not grown": loss < 2 * np.log(CLASSES),
        "the loss is below that of guessing": loss < np.log(CLASSES),
        f"it is as accurate as the reference ({_reference_accuracy():.0%}), less {ENOUGH:.0%} at most": accuracy
        >= _reference_accuracy() - ENOUGH,
    }
    return {**shapes, **{name: np.array(fact) for name, fact in facts.items()}, "W1": parameters["W1"]}


def _predict_probes() -> list[Probe]:
    probes = []
    for what, sizes, m in [
        ("with 7 samples", (5, 4, 3), 7),
        ("with one sample", (3, 5, 6), 1),
        ("with 9 samples", (4, 6, 8), 9),
    ]:
        network = make_network(*sizes, seed=m, scale=3.0)
        X, _ = make_samples(network, m, seed=3)
        probes.append(Probe(what, [(network.parameters, X)], {"classes": network.predict(X).astype(float)}, m))
    return probes


CHECKS = [
    Check("fit", _fit_probes, _fit_view, properties=True, seconds=8.0),
    Check("predict", _predict_probes, named("classes")),
]

FIT = "in each epoch, for each batch: loss and gradients of the parameters as they are now, then one step"
PREDICT = "for each sample, the class whose probability is the largest: whole numbers (m,)"
STEP = "parameters = update(parameters, gradients, learning_rate)"
WEIGHTS = "he_init(len(X), hidden, rng), he_init(hidden, classes, rng)"
MISTAKES = [
    mistake(
        "nothing is learnt: the updated parameters are not kept",
        FIT,
        STEP,
        "update(parameters, gradients, learning_rate)",
    ),
    mistake("the steps go uphill", FIT, "gradients, learning_rate)", "gradients, -learning_rate)"),
    mistake(
        "the weights begin at zero, so that the hidden units never differ",
        "weights begin at random, by your `he_init`",
        WEIGHTS,
        "np.zeros((hidden, len(X))), np.zeros((classes, hidden))",
    ),
    mistake(
        "the two layers' weights are transposed",
        "W1 has the shape (hidden, D), W2 (classes, hidden)",
        WEIGHTS,
        "he_init(hidden, len(X), rng), he_init(classes, hidden, rng)",
    ),
    mistake(
        "the loops end after the first batch: `return` stands within them",
        FIT,
        "    return parameters\n",
        "            return parameters\n",
    ),
    mistake("the classes are those of the least probable answers", PREDICT, "argmax", "argmin"),
    mistake(
        "it is the most probable sample of each class, not the most probable class of each sample",
        PREDICT,
        "argmax(axis=0)",
        "argmax(axis=1)",
    ),
    mistake("the probabilities are returned, not the classes", PREDICT, "A2.argmax(axis=0)", "A2"),
    mistake("the largest probability is returned, not its class", PREDICT, "A2.argmax(axis=0)", "A2.max(axis=0)"),
    mistake("one number is returned: the place of the largest of all entries", PREDICT, "argmax(axis=0)", "argmax()"),
    mistake("it is the most active hidden unit, not the most probable class", PREDICT, "A2.argmax", "A1.argmax"),
    mistake("the classes are counted from 1", PREDICT, "A2.argmax(axis=0)", "A2.argmax(axis=0) + 1"),
    mistake(
        "the classes are returned as one-hot columns",
        PREDICT,
        "A2.argmax(axis=0)",
        "one_hot(A2.argmax(axis=0), len(A2))",
    ),
    mistake(
        "only the last batch of an epoch makes a step: the update stands outside of the inner loop",
        FIT,
        f"            {STEP}",
        f"        {STEP}",
    ),
    mistake("there is one epoch, however many were asked for", FIT, "range(epochs)", "range(1)"),
    mistake("the samples are used in one batch", FIT, "labels, batch_size, rng)", "labels, len(labels), rng)"),
    mistake("the learning rate is not used", FIT, "gradients, learning_rate)", "gradients, 1.0)"),
    mistake(
        "the biases have lost an axis: they are columns, of shape (hidden, 1) and (classes, 1)",
        "b1 has the shape (hidden, 1), b2 (classes, 1)",
        '"b1": np.zeros((hidden, 1)), "W2": W2, "b2": np.zeros((classes, 1))',
        '"b1": np.zeros(hidden), "W2": W2, "b2": np.zeros(classes)',
    ),
]
