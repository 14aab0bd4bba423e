"""Exercise: the forward pass, by network.py."""

import numpy as np

from ..exercise import Check, Probe, mistake, named
from ..reference import make_network, make_samples

USES = ("relu", "softmax")
PARTS = ("Z1", "A1", "Z2", "A2")


def _probes() -> list[Probe]:
    probes = []
    for what, sizes, m, dtype, scale in [
        ("with 7 samples", (6, 4, 3), 7, np.float64, 1.0),
        ("with one sample", (4, 3, 5), 1, np.float64, 1.0),
        ("with logits up to ±1000", (5, 4, 3), 6, np.float64, 500.0),
        ("with arrays in float32", (3, 6, 4), 5, np.float32, 1.0),
    ]:
        network = make_network(*sizes, seed=m, dtype=dtype, scale=scale)
        X, _ = make_samples(network, m, seed=1)
        expected = network.forward(X)._asdict()
        X = np.asfortranarray(X) if m == 7 else X
        arguments = (network.W1, network.b1, network.W2, network.b2, X)
        probes.append(Probe(what, [arguments], expected, m, 1e-4 if dtype == np.float32 else 1e-6))
    return probes


CHECKS = [Check("forward", _probes, named(*PARTS))]

Z1, A1 = "(1) Z1 = W1 X + b1", "(2) A1 = g(Z1)"
Z2, A2 = "(3) Z2 = W2 A1 + b2", "(4) A2 is the softmax of Z2"
MISTAKES = [
    mistake("the bias b1 is missing from Z1", Z1, "W1 @ X + b1", "W1 @ X"),
    mistake("the bias b1 is subtracted", Z1, "W1 @ X + b1", "W1 @ X - b1"),
    mistake("the bias b2 is missing from Z2", Z2, "W2 @ A1 + b2", "W2 @ A1"),
    mistake("the bias b2 is subtracted", Z2, "W2 @ A1 + b2", "W2 @ A1 - b2"),
    mistake("A1 is Z1: the activation g is left out", A1, "relu(Z1)", "Z1"),
    mistake("Z2 is computed from Z1: the activations A1 are not used", Z2, "W2 @ A1", "W2 @ Z1"),
    mistake("A2 is Z2: the softmax is left out", A2, "softmax(Z2)", "Z2"),
    mistake(
        "A2 is the softmax of the activated Z2: the ReLU belongs to the hidden layer only",
        A2,
        "softmax(Z2)",
        "softmax(relu(Z2))",
    ),
    mistake("the output layer has the ReLU, not the softmax", A2, "softmax(Z2)", "relu(Z2)"),
    mistake("the hidden layer has the softmax, not the ReLU", A1, "relu(Z1)", "softmax(Z1)"),
    mistake("the two activations are exchanged", A1, "relu(Z1)", "softmax(Z1)", "softmax(Z2)", "relu(Z2)"),
    mistake("the softmax is taken twice", A2, "softmax(Z2)", "softmax(softmax(Z2))"),
    mistake("A2 is a sigmoid of each entry", A2, "softmax(Z2)", "1 / (1 + np.exp(-Z2))"),
    mistake("W1 is transposed in (1)", Z1, "W1 @ X", "W1.T @ X"),
    mistake("X is transposed in (1)", Z1, "W1 @ X", "W1 @ X.T"),
    mistake("the factors of (1) are in the wrong order", Z1, "W1 @ X", "X @ W1"),
    mistake("(1) multiplies entry by entry, and should be a matrix product", Z1, "W1 @ X", "W1 * X"),
    mistake("W2 is transposed in (3)", Z2, "W2 @ A1", "W2.T @ A1"),
    mistake("the factors of (3) are in the wrong order", Z2, "W2 @ A1", "A1 @ W2"),
    mistake("(3) multiplies entry by entry, and should be a matrix product", Z2, "W2 @ A1", "W2 * A1"),
    mistake("b1 is transposed, so that it is added to the wrong entries", Z1, "+ b1", "+ b1.T"),
    mistake("(3) takes X in the place of A1", Z2, "W2 @ A1", "W2 @ X"),
    mistake(
        "the results are returned in reverse order",
        "the order is Z1, A1, Z2, A2",
        "return Z1, A1, Z2, A2",
        "return A2, Z2, A1, Z1",
    ),
    mistake(
        "Z1 and A1 have changed places in the result", "the order is Z1, A1, Z2, A2", "return Z1, A1,", "return A1, Z1,"
    ),
    mistake("Z2 and A2 have changed places in the result", "the order is Z1, A1, Z2, A2", "Z2, A2\n", "A2, Z2\n"),
]
