"""How each class is classified: the confusion matrix, precision and recall."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ...support.errors import InputError
from ..analysis.intervals import wilson
from .style import BLUE, FAINT, INK, QUIET, VERMILION, WIDTH, house_style


@house_style()
def confusion(counts: np.ndarray, classes: Sequence[str] | None = None) -> Figure:
    """Draw the confusion matrix `counts` (C, C) of `metrics.confusion_matrix`: a row for each label.

    Every cell shows its count and its share of the row. The share gives the shade: blue on the diagonal, orange
    elsewhere. The shade grows with the root of the share, so that rare confusions are visible. The classes may have
    names.

    Raises InputError if `counts` is not a square matrix.
    """
    counts = _checked(counts)
    size = len(counts)
    points = min(10, 75 / size)
    names = [name if len(name) <= 20 else f"{name[:19]}…" for name in classes or map(str, range(size))]
    wordy = max(map(len, names)) > 3
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(size, dtype=bool)

    figure = Figure(figsize=(WIDTH * (1 if wordy else 0.8), WIDTH * 0.85))
    axes = figure.subplots()
    axes.set_title("Confusion matrix: counts, and their share of the true class")
    for cells, colors in [(right, "Blues"), (~right, "Oranges")]:
        axes.imshow(np.where(cells, shares, np.nan), cmap=colors, norm=PowerNorm(0.5, vmin=0, vmax=1))
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        if count:
            color = "white" if share > 0.4 else INK
            text = f"{count}\n{share:.1%}"
            axes.text(column, row, text, ha="center", va="center", fontsize=points, color=color, linespacing=1.1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(range(size), names)
        axis.set_ticks(np.arange(0.5, size - 1), minor=True)
    if wordy:
        axes.set_xticks(range(size), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.grid(visible=False)
    axes.grid(which="minor", axis="both", color="white", linewidth=1)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return figure


@house_style()
def per_class(counts: np.ndarray, classes: Sequence[str] | None = None) -> Figure:
    """Draw precision and recall of each class, with 95 % intervals, from a confusion matrix `counts` (C, C).

    Recall is the share of a class that is classified correctly. Precision is the share of the predictions of a class
    that are correct. The intervals are Wilson's; a class without samples has neither interval nor dot.

    Raises InputError if `counts` is not a square matrix.
    """
    counts = _checked(counts)
    right, rows = np.diag(counts), np.arange(len(counts))
    figure = Figure(figsize=(WIDTH, 0.9 + 0.3 * len(rows)))
    axes = figure.subplots()
    axes.set_title("Precision and recall of each class, with 95 % intervals")
    drawn = [
        ("recall, of the class", counts.sum(axis=1), -0.13, BLUE, "o"),
        ("precision, of its predictions", counts.sum(axis=0), 0.13, VERMILION, "s"),
    ]
    for label, trials, offset, color, marker in drawn:
        some = trials > 0
        share = right[some] / trials[some]
        low, high = wilson(right[some], trials[some])
        axes.errorbar(
            share,
            rows[some] + offset,
            xerr=np.maximum([share - low, high - share], 0),
            fmt=marker,
            color=color,
            markersize=5,
            elinewidth=1.2,
            label=label,
        )
    axes.set_yticks(rows, [*(classes or map(str, rows))], color=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_ylabel("class")
    axes.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=None))
    axes.grid(visible=False)
    axes.grid(axis="x", color=FAINT)
    axes.tick_params(axis="y", length=0)
    total = right.sum() / max(counts.sum(), 1)
    axes.axvline(total, color=QUIET, linewidth=1, linestyle=":", label=f"accuracy {total:.1%}")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _checked(counts: np.ndarray) -> np.ndarray:
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise InputError(f"counts must be a square matrix, (classes, classes), not an array of shape {counts.shape}")
    return counts
