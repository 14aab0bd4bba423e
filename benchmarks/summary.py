"""The arithmetic of the results: medians, quartiles, and the ratio of ours to the best peer."""

import statistics
from collections.abc import Sequence
from typing import Any

from .peer_table import AGAINST, OURS
from .runner import Outcome


def summarize(outcome: Outcome, limit: float | None = None) -> dict[str, Any]:
    """Return a job's figures as JSON values.

    "ours" and "peers" are medians over the rounds, in "unit" (seconds, or bytes); "ratio" is ours / the best peer, None
    where there is nothing to compare. "spread" gives the quartiles of each. Results below the accuracy that a job asks
    for are not compared, and a note says so. `limit` is the least that the job can take on this machine.

    Where another checkout was measured, it is the peer "against" with a ratio of its own, "against_ratio"; it is never
    the best peer. Jobs that have them also give the mean "accuracy" and the median "memory" of each.
    """
    job = outcome.job
    values = {name: statistics.median(measured) for name, measured in outcome.values.items()}
    accuracies = {name: statistics.fmean(measured) for name, measured in outcome.accuracies.items()}
    memories = {name: statistics.median(measured) for name, measured in outcome.memories.items()}
    valid, notes = dict(values), list(outcome.notes)
    for name, accuracy in accuracies.items():
        if job.accuracy and accuracy < job.accuracy:
            notes.append(f"{name} not compared: {accuracy:.2%} on the test images, not {job.accuracy:.2%}")
            del valid[name]
    ours, other_checkout = valid.pop(OURS, None), valid.pop(AGAINST, None)
    best = min(valid, key=lambda name: valid[name], default=None)
    summary = {
        "ours": values.pop(OURS, None),
        "peers": values,
        "best_peer": best,
        "ratio": ours / valid[best] if ours is not None and best else None,
        "limit": limit,
        "unit": job.unit,
        "about": job.about,
        "target": job.target,
        "rounds": {name: len(measured) for name, measured in outcome.values.items()},
        "spread": {name: quartiles(measured) for name, measured in outcome.values.items()},
        "notes": notes,
    }
    if ours is not None and other_checkout is not None:
        summary["against_ratio"] = ours / other_checkout
    return summary | ({"accuracy": accuracies} if accuracies else {}) | ({"memory": memories} if memories else {})


def quartiles(values: Sequence[float]) -> list[float]:
    """Return the first and the third quartile."""
    if len(values) == 1:
        return [values[0], values[0]]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return [first, third]
