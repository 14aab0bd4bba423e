"""Exercise: the training loop, by training/loop.py."""

from typing import Any

import numpy as np

from ...network import Network
from ...training.loop import fit
from ...training.optimizers import SGD
from ..exercise import Check, Probe, mistake
from ..outcomes import Malformed, Parts, as_array, split
from ..reference import make_network, make_samples

USES = (
    "one_hot", "relu", "softmax", "cross_entropy", "forward", "output_error", "output_gradients", "hidden_error",
    "hidden_gradients", "update",
)  # fmt: skip
NAMES = ("W1", "b1", "W2", "b2")


def _cases() -> list[tuple[str, Network, np.ndarray, np.ndarray]]:
    cases = []
    for what, sizes, m, classes in [
        ("with 7 samples", (5, 4, 3), 7, 3),
        ("with one sample", (3, 6, 5), 1, 5),
        ("where the last class does not occur", (4, 6, 5), 8, 4),
    ]:
        network = make_network(*sizes, seed=m)
        X, labels = make_samples(network, m, seed=3)
        cases.append((what, network, X, np.minimum(labels, classes - 1)))
    return cases


def _gradient_probes() -> list[Probe]:
    probes = []
    for what, network, X, labels in _cases():
        forward = network.forward(X)
        gradients = network.backward(X, labels, forward)
        expected = {
            "loss": np.array(network.mean_loss(forward, labels)),
            **{f"d{name}": gradients[name] for name in NAMES},
        }
        probes.append(Probe(what, [(network.parameters, X, network.targets(labels))], expected, X.shape[1]))
    return probes


def _gradient_view(results: list[Any]) -> Parts:
    parts = split_two(results[-1], "the loss", "the gradients", dictionary=1)
    return {"loss": as_array(parts[0], "the loss"), **{f"d{name}": dθ for name, dθ in split(parts[1], NAMES).items()}}


