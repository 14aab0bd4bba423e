"""Exercise: mini-batches. Any random order is right, so properties are compared and no numbers."""

from typing import Any

import numpy as np

from ..exercise import Check, Probe, mistake
from ..outcomes import Malformed, Parts, as_array

FACTS = (
    "every sample occurs exactly once",
    "the full batches have no sample in common",
    "no sample occurs twice in a batch",
    "a batch holds columns of X as they were",
    "every sample keeps its own label",
    "the labels are in a random order",
    "the samples are in a random order",
    "neighbors come into different batches",
    "another seed gives another order",
    "the same seed gives the same order",
)


def _probes() -> list[Probe]:
    probes = []
    for what, m, size in [("with 23 samples in batches of 5", 23, 5), ("with 24 samples in batches of 6", 24, 6)]:
        number = np.arange(m)  # of each sample, in the first row
        X = np.vstack([number, 0.5 + number**2, 100.0 - number])
        X = np.asfortranarray(X) if m == 24 else X
        calls = [(X, _labels(m), size, np.random.default_rng(seed)) for seed in (1, 2, 1)]
        sizes = [size] * (m // size) + [m % size] * (m % size > 0)
        expected = {"batch sizes": np.array(sizes), "number of samples": np.array(m)}
        probes.append(Probe(what, calls, {**expected, **dict.fromkeys(FACTS, np.array(True))}, m))
    return probes


def _labels(m: int) -> np.ndarray:
    """Return labels by which any sample can be told from its neighbors."""
    return np.arange(m) * 7 % 10


def _view(results: list[Any]) -> Parts:
    """Return properties of the batches of three calls, the third with the seed of the first."""
    batches = [_read(result) for result in results]
    X, labels = (np.concatenate([pair[i] for pair in batches[0]], axis=-1) for i in (0, 1))
    ids = X[0].round().astype(int)
    m = ids.size
    known = 23 if 23 in [sum(pair[1].size for pair in batches[0])] else m
    first, second, third = (np.concatenate([pair[0][0] for pair in each]) for each in batches)
    spans = [np.ptp(pair[0][0]) >= pair[0].shape[1] for pair in batches[0][:-1]]
    distinct = all(len(set(pair[0][0])) == pair[0].shape[1] for pair in batches[0])
    full = [number for pair in batches[0][: known // batches[0][0][0].shape[1]] for number in pair[0][0]]
    facts = (
        np.array_equal(np.sort(ids), np.arange(known)),
        len(set(full)) == len(full),
        distinct,
        np.array_equal(X[1:], np.vstack([0.5 + X[0] ** 2, 100.0 - X[0]])),
        np.array_equal(labels, ids * 7 % 10),
        not np.array_equal(labels, _labels(m)),
        not np.array_equal(ids, np.arange(m)),
        any(spans),
        not np.array_equal(first, second),
        np.array_equal(first, third),
    )
    sizes = np.array([pair[1].size for pair in batches[0]], float)
    return {
        "batch sizes": sizes,
        "number of samples": np.array(float(m)),
        **{name: np.array(bool(fact)) for name, fact in zip(FACTS, facts, strict=True)},
    }


def _read(result: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the batches of one call as pairs of arrays. Raises Malformed."""
    if result is None:
        raise Malformed("returns nothing (None): is the line with `return` missing?")
    if not isinstance(result, list | tuple) or not result:
        raise Malformed("must return a list of pairs (X_batch, labels_batch)")
    pairs = []
    for pair in result:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise Malformed("must return a list of pairs (X_batch, labels_batch)")
        X, labels = as_array(pair[0], "X_batch"), as_array(pair[1], "labels_batch")
        if X.ndim != 2 or X.shape[0] != 3 or labels.shape != X.shape[1:]:
            raise Malformed(
                f"returns a batch with X_batch of shape {X.shape} and labels_batch of shape {labels.shape}; "
                f"samples are columns: (D, n) and (n,)"
            )
        pairs.append((X, labels))
    return pairs


CHECKS = [Check("mini_batches", _probes, _view, properties=True)]

RULE = "in each epoch every sample occurs exactly once, with its label, in a random order"
ORDER, CUT = "rng.permutation(m)", "range(0, m, batch_size)"
PAIR = "(X[:, chosen], labels[chosen])"
MISTAKES = [
    mistake("the last, smaller batch is left out", RULE, CUT, "range(0, m - m % batch_size, batch_size)"),
    mistake("the samples keep their order: nothing is shuffled", RULE, ORDER, "np.arange(m)"),
    mistake(
        "only the samples are shuffled: their labels stay where they were",
        RULE,
        PAIR,
        "(X[:, chosen], labels[start : start + batch_size])",
    ),
    mistake(
        "only the labels are shuffled: the samples stay where they were",
        RULE,
        PAIR,
        "(X[:, start : start + batch_size], labels[chosen])",
    ),
    mistake(
        "samples and labels are shuffled each by itself, so that labels go to the wrong samples",
        RULE,
        "batches = []",
        "batches, labels = [], labels[rng.permutation(m)]",
    ),
    mistake("samples are drawn with replacement: some occur twice, others never", RULE, ORDER, "rng.integers(0, m, m)"),
    mistake(
        "every epoch has the same order: the generator is made anew, with a fixed seed",
        RULE,
        ORDER,
        "np.random.default_rng(0).permutation(m)",
    ),
    mistake(
        "the order does not come from `rng`, so that a run cannot be repeated",
        RULE,
        ORDER,
        "np.random.default_rng().permutation(m)",
    ),
    mistake(
        "only the batches are shuffled: neighbors always stay together",
        RULE,
        "return batches",
        "return [batches[i] for i in rng.permutation(len(batches))]",
        ORDER,
        "np.arange(m)",
    ),
    mistake(
        "there is only the first batch: `return` stands within the loop",
        RULE,
        "    return batches",
        "        return batches",
    ),
    mistake("the batches overlap: the beginnings count in steps of one", RULE, CUT, "range(0, m)"),
    mistake(
        "the batches have one sample too many, which the next batch has as well",
        RULE,
        "start + batch_size]",
        "start + batch_size + 1]",
    ),
    mistake("the batches have one sample too few", RULE, "start + batch_size]", "start + batch_size - 1]"),
    mistake("the rows of X are chosen: samples are columns", RULE, "X[:, chosen]", "X[chosen]"),
    mistake(
        "the last batch is filled up with samples that occurred before",
        RULE,
        ORDER,
        "np.resize(rng.permutation(m), m + -m % batch_size)",
        CUT,
        "range(0, len(order), batch_size)",
    ),
    mistake(
        "`batch_size` is taken for the number of batches",
        RULE,
        CUT,
        "range(0, m, -(-m // batch_size))",
        "start + batch_size]",
        "start - (-m // batch_size)]",
    ),
    mistake("all samples are in one batch", RULE, CUT, "range(1)", "order[start : start + batch_size]", "order"),
    mistake(
        "each batch is drawn anew from all samples, so that some occur in several batches, others in none",
        RULE,
        "chosen = order[start : start + batch_size]",
        "chosen = rng.permutation(m)[:batch_size]",
    ),
    mistake(
        "each batch is drawn anew from all samples, so that some occur in several batches, others in none",
        RULE,
        "chosen = order[start : start + batch_size]",
        "chosen = rng.permutation(m)[: min(batch_size, m - start)]",
    ),
    mistake(
        "samples are drawn with replacement: some occur twice, others never",
        RULE,
        "chosen = order[start : start + batch_size]",
        "chosen = rng.integers(0, m, batch_size)",
    ),
]
