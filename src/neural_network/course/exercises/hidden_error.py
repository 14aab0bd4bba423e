"""Exercise: equation (8), by network.py."""

import numpy as np

from ..exercise import Check, Probe, mistake, named
from ..reference import make_network, make_samples, step_values

USES = ("relu",)


def _probes() -> list[Probe]:
    """Make probes; in one, a hidden unit has no bias and a sample no input, so that its sum is exactly 0."""
    probes = []
    for what, sizes, m, dtype in [
        ("with 7 samples, 4 hidden units and 3 classes", (5, 4, 3), 7, np.float64),
        ("with one sample", (4, 6, 5), 1, np.float64),
        ("with arrays in float32", (3, 6, 4), 5, np.float32),
        ("with 2 samples", (2, 5, 4), 2, np.float64),
    ]:
        network = make_network(*sizes, seed=m, dtype=dtype)
        X, labels = make_samples(network, m, seed=2)
        if m == 7:
            network.b1[1], X[:, 3] = 0, 0
        v = step_values(network, X, labels)
        W2 = np.asfortranarray(v["W2"]) if m == 2 else v["W2"]
        expected = {"dZ1": np.where(v["Z1"] == 0, np.nan, v["dZ1"])}
        probes.append(Probe(what, [(W2, v["dZ2"], v["Z1"])], expected, m, 1e-4 if dtype == np.float32 else 1e-6))
    return probes


CHECKS = [Check("hidden_error", _probes, named("dZ1"))]

RULE = "(8) dZ1_is = (Σ_k W2_ki dZ2_ks) · g'(Z1_is)"
ALL = "W2.T @ dZ2 * relu_prime(Z1)"
MISTAKES = [
    mistake("the slope g'(Z1) is missing", RULE, ALL, "W2.T @ dZ2"),
    mistake(
        "it is multiplied by g(Z1), the activation: it should be the slope g'(Z1)",
        RULE,
        ALL,
        "W2.T @ dZ2 * np.maximum(Z1, 0)",
    ),
    mistake("it is multiplied by Z1 itself: it should be the slope g'(Z1)", RULE, ALL, "W2.T @ dZ2 * Z1"),
    mistake("the slope is taken at the error, not at Z1", RULE, ALL, "W2.T @ dZ2 * relu_prime(W2.T @ dZ2)"),
    mistake("it is the slope of the error: the error itself is to be multiplied", RULE, ALL, "relu_prime(W2.T @ dZ2)"),
    mistake(
        "the gate is the wrong way round: errors pass where the signal did not",
        RULE,
        ALL,
        "W2.T @ dZ2 * (1 - relu_prime(Z1))",
    ),
    mistake("the sign is wrong", RULE, ALL, "-W2.T @ dZ2 * relu_prime(Z1)"),
    mistake(
        "dZ1 is divided by m: a column belongs to one sample, and 1/m comes later", RULE, ALL, f"{ALL} / Z1.shape[1]"
    ),
    mistake("the slope is missing, and dZ1 is divided by m", RULE, ALL, "W2.T @ dZ2 / Z1.shape[1]"),
    mistake(
        "the slope is that of the hyperbolic tangent, taken as if Z1 were A1", RULE, ALL, "W2.T @ dZ2 * (1 - Z1**2)"
    ),
    mistake("the slope is that of the hyperbolic tangent", RULE, ALL, "W2.T @ dZ2 * (1 - np.tanh(Z1) ** 2)"),
    mistake(
        "the slope is z (1 - z), that of a sigmoid taken as if Z1 were A1", RULE, ALL, "W2.T @ dZ2 * Z1 * (1 - Z1)"
    ),
    mistake(
        "the slope is a (1 - a), that of a sigmoid",
        RULE,
        ALL,
        "W2.T @ dZ2 * np.maximum(Z1, 0) * (1 - np.maximum(Z1, 0))",
    ),
    mistake(
        "the slope is that of a sigmoid at Z1",
        RULE,
        ALL,
        "W2.T @ dZ2 / (1 + np.exp(-Z1)) / (1 + np.exp(Z1))",
    ),
    mistake("W2 is not transposed", RULE, ALL, "W2 @ dZ2 * relu_prime(Z1)"),
    mistake("the factors are in the wrong order: the product is transposed", RULE, ALL, "dZ2.T @ W2 * relu_prime(Z1)"),
    mistake(
        "the error and the slope are multiplied as matrices, and should be entry by entry",
        RULE,
        ALL,
        "W2.T @ dZ2 @ relu_prime(Z1)",
    ),
    mistake(
        "W2 and dZ2 are multiplied entry by entry, and should be as matrices", RULE, ALL, "W2.T * dZ2 * relu_prime(Z1)"
    ),
    mistake("the slope is added, not multiplied", RULE, ALL, "W2.T @ dZ2 + relu_prime(Z1)"),
    mistake(
        "the error passes where it is positive, not where the signal did",
        RULE,
        ALL,
        "np.maximum(W2.T @ dZ2, 0) * relu_prime(Z1)",
    ),
    mistake("W2 is squared", RULE, ALL, "(W2**2).T @ dZ2 * relu_prime(Z1)"),
    mistake("the weights have lost their signs", RULE, ALL, "np.abs(W2).T @ dZ2 * relu_prime(Z1)"),
    mistake("the slope is that of a leaky ReLU", RULE, ALL, "W2.T @ dZ2 * np.where(Z1 > 0, 1, 0.01)"),
    mistake(
        "the weights are left out: each unit gets the sum of the errors", RULE, ALL, "dZ2.sum(axis=0) * relu_prime(Z1)"
    ),
    mistake("the slope is taken at dZ2, not at Z1", RULE, ALL, "W2.T @ dZ2 * relu_prime(dZ2)"),
    mistake(
        "the slope is multiplied before the product: it belongs to the hidden units, and comes after it",
        RULE,
        ALL,
        "W2.T @ (dZ2 * relu_prime(Z1))",
    ),
    mistake("the slope is missing, and the product has its factors in the wrong order", RULE, ALL, "dZ2.T @ W2"),
]