def split_two(result: Any, first: str, second: str, dictionary: int) -> tuple[Any, Any]:
    """Return the two values of a result, of which one (0 or 1) is a dictionary. Raises Malformed."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        split(None if result is None else np.zeros(1), (first, second))
    if isinstance(result[1 - dictionary], dict) and not isinstance(result[dictionary], dict):
        raise Malformed(f"returns {second} before {first}: the order is {first}, {second}")
    return result[0], result[1]


def _train_probes() -> list[Probe]:
    probes = []
    for (what, network, X, labels), epochs, α in zip(_cases(), (5, 3, 4), (0.5, 0.2, 1.0), strict=True):
        before = {name: θ.copy() for name, θ in network.parameters.items()}
        history = fit(network, X, labels, epochs=epochs, optimizer=SGD(α), progress=False)
        expected = {"losses": np.array(history["loss"]), **network.parameters}
        probes.append(Probe(f"{what}, in {epochs} epochs", [(before, X, labels, epochs, α)], expected, X.shape[1]))
    return probes


def _train_view(results: list[Any]) -> Parts:
    parameters, losses = split_two(results[-1], "the parameters", "the losses", dictionary=0)
    return {"losses": as_array(losses, "the losses"), **split(parameters, NAMES)}


CHECKS = [
    Check("loss_and_gradients", _gradient_probes, _gradient_view),
    Check("train", _train_probes, _train_view, in_place=(0,), calls=("loss_and_gradients",)),
]

BACK = "each function takes the results of the one before: (5), (6), (7), (8), (9), (10)"
LOOP = "in each epoch: loss and gradients of the parameters as they are now, then one step"
STEP, GRADIENTS = (
    "parameters = update(parameters, gradients, learning_rate)",
    "loss, gradients = loss_and_gradients(parameters, X, Y)",
)
MISTAKES = [
    mistake(
        "the output layer's gradients are computed from Z1, not from A1",
        BACK,
        "output_gradients(dZ2, A1)",
        "output_gradients(dZ2, Z1)",
    ),
    mistake(
        "probabilities and labels have changed places where the error is computed",
        BACK,
        "output_error(A2, Y)",
        "output_error(Y, A2)",
    ),
    mistake(
        "the error is computed from the logits Z2, not from the probabilities A2",
        BACK,
        "output_error(A2, Y)",
        "output_error(Z2, Y)",
    ),
    mistake(
        "probabilities and labels have changed places in the loss",
        "L = 1/m Σ_s ℓ_s",
        "cross_entropy(A2, Y)",
        "cross_entropy(Y, A2)",
    ),
    mistake(
        "the loss is computed from powers of e that are no probabilities yet",
        "L = 1/m Σ_s ℓ_s",
        "cross_entropy(A2, Y)",
        "cross_entropy(np.exp(Z2), Y)",
    ),
    mistake(
        "the gradients of the two layers have changed places",
        "a gradient stands under the name of its parameter",
        '"W1": dW1, "b1": db1, "W2": dW2, "b2": db2',
        '"W1": dW2, "b1": db2, "W2": dW1, "b2": db1',
    ),
    mistake(
        "the weights themselves are returned where their gradients should be",
        "a gradient stands under the name of its parameter",
        '"W1": dW1, "b1": db1, "W2": dW2, "b2": db2',
        '"W1": W1, "b1": b1, "W2": W2, "b2": b2',
    ),
    mistake(
        "the output's biases have no gradient",
        "a gradient stands under the name of its parameter",
        '"b2": db2',
        '"b2": 0 * db2',
    ),
    mistake(
        "the hidden biases have no gradient",
        "a gradient stands under the name of its parameter",
        '"b1": db1',
        '"b1": 0 * db1',
    ),
    mistake("the hidden layer has no gradients", BACK, "hidden_gradients(dZ1, X)", "hidden_gradients(0 * dZ1, X)"),
    mistake(
        "nothing is learnt: the updated parameters are not kept",
        LOOP,
        STEP,
        "update(parameters, gradients, learning_rate)",
    ),
    mistake("there is one epoch too many", LOOP, "range(epochs)", "range(epochs + 1)"),
    mistake("there is one epoch too few", LOOP, "range(epochs)", "range(epochs - 1)"),
    mistake(
        "the loss is measured after the step, not before it",
        "a loss is that of the parameters before the step",
        "losses.append(loss)",
        "losses.append(loss_and_gradients(parameters, X, Y)[0])",
    ),
    mistake("only the last loss is kept", "there is a loss for each epoch", "losses.append(loss)", "losses = [loss]"),
    mistake(
        "the loop ends after the first epoch: `return` stands within it",
        LOOP,
        "    return parameters, losses",
        "        return parameters, losses",
    ),
    mistake(
        "the gradients are computed once, before the loop",
        LOOP,
        "    for epoch in range(epochs):\n        " + GRADIENTS,
        f"    {GRADIENTS}\n    for epoch in range(epochs):",
    ),
    mistake(
        "every epoch begins with the first parameters: the new ones take effect only after the loop",
        LOOP,
        STEP,
        "new = update(parameters, gradients, learning_rate)",
        "return parameters, losses",
        "return new, losses",
    ),
    mistake("the step goes uphill", LOOP, "gradients, learning_rate)", "gradients, -learning_rate)"),
    mistake("the learning rate is not used", LOOP, "gradients, learning_rate)", "gradients, 1.0)"),
    mistake(
        "the learning rate shrinks from epoch to epoch",
        LOOP,
        "gradients, learning_rate)",
        "gradients, learning_rate / (epoch + 1))",
    ),
    mistake("two steps are made in each epoch", LOOP, STEP, f"{STEP}\n        {STEP}"),
    mistake(
        "the losses are summed up from epoch to epoch",
        "there is a loss for each epoch",
        "losses.append(loss)",
        "losses.append(loss + sum(losses[-1:]))",
    ),
    mistake(
        "the number of classes is taken from the labels that happen to occur",
        "C is the number of rows of b2",
        'len(parameters["b2"])',
        "labels.max() + 1",
    ),
    mistake(
        "the number of classes is that of the hidden units",
        "C is the number of rows of b2",
        'len(parameters["b2"])',
        'len(parameters["b1"])',
    ),
    mistake(
        "the first parameters are returned, not the trained ones",
        LOOP,
        "losses = []",
        "losses, first = [], parameters",
        "return parameters, losses",
        "return first, losses",
    ),
    mistake(
        "only the last loss is returned, not the list of all",
        "there is a loss for each epoch",
        "return parameters, losses",
        "return parameters, losses[-1]",
    ),
    mistake(
        "the labels are not one-hot",
        "the labels are made one-hot before the loop",
        'one_hot(labels, len(parameters["b2"]))',
        "labels",
    ),
    mistake(
        "the output layer's gradients are computed from X, not from A1",
        BACK,
        "output_gradients(dZ2, A1)",
        "output_gradients(dZ2, X)",
    ),
    mistake(
        "the output layer's gradients are computed from A2, not from A1",
        BACK,
        "output_gradients(dZ2, A1)",
        "output_gradients(dZ2, A2)",
    ),
    mistake(
        "the hidden layer's gradients are computed from A1, not from X",
        BACK,
        "hidden_gradients(dZ1, X)",
        "hidden_gradients(dZ1, A1)",
    ),
    mistake("the hidden error goes back through W1, not through W2", BACK, "hidden_error(W2,", "hidden_error(W1,"),
    mistake(
        "the loss is computed from Z2, not from A2", "L = 1/m Σ_s ℓ_s", "cross_entropy(A2, Y)", "cross_entropy(Z2, Y)"
    ),
    mistake(
        "the learning rate is divided by m: the gradients are means already",
        LOOP,
        "gradients, learning_rate)",
        "gradients, learning_rate / X.shape[1])",
    ),
]
