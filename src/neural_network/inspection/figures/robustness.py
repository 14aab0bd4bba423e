"""How much the pictures may change before the accuracy falls."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ..analysis.robustness import DISTORTIONS, Distortion
from .style import BLUE, FAINT, QUIET, SMALL_FONT, WIDTH, house_style

SHOWN_LEVELS = 5  # levels with a picture beside the curve


@house_style()
def robustness(curves: Sequence[np.ndarray], picture: np.ndarray, samples: int) -> Figure:
    """Draw the accuracy on `samples` pictures at each level of each distortion, beside a `picture` (height, width)."""
    figure = Figure(figsize=(WIDTH, 1.85 * len(DISTORTIONS)))
    grid = figure.subplots(len(DISTORTIONS), 2, width_ratios=(1.15, 1))
    for (curve, strip), distortion, accuracy in zip(grid, DISTORTIONS, curves, strict=True):
        curve.set_title(f"Accuracy on {samples:,} images: {distortion.name}")
        curve.plot(distortion.levels, accuracy, "o-", color=BLUE, clip_on=False)
        curve.axvline(distortion.neutral, color=QUIET, linewidth=0.8, linestyle=":")
        curve.set(xlabel=distortion.unit, ylim=(0, 1))
        curve.yaxis.set_major_formatter(PercentFormatter(xmax=1))
        curve.grid(axis="both", color=FAINT)
        _draw_strip(strip, distortion, picture)
    return figure


def _draw_strip(axes: Axes, distortion: Distortion, picture: np.ndarray) -> None:
    """Draw the picture at five levels, with the level below each."""
    levels = [
        distortion.levels[k]
        for k in np.unique(np.linspace(0, len(distortion.levels) - 1, SHOWN_LEVELS).round().astype(int))
    ]
    height, width = picture.shape
    gap = max(1, width // 7)
    for place, level in enumerate(levels):
        x = place * (width + gap)
        distorted = distortion.apply(picture[None], level)[0][0]
        axes.imshow(distorted, cmap="gray_r", vmin=0, vmax=1, extent=(x, x + width, height, 0))
        axes.text(x + width / 2, height * 1.08, f"{level:g}", ha="center", va="top", fontsize=SMALL_FONT)
        right = x + width
        axes.plot([x, right, right, x, x], [0, 0, height, height, 0], color=FAINT, linewidth=0.8, clip_on=False)
    axes.set(xlim=(0, len(levels) * (width + gap) - gap), ylim=(height * 1.3, 0))
    axes.set_axis_off()
