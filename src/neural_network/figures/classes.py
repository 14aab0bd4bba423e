"""What became of each class."""

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from ..errors import InputError
from .style import INK, WIDTH, house_style


@house_style()
def confusion(counts: np.ndarray) -> Figure:
    """Draw the confusion matrix `counts` (C, C), as `metrics.confusion_matrix` gives it: labels down, readings across.

    Every cell tells its count and is shaded by its share of the row: blue on the diagonal, where the network was right,
    and orange elsewhere. The shade grows with the root of the share, so that rare confusions are seen too.

    Raises
    ------
    InputError
        `counts` is not a square matrix.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise InputError(f"counts must be a square matrix, (classes, classes), not an array of shape {counts.shape}")
    classes = len(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(classes, dtype=bool)

    figure = Figure(figsize=(WIDTH * 0.8, WIDTH * 0.85))
    axes = figure.subplots()
    axes.set_title("Confusion matrix: counts, shaded by their share of the true class")
    for cells, colors in [(right, "Blues"), (~right, "Oranges")]:
        axes.imshow(np.where(cells, shares, np.nan), cmap=colors, norm=PowerNorm(0.5, vmin=0, vmax=1))
    size = min(11, 80 / classes)
    for (row, column), count in np.ndenumerate(counts):
        text, share = f"{count}", shares[row, column]
        if row == column:
            text += f"\n{share:.1%}"
        if count:
            color = "white" if share > 0.4 else INK
            axes.text(column, row, text, ha="center", va="center", fontsize=size, color=color)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(range(classes))
        axis.set_ticks(np.arange(0.5, classes - 1), minor=True)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.grid(visible=False)
    axes.grid(which="minor", axis="both", color="white", linewidth=1)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return figure
