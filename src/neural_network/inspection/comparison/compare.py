"""The contest itself: what each network reads, and how the others differ from the first."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...runs.folder import measured
from ..analysis.intervals import wilson
from .candidate import Contender
from .statistics import Comparison, compare, holm

CHANCE = 0.05  # a p-value as large as this is what chance could explain
LOSS = ("loss", "label_smoothing")  # options: where they differ, so does what a loss means


def contest(contenders: Sequence[Contender], X: np.ndarray, Y: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """Compare networks on the images `X` (D, m) with labels `Y` (m,).

    Returns
    -------
    result : dict
        JSON values: "samples"; "runs", a row of figures each; "comparisons" of each with the first; the "options" in
        which they differ, with the value of each run.
    readings : integer array (networks, m)
        What each of them read.
    """
    probabilities = [each.network.predict_proba(X) for each in contenders]
    readings = np.array([each.argmax(axis=0) for each in probabilities])
    runs = [_row(contender, X, Y) for contender in contenders]
    comparisons = [compare(probabilities[0], other, Y) for other in probabilities[1:]]
    adjusted = holm([comparison.p for comparison in comparisons])
    rights = np.count_nonzero((readings[0] == Y) & (readings[1:] == Y), axis=1).tolist()
    losses = [[each.options[name] for name in LOSS] for each in contenders]
    same_losses = [loss == losses[0] for loss in losses[1:]]
    options = _differing([contender.options for contender in contenders])
    return {
        "samples": len(Y),
        "runs": runs,
        "comparisons": [
            {
                "run": run["run"],
                "with": runs[0]["run"],
                "difference": comparison.difference,
                "interval": list(comparison.interval),
                "loss_difference": run["loss"] - runs[0]["loss"] if same_loss else None,
                "p_value": comparison.p,
                "p_adjusted": p,
                "verdict": verdict(run["run"], runs[0]["run"], comparison, p),
                "both_right": both_right,
                "both_wrong": len(Y) - both_right - len(comparison.gained) - len(comparison.lost),
                "gained": _changes(comparison.gained, Y, readings[0], reading),
                "lost": _changes(comparison.lost, Y, readings[0], reading),
            }
            for run, comparison, p, reading, both_right, same_loss in zip(
                runs[1:], comparisons, adjusted, readings[1:], rights, same_losses, strict=True
            )
        ],
        "options": options,
    }, readings


def changed_images(result: dict[str, Any]) -> list[int]:
    """Return the indices of the images that changed sides in any comparison of a contest, each once, in their order."""
    changes = (comparison[kind] for comparison in result["comparisons"] for kind in ("gained", "lost"))
    return list(dict.fromkeys(image["index"] for images in changes for image in images))


def _row(contender: Contender, X: np.ndarray, Y: np.ndarray) -> dict[str, Any]:
    figures = measured(contender.network, (X, Y)) or {}
    low, high = wilson(figures["accuracy"] * len(Y), len(Y))
    return {
        "run": contender.name,
        "accuracy": figures["accuracy"],
        "interval": [float(low), float(high)],
        "loss": figures["loss"],
        "parameters": sum(θ.size for θ in contender.network.parameters.values()),
        **{name: contender.summary["training"].get(name) for name in ("steps", "seconds")},
    }


def _changes(places: np.ndarray, Y: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[dict[str, int]]:
    return [{"index": int(i), "label": int(Y[i]), "before": int(before[i]), "after": int(after[i])} for i in places]


def _differing(options: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the options that differ among those who know them, with the value of each; None where it is not known."""
    names = dict.fromkeys(name for each in options for name in each)
    known = {name: [each[name] for each in options if name in each] for name in names}
    return {
        name: [each.get(name) for each in options] for name in names if any(v != known[name][0] for v in known[name])
    }


def verdict(name: str, first: str, comparison: Comparison, p: float) -> str:
    """Say in a sentence what a comparison has shown, `p` being its p-value after Holm's correction."""
    if not len(comparison.gained) + len(comparison.lost):
        return f"{name} is right and wrong on the very images that {first} is"
    told = "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"
    if p >= CHANCE:
        return f"{name} and {first}: no difference that chance could not explain ({told})"
    points, how = f"{100 * abs(comparison.difference):.2f} points", "more" if comparison.difference > 0 else "less"
    return f"{name} reads {points} {how} right than {first}: more than chance explains ({told})"
