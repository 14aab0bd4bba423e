"""How much the pictures may change before the network loses its way."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..analysis.robustness import CHANGES, Change
from .style import BLUE, FAINT, QUIET, SMALL, WIDTH, house_style

SHOWN = 5  # pictures below each curve


@house_style()
def robustness(curves: Sequence[np.ndarray], picture: np.ndarray, changes: Sequence[Change] = CHANGES) -> Figure:
    """Draw the accuracy at each level of each of `changes`, above a `picture` (side, side) that is changed so."""
    figure = Figure(figsize=(WIDTH, 1.85 * len(changes)))
    grid = figure.subplots(len(changes), 2, width_ratios=(1.15, 1))
    for (curve, strip), change, accuracy in zip(grid, changes, curves, strict=True):
        curve.set_title(f"Accuracy against {change.name}")
        curve.plot(change.levels, accuracy, "o-", color=BLUE, clip_on=False)
        curve.axvline(change.neutral, color=QUIET, linewidth=0.8, linestyle=":")
        curve.set(xlabel=change.unit, ylim=(0, 1))
        curve.yaxis.set_major_formatter(PercentFormatter(xmax=1))
        curve.grid(axis="both", color=FAINT)
        _draw_strip(strip, change, picture)
    return figure


def _draw_strip(axes: Axes, change: Change, picture: np.ndarray) -> None:
    """Draw the picture at five levels, side by side, with the level below each."""
    levels = [change.levels[k] for k in np.unique(np.linspace(0, len(change.levels) - 1, SHOWN).round().astype(int))]
    side = len(picture)
    gap = max(1, side // 7)
    for place, level in enumerate(levels):
        x = place * (side + gap)
        changed = change.apply(picture[None], level)[0][0]
        axes.imshow(changed, cmap="gray_r", vmin=0, vmax=1, extent=(x, x + side, side, 0))
        axes.text(x + side / 2, side * 1.08, f"{level:g}", ha="center", va="top", fontsize=SMALL)
        axes.plot([x, x + side, x + side, x, x], [0, 0, side, side, 0], color=FAINT, linewidth=0.8, clip_on=False)
    axes.set(xlim=(0, len(levels) * (side + gap) - gap), ylim=(side * 1.3, 0))
    axes.set_axis_off()
