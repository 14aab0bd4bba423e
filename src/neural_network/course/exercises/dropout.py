"""Exercise: dropout, by training/regularizers.py. Any random mask is right, so properties are compared."""

from typing import Any

import numpy as np

from ...training.regularizers import draw_mask
from ..exercise import Check, Probe, mistake
from ..outcomes import Malformed, Parts, as_array

SHAPE = (200, 120)  # so many that the tolerance of the share is five of its standard deviations


def _activations() -> np.ndarray:
    return np.random.default_rng(5).uniform(0.5, 2, SHAPE)


def _probes() -> list[Probe]:
    probes = []
    for p in (0.3, 0.0, 0.8):
        A = _activations()
        calls = [(A, p, np.random.default_rng(seed)) for seed in (1, 2, 1)]
        draws = [A * draw_mask(SHAPE, p, rng, A.dtype) for _, _, rng in calls] if p else [A, A, A]
        expected = _view(draws)
        expected["share of dropped entries"] = np.array(p)
        expected["share of entries per unit that are dropped, largest less smallest"] = np.array(np.nan)
        probes.append(Probe(f"with probability {p:g}", calls, expected, tolerance=0.05))
    return probes


def _view(results: list[Any]) -> Parts:
    """Return properties of three draws, the third with the seed of the first."""
    first, second, third = (as_array(result, "the activations") for result in results)
    if first.shape != SHAPE:
        raise Malformed(f"returns an array of shape {first.shape}; A has the shape {SHAPE}")
    A = _activations()
    dropped = first == 0
    ratio = (first / A)[~dropped] if not dropped.all() else np.zeros(1)
    some = 0 < dropped.mean() < 1
    return {
        "share of dropped entries": np.array(dropped.mean()),
        "kept entries, divided by those of A": np.array(np.median(ratio)),
        "kept entries all have the same factor": np.array(bool(np.ptp(ratio) < 1e-6)),
        "units are dropped sample by sample": np.array(bool(not some or not _constant(dropped))),
        "samples lose different units": np.array(bool(not some or not _constant(dropped.T))),
        "share of entries per unit that are dropped, largest less smallest": np.ptp(dropped.mean(axis=1)),
        "chance chooses, and not the size of A": np.array(bool(not some or A[dropped].max() > A[~dropped].min())),
        "another seed drops other entries": np.array(bool(not some or not np.array_equal(first, second))),
        "the same seed drops the same entries": np.array(bool(np.array_equal(first, third))),
    }


def _constant(dropped: np.ndarray) -> bool:
    """Return whether each row is dropped as a whole, or not at all."""
    return bool((dropped == dropped[:, :1]).all())


CHECKS = [Check("dropout", _probes, _view, properties=True)]

RULE = "each entry becomes 0 with probability p by itself, and A / (1 - p) otherwise"
KEPT, SCALED = "rng.random(A.shape) >= probability", "A * kept / (1 - probability)"
CHANCE = "`rng` is the only source of chance"
MISTAKES = [
    mistake("the kept entries are not scaled up", RULE, SCALED, "A * kept"),
    mistake("the kept entries are divided by p, not by 1 - p", RULE, SCALED, "A * kept / (probability or 1)"),
    mistake("the kept entries are multiplied by 1 - p, not divided", RULE, SCALED, "A * kept * (1 - probability)"),
    mistake(
        "entries are kept with probability p: the comparison is the wrong way round",
        RULE,
        KEPT,
        "rng.random(A.shape) < probability",
    ),
    mistake(
        "entries are kept with probability p, and scaled for that",
        RULE,
        KEPT,
        "rng.random(A.shape) < probability",
        SCALED,
        "A * kept / (probability or 1)",
    ),
    mistake(
        "a unit is dropped for all samples at once: each sample should lose others",
        RULE,
        KEPT,
        "rng.random((len(A), 1)) >= probability",
    ),
    mistake("a sample loses all of its units, or none", RULE, KEPT, "rng.random(A.shape[1]) >= probability"),
    mistake(
        "the random numbers are normal ones, not between 0 and 1",
        RULE,
        KEPT,
        "rng.standard_normal(A.shape) >= probability",
    ),
    mistake(
        "every call drops the same entries: the generator is made anew with a fixed seed",
        CHANCE,
        KEPT,
        "np.random.default_rng(0).random(A.shape) >= probability",
    ),
    mistake(
        "chance does not come from `rng`, so that a run cannot be repeated",
        CHANCE,
        KEPT,
        "np.random.default_rng().random(A.shape) >= probability",
    ),
    mistake("entries are multiplied by random numbers, not dropped", RULE, KEPT, "rng.random(A.shape)"),
    mistake("nothing is dropped", RULE, SCALED, "A * 1.0"),
    mistake("nothing is dropped, and all entries are scaled", RULE, SCALED, "A / (1 - probability)"),
    mistake("a single random number decides for all entries", RULE, KEPT, "rng.random() >= probability"),
    mistake("half of the entries are dropped, whatever the probability", RULE, KEPT, "rng.random(A.shape) >= 0.5"),
    mistake("the mask is returned, not the activations", RULE, SCALED, "kept / (1 - probability)"),
    mistake("the mask is returned, not the activations, and it is not scaled", RULE, SCALED, "kept * 1.0"),
    mistake(
        "the smallest activations are dropped: chance should choose", RULE, KEPT, "A >= np.quantile(A, probability)"
    ),
    mistake("the kept entries are divided by (1 - p)²", RULE, SCALED, "A * kept / (1 - probability) ** 2"),
    mistake("the kept entries are divided by the root of 1 - p", RULE, SCALED, "A * kept / np.sqrt(1 - probability)"),
    mistake("the kept entries are divided by p, not by 1 - p", RULE, SCALED, "A * kept / probability"),
    mistake("the factor is 1 + p, not 1 / (1 - p)", RULE, SCALED, "A * kept * (1 + probability)"),
]
