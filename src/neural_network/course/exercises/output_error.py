"""Exercise: equation (5), by network.py."""

import numpy as np

from ..exercise import Check, Probe, mistake, named
from ..reference import make_network, make_samples, step_values


def _probes() -> list[Probe]:
    probes = []
    for what, C, m, dtype in [
        ("with 7 samples of 5 classes", 5, 7, np.float64),
        ("with one sample", 3, 1, np.float64),
        ("with arrays in float32", 4, 6, np.float32),
        ("with 3 samples of 6 classes", 6, 3, np.float64),
    ]:
        network = make_network(3, 4, C, seed=m, dtype=dtype)
        v = step_values(network, *make_samples(network, m, seed=C))
        A2 = np.asfortranarray(v["A2"]) if m == 3 else v["A2"]
        probes.append(Probe(what, [(A2, v["Y"])], {"dZ2": v["dZ2"]}, m, 1e-4 if dtype == np.float32 else 1e-6))
    return probes


CHECKS = [Check("output_error", _probes, named("dZ2"))]

RULE = "(5) the derivative of ln Σ e^(z_l) is a probability, and that of -z_c is -1 for the right class only"
ALL = "A2 - Y"
MISTAKES = [
    mistake("the sign is wrong: what should grow would become smaller", RULE, ALL, "Y - A2"),
    mistake(
        "dZ2 is divided by m: a column belongs to one sample, and 1/m comes later", RULE, ALL, "(A2 - Y) / Y.shape[1]"
    ),
    mistake("the sign is wrong, and dZ2 is divided by m", RULE, ALL, "(Y - A2) / Y.shape[1]"),
    mistake(
        "dZ2 is multiplied by A2 (1 - A2), the derivative of a sigmoid: with this loss that factor has cancelled",
        RULE,
        ALL,
        "(A2 - Y) * A2 * (1 - A2)",
    ),
    mistake("it is twice the difference, as for a squared error", RULE, ALL, "2 * (A2 - Y)"),
    mistake("it is the derivative by A2, not by Z2", RULE, ALL, "-Y / A2"),
    mistake("it is the derivative by A2, not by Z2, and has the wrong sign", RULE, ALL, "Y / A2"),
    mistake("the labels are left out", RULE, ALL, "A2 * 1.0"),
    mistake("1 is subtracted in every class, not only in the right one", RULE, ALL, "A2 - 1"),
    mistake("the difference has lost its sign", RULE, ALL, "np.abs(A2 - Y)"),
    mistake("the difference is squared", RULE, ALL, "(A2 - Y) ** 2"),
    mistake("it is the loss of each entry, not its derivative", RULE, ALL, "-Y * np.log(A2)"),
    mistake(
        "the difference is carried through the softmax once more: (5) is complete without it",
        RULE,
        ALL,
        "A2 * (A2 - Y - (A2 * (A2 - Y)).sum(axis=0))",
    ),
    mistake("only the right class has an error", RULE, ALL, "(A2 - Y) * Y"),
    mistake("only the wrong classes have an error", RULE, ALL, "A2 * (1 - Y)"),
    mistake("dZ2 is summed over the classes", RULE, ALL, "(A2 - Y).sum(axis=0)"),
    mistake("dZ2 is the mean over the samples", RULE, ALL, "(A2 - Y).mean(axis=1, keepdims=True)"),
    mistake("probabilities and labels are added", RULE, ALL, "A2 + Y"),
    mistake("the error is divided by the number of classes", RULE, ALL, "(A2 - Y) / len(Y)"),
    mistake("the error compares the most probable class only", RULE, ALL, "(A2 == A2.max(axis=0)) - Y"),
    mistake(
        "it is the derivative of the binary cross-entropy by A2, not by Z2", RULE, ALL, "-Y / A2 + (1 - Y) / (1 - A2)"
    ),
    mistake(
        "it is the derivative of the squared error by A2, carried through a sigmoid",
        RULE,
        ALL,
        "2 * (A2 - Y) * A2 * (1 - A2)",
    ),
    mistake("the logarithms are compared, not the probabilities", RULE, ALL, "np.log(A2) - Y"),
    mistake(
        "the labels are subtracted as numbers, 0 to C - 1: they should be one-hot, as Y is",
        RULE,
        ALL,
        "A2 - Y.argmax(axis=0)",
    ),
]
