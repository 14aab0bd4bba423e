"""Histograms of the layers: how large activations and gradients are, and which units are dead."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..analysis.layers import Layers
from .style import BLUE, QUIET, SMALL_FONT, THIRD, VERMILION, WIDTH, house_style

BINS = 50
SMALL_BAR = 0.02  # shares below this are also written in numbers
MAX_NUMBERED = 40  # units with a number below their bars


@house_style()
def layer_histograms(layers: Layers) -> Figure:
    """Draw histograms of activations, logits and gradients, and the share of the samples each hidden unit learns from.

    The shares are in ascending order. Dead units, which learn from no sample, have a red cross.
    """
    figure = Figure(figsize=(WIDTH, 5.6))
    grid = figure.subplot_mosaic([["A1", "Z2"], ["W1", "W2"], ["units", "units"]])
    _histogram(grid["A1"], layers.A1, "Hidden layer: activations A1", color=BLUE)
    _histogram(grid["Z2"], layers.Z2, "Output layer: logits Z2", color=BLUE)
    _histogram(grid["W1"], layers.gradients["W1"], "Gradient dW1", color=THIRD, log=True)
    _histogram(grid["W2"], layers.gradients["W2"], "Gradient dW2", color=THIRD, log=True)

    axes = grid["units"]
    H, dead = len(layers.active), layers.dead
    order = np.argsort(layers.active, kind="stable")
    count = layers.A1.shape[1]
    axes.set_title(f"Share of {count:,} samples that each hidden unit learns from: {len(dead) or 'none'} of {H} dead")
    axes.bar(np.arange(H), layers.active[order], color=BLUE, width=0.8 if H <= 100 else 1)
    crosses = np.flatnonzero(np.isin(order, dead))
    axes.plot(crosses, np.full(len(crosses), 0.04), "x", color=VERMILION, markersize=6, markeredgewidth=1.8)
    for place, share in enumerate(layers.active[order]):
        if 0 < share < SMALL_BAR and H <= MAX_NUMBERED:
            axes.text(place, 0.03, f"{share:.1%}", ha="center", fontsize=SMALL_FONT, color=QUIET)
    axes.set(xlim=(-0.6, H - 0.4), ylim=(0, 1), ylabel="share")
    if H <= MAX_NUMBERED:
        axes.set_xticks(np.arange(H), [str(unit) for unit in order], fontsize=SMALL_FONT if H <= 25 else 6)
        axes.set_xlabel("hidden unit")
    else:
        axes.set_xlabel("hidden units, sorted by this share")
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    return figure


def _histogram(axes: Axes, values: np.ndarray, title: str, log: bool = False, **appearance: Any) -> None:
    """Draw a histogram; the share of exact zeros, which would dwarf the other bars, is written instead of drawn."""
    values = values.ravel()
    others = values[values != 0]
    axes.set_title(title)
    if len(others) < 2 or np.ptp(others) == 0:
        others = values
    log = log and np.histogram(others, BINS)[0].max() >= 10
    axes.hist(others, BINS, log=log, **appearance)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * (4 if log else 1.15))
    zeros = len(values) - len(others)
    if zeros:
        axes.text(
            0.98, 0.95, f"and {zeros / len(values):.0%} exactly 0", transform=axes.transAxes, ha="right", va="top",
            fontsize=SMALL_FONT, color=QUIET,
        )  # fmt: skip
    axes.set_ylabel("entries")
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    if not log:
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.ticklabel_format(axis="y", scilimits=(-3, 5))
    axes.ticklabel_format(axis="x", scilimits=(-2, 4), useMathText=True)
