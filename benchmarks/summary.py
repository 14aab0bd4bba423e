"""The arithmetic of the results: medians, how far they scatter, and the ratio of ours to the best peer."""

import statistics
from collections.abc import Sequence
from typing import Any

from .peers import OURS
from .runner import Outcome


def summarize(outcome: Outcome, limit: float | None = None) -> dict[str, Any]:
    """Return a job's figures as JSON values.

    "ours" and "peers" are medians over the rounds, in "unit" (seconds, or bytes); "ratio" is ours / the best peer, None
    where there is nothing to compare. "spread" gives the quartiles of each. A peer, or ours, that does not reach the
    accuracy a job asks for is not compared, and a note says so. `limit` is what the job needs at the least.
    """
    job = outcome.job
    values = {name: statistics.median(measured) for name, measured in outcome.values.items()}
    accuracies = {name: statistics.fmean(measured) for name, measured in outcome.accuracies.items()}
    valid, notes = dict(values), list(outcome.notes)
    for name, accuracy in accuracies.items():
        if job.accuracy and accuracy < job.accuracy:
            notes.append(f"{name} not compared: {accuracy:.2%} on the test images, not {job.accuracy:.2%}")
            del valid[name]
    ours = valid.pop(OURS, None)
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
    return summary | ({"accuracy": accuracies} if accuracies else {})


def quartiles(values: Sequence[float]) -> list[float]:
    """Return the first and the third quartile."""
    if len(values) == 1:
        return [values[0], values[0]]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return [first, third]
