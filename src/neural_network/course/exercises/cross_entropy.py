"""Exercise: the loss, by network.py and functions/losses.py."""

import numpy as np

from ..exercise import Check, Mistake, Probe, mistake, named
from ..reference import make_network, make_samples


def _probes() -> list[Probe]:
    probes = []
    for what, C, m, dtype in [
        ("with 7 samples of 5 classes", 5, 7, np.float64),
        ("with one sample", 3, 1, np.float64),
        ("with arrays in float32", 4, 6, np.float32),
        ("with 2 samples of 6 classes", 6, 2, np.float64),
    ]:
        network = make_network(3, 4, C, seed=m, dtype=dtype)
        X, labels = make_samples(network, m, seed=C)
        forward, Y = network.forward(X), network.targets(labels)
        A2 = np.asfortranarray(forward.A2) if m == 2 else forward.A2
        probes.append(Probe(what, [(A2, Y)], {"L": np.array(network.mean_loss(forward, labels))}, m, 1e-5))
    return probes


CHECKS = [Check("cross_entropy", _probes, named("L"))]

RULE = "L = 1/m Σ_s ℓ_s with ℓ_s = - Σ_k Y_ks ln A2_ks"
ALL = "-np.sum(Y * np.log(A2)) / m"


def _is(title: str, new: str) -> Mistake:
    return mistake(title, RULE, ALL, new)


MISTAKES = [
    _is("the minus sign is missing: a loss is never negative", "np.sum(Y * np.log(A2)) / m"),
    _is("the loss is the sum over the samples, not their mean", "-np.sum(Y * np.log(A2))"),
    _is("the mean is taken over all entries: the division is by C m, not by m", "-np.mean(Y * np.log(A2))"),
    _is("the division is by the number of classes, not of samples", "-np.sum(Y * np.log(A2)) / len(Y)"),
    _is("the logarithm is to base 2", "-np.sum(Y * np.log2(A2)) / m"),
    _is("the logarithm is to base 10", "-np.sum(Y * np.log10(A2)) / m"),
    _is("there is a loss for each sample: their mean is still to be taken", "-np.sum(Y * np.log(A2), axis=0)"),
    _is(
        "each sample still has a number of its own, and is divided by m already: their sum is still to be taken",
        "-np.sum(Y * np.log(A2), axis=0) / m",
    ),
    _is(
        "the matrix product pairs every sample with every other: labels and logarithms are multiplied entry by entry",
        "-np.sum(Y.T @ np.log(A2)) / m",
    ),
    _is(
        "there is a loss for each class: the sum goes along the wrong axis only", "-np.sum(Y * np.log(A2), axis=1) / m"
    ),
    _is("the logarithms of all classes are summed, not only that of the right one", "-np.sum(np.log(A2)) / m"),
    _is("the logarithm is missing", "-np.sum(Y * A2) / m"),
    _is("it is the probability of the wrong classes that is summed", "-np.sum((1 - Y) * np.log(A2)) / m"),
    _is(
        "it is the binary cross-entropy, for classes that do not exclude each other",
        "-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m",
    ),
    _is("it is the squared error", "np.sum((A2 - Y) ** 2) / m"),
    _is("it is half the squared error", "np.sum((A2 - Y) ** 2) / m / 2"),
    _is("it is the mean of the squared error", "np.mean((A2 - Y) ** 2)"),
    _is(
        "it takes the largest probability of a sample, not that of the right class", "-np.mean(np.log(A2.max(axis=0)))"
    ),
    _is("it takes the logarithm of 1 - A2", "-np.sum(Y * np.log(1 - A2)) / m"),
    _is("it is the entropy of the answers: the labels do not occur in it", "-np.sum(A2 * np.log(A2)) / m"),
    _is("the logarithm is log(1 + A2)", "-np.sum(Y * np.log1p(A2)) / m"),
    _is("the loss is the sum over the samples, and its minus sign is missing", "np.sum(Y * np.log(A2))"),
    _is("the mean is over all entries, and the minus sign is missing", "np.mean(Y * np.log(A2))"),
    _is("the division is by m twice", "-np.sum(Y * np.log(A2)) / m / m"),
    _is("it is the accuracy", "np.mean(A2.argmax(axis=0) == Y.argmax(axis=0))"),
    _is(
        "probabilities and labels have changed places: it is the probability that has the logarithm",
        "-np.sum(A2 * np.log(Y)) / m",
    ),
    *(
        _is(
            "probabilities and labels have changed places: it is the probability that has the logarithm",
            f"-np.sum(A2 * np.log(Y + {tiny})) / m",
        )
        for tiny in (1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
    _is(
        "it is the binary cross-entropy, in the mean over all entries",
        "-np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))",
    ),
    _is("it is the binary cross-entropy, without a mean", "-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))"),
]
