"""Whether the network means its probabilities, and what is gained by leaving its unsure answers to somebody else."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..analysis.calibration import rejection_curve, reliability
from ..analysis.intervals import wilson
from .style import BLUE, FAINT, INK, QUIET, VERMILION, WIDTH, house_style

MARKED = (0.05, 0.1, 0.2)  # shares of rejected answers that are written out


@house_style()
def calibration(probabilities: np.ndarray, Y: np.ndarray) -> Figure:
    """Draw accuracy against the probability of the answer, and against the share of answers that are rejected.

    On the left, answers of `probabilities` (C, m) lie on the diagonal where the network means what it says, above it
    where it is too modest, below where it is too sure; bars below tell how many answers there are. Intervals are
    Wilson's, 95 %. On the right, the least probable answers are taken away first.
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
    left.text(0.03, 0.94, "too modest", color=QUIET, fontsize=8, va="top")
    left.text(0.97, 0.06, "too sure", color=QUIET, fontsize=8, ha="right")
    left.set(xlim=(0, 1), ylim=(0, 1), ylabel="accuracy")
    left.tick_params(labelbottom=False)
    bars.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white")
    bars.set(xlabel="probability of the answer", ylabel="answers", ylim=(0, 1.05 * counts.max()))
    bars.yaxis.set_major_locator(MaxNLocator(2, integer=True))

    rejected, kept = rejection_curve(probabilities, Y)
    right.set_title("Rejecting the least certain")
    right.plot(rejected, kept, color=VERMILION, drawstyle="steps-post")
    for share in MARKED:
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
    right.set(xlabel="share of answers rejected", ylabel="accuracy of the others")
    right.set_xlim(-0.01, 1)
    bottom = kept[0]
    right.set_ylim(bottom - 0.05 * (1.001 - bottom), 1 + 0.03 * (1.001 - bottom))
    for axis in (left.xaxis, left.yaxis, right.xaxis, right.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1))
    right.grid(axis="both", color=FAINT)
    return figure
