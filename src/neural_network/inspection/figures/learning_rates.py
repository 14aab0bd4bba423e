"""The loss after a short training with each of several learning rates."""

import numpy as np
from matplotlib.figure import Figure

from ..analysis.learning_rate_sweep import Sweep
from .style import BLUE, FAINT, INK, QUIET, SMALL_FONT, VERMILION, WIDTH, house_style
from .ticks import number_logarithmic

CLIPPED = 10  # times the loss before: larger losses are drawn there, as triangles
NOTE = (
    "A short training from the same weights each time, without schedule, regularization and augmentation.\n"
    "A longer training, or one on more samples, can need another learning rate."
)


@house_style()
def learning_rates(sweep: Sweep, used: float | None = None, optimizer: str = "") -> Figure:
    """Draw the loss after a short training against the learning rate; crosses at the top are rates that diverged.

    The dotted line is the loss before the training, and the vertical line the rate that the run `used`.
    """
    figure = Figure(figsize=(WIDTH, 3.5))
    axes = figure.subplots()
    of = f" of {optimizer}" if optimizer else ""
    axes.set_title(f"Loss on {sweep.samples:,} training samples after {sweep.steps:,} steps{of} on them")
    figure.supxlabel(NOTE, fontsize=SMALL_FONT, color=INK)
    finite, limit = np.isfinite(sweep.losses), CLIPPED * sweep.before
    shown = np.minimum(sweep.losses, limit)
    axes.plot(sweep.rates[finite], shown[finite], "o-", color=BLUE)
    positive = sweep.before > 0 and bool((shown[finite] > 0).all())  # with a single class the loss is 0
    axes.set(xscale="log", yscale="log" if positive else "linear", xlabel="learning rate α", ylabel="loss")
    axes.axhline(sweep.before, color=QUIET, linewidth=1, linestyle=":")
    axes.annotate(
        "before", (sweep.rates[0], sweep.before), xytext=(0, 4), textcoords="offset points", color=QUIET, fontsize=8
    )
    lowest = float(min(shown[finite], default=sweep.before))
    if positive:
        axes.set_ylim(min(lowest, sweep.before) / 2, 2 * max(*shown[finite], sweep.before))
    top = axes.get_ylim()[1] / 1.25
    marks = [(~finite, "x", top, "diverged"), (finite & (sweep.losses > limit), "^", limit, f"above {limit:.2g}")]
    for marked, marker, height, word in marks:
        rates = sweep.rates[marked]
        axes.plot(rates, np.full(len(rates), height), marker, color=VERMILION, markersize=8, markeredgewidth=2)
        if len(rates):
            axes.annotate(
                word, (rates[0], height), xytext=(-9, 0), textcoords="offset points", color=VERMILION, ha="right",
                va="center",
            )  # fmt: skip
    if finite.any():
        best = sweep.rates[np.argmin(np.where(finite, sweep.losses, np.inf))]
        axes.annotate(
            f"lowest: {best:.2g}", (best, lowest), xytext=(0, -6), textcoords="offset points", ha="center", va="top",
        )  # fmt: skip
    if used is not None:
        axes.axvline(used, color=QUIET, linewidth=1)
        axes.text(used, axes.get_ylim()[0], f" this run: {used:.2g}", fontsize=8, color=QUIET, va="bottom")
    if positive:
        number_logarithmic(axes, "y")
    axes.grid(axis="both", color=FAINT)
    return figure
