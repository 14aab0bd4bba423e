"""Exercise: ReLU and its derivative, by functions/activations.py."""

import numpy as np

from ...functions.activations import find_activation
from ..exercise import Check, Mistake, Probe, mistake, named


def _arrays() -> list[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(2)
    Z = 2 * rng.standard_normal((4, 7))
    Z[1, 2] = Z[3, 5] = 0.0
    large = np.array([[1000.0, -1000.0, 0.3], [-0.2, 900.0, -1e-3]])
    return [
        ("with 7 samples", Z),
        ("with numbers up to ±1000", large),
        ("with one sample", rng.standard_normal((5, 1))),
        ("with an array in float32", rng.standard_normal((3, 5)).astype(np.float32)),
        ("with an array that is not contiguous in memory", np.asfortranarray(rng.standard_normal((3, 4)))),
    ]


def _relu_probes() -> list[Probe]:
    g = find_activation("relu").g
    return [Probe(what, [(Z,)], {"A": g(Z)}, m=Z.shape[1]) for what, Z in _arrays()]


def _prime_probes() -> list[Probe]:
    g_prime = find_activation("relu").g_prime
    return [Probe(what, [(Z,)], {"g'(Z)": np.where(Z == 0, np.nan, g_prime(Z))}, m=Z.shape[1]) for what, Z in _arrays()]


CHECKS = [Check("relu", _relu_probes, named("A")), Check("relu_prime", _prime_probes, named("g'(Z)"))]

G = "(2) g(z) is z where z is positive, and 0 where it is negative"
PRIME = "g'(z) is 1 where z is positive, and 0 where it is negative"


def _g(title: str, new: str) -> Mistake:
    return mistake(title, G, "np.maximum(Z, 0)", new)


def _prime(title: str, new: str) -> Mistake:
    return mistake(title, PRIME, "(Z > 0) * 1.0", new)


MISTAKES = [
    _g("`relu` gives the absolute value: negative entries should become 0", "np.abs(Z)"),
    _g("`relu` keeps the negative entries and removes the positive ones", "np.minimum(Z, 0)"),
    _g("`relu` gives one number, the largest of all", "np.max(Z)"),
    _g("`relu` gives its derivative: positive entries become 1 instead of staying what they are", "(Z > 0) * 1.0"),
    _g("`relu` cuts off at 1: positive entries have no upper limit", "np.clip(Z, 0, 1)"),
    _g("`relu` leaves a hundredth of the negative entries: that is the leaky ReLU", "np.where(Z > 0, Z, 0.01 * Z)"),
    _g("`relu` leaves a tenth of the negative entries: that is a leaky ReLU", "np.where(Z > 0, Z, 0.1 * Z)"),
    _g("`relu` is the sigmoid", "1 / (1 + np.exp(-Z))"),
    _g("`relu` is the hyperbolic tangent", "np.tanh(Z)"),
    _g("`relu` is the softplus, log(1 + e^z)", "np.logaddexp(0, Z)"),
    _g("`relu` changes nothing: negative entries should become 0", "Z * 1.0"),
    _g("`relu` gives at least 1 everywhere: the limit is 0", "np.maximum(Z, 1)"),
    _g("`relu` has the largest entry of each column", "np.maximum(Z, 0).max(axis=0)"),
    _g("`relu` squares the positive entries", "np.maximum(Z, 0) ** 2"),
    _prime("`relu_prime` gives the ReLU itself, not its slope", "np.maximum(Z, 0)"),
    _prime("`relu_prime` is 1 where Z is negative: the comparison is the wrong way round", "(Z < 0) * 1.0"),
    _prime("`relu_prime` is 1 everywhere: that is the slope of a straight line", "np.ones_like(Z)"),
    _prime("`relu_prime` is -1 where Z is negative: there the slope is 0", "np.sign(Z)"),
    _prime("`relu_prime` is the slope of the leaky ReLU", "np.where(Z > 0, 1, 0.01)"),
    _prime("`relu_prime` is the derivative of the sigmoid", "np.exp(-np.logaddexp(0, Z) - np.logaddexp(0, -Z))"),
    _prime(
        "`relu_prime` is a (1 - a), the derivative of another activation", "np.maximum(Z, 0) * (1 - np.maximum(Z, 0))"
    ),
    _prime("`relu_prime` is the derivative of the hyperbolic tangent", "1 - np.tanh(Z) ** 2"),
    _prime("`relu_prime` compares with 1 instead of 0", "(Z > 1) * 1.0"),
    _prime("`relu_prime` gives Z itself", "Z * 1.0"),
    _prime("`relu_prime` is the sigmoid", "1 / (1 + np.exp(-Z))"),
    _prime("`relu_prime` gives one number: it should be an array of Z's shape", "np.mean(Z > 0)"),
    _g(
        "Python's `max` and `if` cannot compare a whole array: use a function of NumPy that goes entry by entry",
        "max(0, Z)",
    ),
    _prime(
        "Python's `max` and `if` cannot compare a whole array: use a function of NumPy that goes entry by entry",
        "1.0 if Z > 0 else 0.0",
    ),
    _prime("`relu_prime` gives one number: it should be an array of Z's shape", "1.0"),
]
