"""How well the confidence of predictions fits their accuracy, and the accuracy when uncertain ones are rejected."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..analysis.calibration import rejection_curve, reliability
from ..analysis.intervals import wilson
from .style import BLUE, FAINT, INK, QUIET, VERMILION, WIDTH, house_style

LABELLED_SHARES = (0.05, 0.1, 0.2)  # of rejected predictions, at which the accuracy is written


@house_style()
def calibration(probabilities: np.ndarray, Y: np.ndarray) -> Figure:
    """Draw accuracy against confidence, and against the share of predictions that are rejected.

    The confidence of a prediction is the largest of its `probabilities` (C, m). On the left, predictions lie on the
    diagonal where confidence equals accuracy, above it where the network is underconfident, below it where it is
    overconfident; the bars below count them. Intervals are Wilson's, 95 %. On the right, the predictions with the
    lowest confidence are rejected first.
    """
    edges, counts, confidence, accuracy, error = reliability(probabilities, Y)
    figure = Figure(figsize=(WIDTH, 3.6))
    grid = figure.add_gridspec(2, 2, height_ratios=(3.2, 1))
    left = figure.add_subplot(grid[0, 0])
    bars = figure.add_subplot(grid[1, 0], sharex=left)
    right = figure.add_subplot(grid[:, 1])

    left.set_title(f"Calibration: mean gap {error:.1%}")
    left.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=":")
    some = counts > 0
    low, high = wilson(np.rint(accuracy[some] * counts[some]), counts[some])
    spread = np.maximum([accuracy[some] - low, high - accuracy[some]], 0)
    left.errorbar(confidence[some], accuracy[some], spread, fmt="o-", color=BLUE, elinewidth=1, clip_on=False)
    left.text(0.03, 0.94, "underconfident", color=QUIET, fontsize=8, va="top")
    left.text(0.97, 0.06, "overconfident", color=QUIET, fontsize=8, ha="right")
    left.set(xlim=(0, 1), ylim=(0, 1), ylabel="accuracy")
    left.tick_params(labelbottom=False)
    bars.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white")
    bars.set(xlabel="confidence", ylabel="predictions", ylim=(0, 1.05 * counts.max()))
    bars.yaxis.set_major_locator(MaxNLocator(2, integer=True))

    rejected, kept = rejection_curve(probabilities, Y)
    right.set_title("Rejecting the least confident")
    right.plot(rejected, kept, color=VERMILION, drawstyle="steps-post")
    for share in LABELLED_SHARES:
        place = int(np.searchsorted(rejected, share, side="right")) - 1
        right.plot(rejected[place], kept[place], "o", color=VERMILION)
        right.annotate(
            f"{kept[place]:.1%} without {rejected[place]:.0%}",
            (rejected[place], kept[place]),
            xytext=(8, -10),
            textcoords="offset points",
            color=INK,
            fontsize=8,
        )
    right.set(xlabel="share of predictions rejected", ylabel="accuracy of the others")
    right.set_xlim(-0.01, 1)
    bottom = kept[0]
    right.set_ylim(bottom - 0.05 * (1.001 - bottom), 1 + 0.03 * (1.001 - bottom))
    for axis in (left.xaxis, left.yaxis, right.xaxis, right.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1))
    right.grid(axis="both", color=FAINT)
    return figure
