"""Exercise: He initialization, by functions/initializers.py. Any distribution of the right variance is right."""

from typing import Any

import numpy as np

from ...functions.initializers import he_normal
from ..exercise import Check, Probe, mistake
from ..outcomes import Malformed, Parts, as_array

SHAPES = ((400, 300), (150, 500))


def _probes() -> list[Probe]:
    probes = []
    for fan_in, fan_out in SHAPES:
        calls = [(fan_in, fan_out, np.random.default_rng(seed)) for seed in (1, 2, 1)]
        expected = _view([he_normal(*call) for call in calls])
        expected = {
            name: value if value.dtype == bool else np.round(value) + 0.0 for name, value in expected.items()
        }  # but for the chance of the draw
        probes.append(Probe(f"with {fan_in} inputs and {fan_out} units", calls, expected, tolerance=0.03))
    return probes


def _view(results: list[Any]) -> Parts:
    """Return properties of the weights of three draws, the third with the seed of the first."""
    first, second, third = (as_array(result, "the weights") for result in results)
    if first.ndim != 2:
        raise Malformed(f"returns an array of shape {first.shape}; it must have a row for each unit: (fan_out, fan_in)")
    fan_in = next((a for a, b in SHAPES if first.shape in ((a, b), (b, a))), first.shape[1])
    σ = np.sqrt(2 / fan_in)
    return {
        "shape": np.array(first.shape, float),
        "standard deviation / √(2 / fan_in)": np.array(first.std() / σ),
        "mean / standard deviation": np.array(first.mean() / (first.std() or 1.0)),
        "units that differ from the first, as a share": np.array((first[1:] != first[0]).any(axis=1).mean()),
        "inputs that differ from the first, as a share": np.array((first[:, 0] != first[:, 1:].T).any(axis=1).mean()),
        "another seed gives other weights": np.array(not np.array_equal(first, second)),
        "the same seed gives the same weights": np.array(np.array_equal(first, third)),
    }


CHECKS = [Check("he_init", _probes, _view, properties=True)]

RULE = "the weights have mean 0 and variance 2 / fan_in: the standard deviation is the root of it"
SIZE, DRAW = "np.sqrt(2 / fan_in)", "rng.standard_normal((fan_out, fan_in))"
MISTAKES = [
    mistake("the variance is used as the standard deviation: a square root is missing", RULE, SIZE, "(2 / fan_in)"),
    mistake("the variance is 1 / fan_in: the ReLU's factor 2 is missing", RULE, SIZE, "np.sqrt(1 / fan_in)"),
    mistake("the variance is 2 / fan_out: it is the number of inputs that counts", RULE, SIZE, "np.sqrt(2 / fan_out)"),
    mistake(
        "the variance is 2 / (fan_in + fan_out), Glorot's, for activations without a kink",
        RULE,
        SIZE,
        "np.sqrt(2 / (fan_in + fan_out))",
    ),
    mistake("the variance is 1: the weights are not scaled at all", RULE, f" * {SIZE}", ""),
    mistake("the standard deviation is 0.01, whatever the number of inputs", RULE, SIZE, "0.01"),
    mistake("the standard deviation is 0.1, whatever the number of inputs", RULE, SIZE, "0.1"),
    mistake("all weights are zero: all units will stay the same for ever", RULE, DRAW, "np.zeros((fan_out, fan_in))"),
    mistake("all weights are equal: all units will stay the same for ever", RULE, DRAW, "np.ones((fan_out, fan_in))"),
    mistake(
        "the weights lie between -0.5 and 0.5, whatever the number of inputs",
        RULE,
        f"{DRAW} * {SIZE}",
        "rng.random((fan_out, fan_in)) - 0.5",
    ),
    mistake(
        "the weights lie between 0 and 1: their mean is not 0",
        RULE,
        f"{DRAW} * {SIZE}",
        "rng.random((fan_out, fan_in))",
    ),
    mistake(
        "the weights are drawn between 0 and 1, so that their mean is not 0",
        RULE,
        DRAW,
        "rng.random((fan_out, fan_in))",
    ),
    mistake(
        "the weights are drawn between -1 and 1, whose variance is 1/3",
        RULE,
        DRAW,
        "rng.uniform(-1, 1, (fan_out, fan_in))",
    ),
    mistake(
        "the weights are drawn between -0.5 and 0.5, whose variance is 1/12",
        RULE,
        DRAW,
        "(rng.random((fan_out, fan_in)) - 0.5)",
    ),
    mistake("the weights are divided by the root: they grow with the number of inputs", RULE, f"* {SIZE}", f"/ {SIZE}"),
    mistake("the factor is √(2 fan_in)", RULE, SIZE, "np.sqrt(2 * fan_in)"),
    mistake("the root is taken of fan_in only: the factor is 2 / √fan_in", RULE, SIZE, "2 / np.sqrt(fan_in)"),
    mistake("the root is taken of 2 only: the factor is √2 / fan_in", RULE, SIZE, "np.sqrt(2) / fan_in"),
    mistake(
        "the weights are transposed: a row belongs to a unit",
        "the weights have the shape (fan_out, fan_in)",
        "(fan_out, fan_in)",
        "(fan_in, fan_out)",
    ),
    mistake(
        "the generator is made anew with a fixed seed: all networks begin alike",
        "`rng` is the only source of chance",
        DRAW,
        "np.random.default_rng(0).standard_normal((fan_out, fan_in))",
    ),
    mistake(
        "chance does not come from `rng`, so that a run cannot be repeated",
        "`rng` is the only source of chance",
        DRAW,
        "np.random.default_rng().standard_normal((fan_out, fan_in))",
    ),
    mistake(
        "all units begin with the same weights, and will stay the same for ever",
        RULE,
        DRAW,
        "np.tile(rng.standard_normal((1, fan_in)), (fan_out, 1))",
    ),
    mistake(
        "all inputs of a unit have the same weight",
        RULE,
        DRAW,
        "np.tile(rng.standard_normal((fan_out, 1)), (1, fan_in))",
    ),
    mistake("no weight is negative", RULE, DRAW, "np.abs(rng.standard_normal((fan_out, fan_in)))"),
    mistake(
        "the variance is 6 / fan_in: √(6 / fan_in) is the limit of a uniform distribution, not a standard deviation",
        RULE,
        SIZE,
        "np.sqrt(6 / fan_in)",
    ),
    mistake(
        "the weights lie between ±1/√fan_in, which gives the variance 1 / (3 fan_in)",
        RULE,
        f"{DRAW} * {SIZE}",
        "rng.uniform(-1, 1, (fan_out, fan_in)) / np.sqrt(fan_in)",
    ),
]
