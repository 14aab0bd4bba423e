"""Which learning rates learn, and which diverge."""

import numpy as np
from matplotlib.figure import Figure

from ..analysis.learning_rate_sweep import Sweep
from .style import BLUE, FAINT, QUIET, VERMILION, WIDTH, house_style
from .ticks import number_logarithmic


@house_style()
def learning_rates(sweep: Sweep, used: float | None = None, optimizer: str = "") -> Figure:
    """Draw the loss after a short training against the learning rate; crosses at the top are rates that diverged.

    The dotted line is the loss before, and the vertical one the rate that the run `used`.
    """
    figure = Figure(figsize=(WIDTH, 3.1))
    axes = figure.subplots()
    axes.set_title(f"Loss after {sweep.steps} steps{optimizer and ' of '}{optimizer}, all from the same weights")
    learnt = np.isfinite(sweep.losses)
    shown = np.minimum(sweep.losses, 10 * sweep.before)  # beyond that it matters no more how bad it is
    axes.plot(sweep.rates[learnt], shown[learnt], "o-", color=BLUE)
    positive = sweep.before > 0 and bool((shown[learnt] > 0).all())  # a single class has no loss to speak of
    axes.set(xscale="log", yscale="log" if positive else "linear", xlabel="learning rate α", ylabel="loss")
    axes.axhline(sweep.before, color=QUIET, linewidth=1, linestyle=":")
    axes.annotate(
        "before", (sweep.rates[0], sweep.before), xytext=(0, 4), textcoords="offset points", color=QUIET, fontsize=8
    )
    lowest = float(min(shown[learnt], default=sweep.before))
    if positive:
        axes.set_ylim(min(lowest, sweep.before) / 2, 2 * max(*shown[learnt], sweep.before))
    top = axes.get_ylim()[1] / 1.25
    gone = sweep.rates[~learnt]
    axes.plot(gone, np.full(len(gone), top), "x", color=VERMILION, markersize=8, markeredgewidth=2)
    if len(gone):
        axes.annotate(
            "diverged", (gone[0], top), xytext=(-9, 0), textcoords="offset points", color=VERMILION, ha="right",
            va="center",
        )  # fmt: skip
    if learnt.any():
        best = sweep.rates[np.argmin(np.where(learnt, sweep.losses, np.inf))]
        axes.annotate(
            f"best: {best:.2g}", (best, lowest), xytext=(0, -6), textcoords="offset points", ha="center", va="top",
        )  # fmt: skip
    if used is not None:
        axes.axvline(used, color=QUIET, linewidth=1)
        axes.text(used, axes.get_ylim()[0], f" this run: {used:.2g}", fontsize=8, color=QUIET, va="bottom")
    if positive:
        number_logarithmic(axes, "y")
    axes.grid(axis="both", color=FAINT)
    return figure
