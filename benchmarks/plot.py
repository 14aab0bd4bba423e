"""A figure of the time of a step against the number of hidden units and against the size of the batch."""

from typing import Any

from matplotlib.figure import Figure

from neural_network.inspection.figures.style import BLUE, QUIET, SMALL_FONT, WIDTH, house_style

from .peer_table import OURS, PEERS

TITLES = {
    "hidden": ("hidden units", "A step with Adam, batches of 128"),
    "batch_size": ("samples a batch", "A step with Adam, 128 hidden units"),
}
DASHES = ("--", ":", "-.", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = "s^vDPX"
COLORS = ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", QUIET)


@house_style()
def plot_sweeps(sweeps: dict[str, dict[str, dict[str, float]]]) -> Figure:
    """Draw the `sweeps` of a result: a panel each, milliseconds a step, both axes logarithmic."""
    figure = Figure(figsize=(WIDTH, 3.4))
    peers = [name for name in PEERS if name != OURS]
    for axes, (kind, curves) in zip(figure.subplots(1, len(sweeps), squeeze=False)[0], sweeps.items(), strict=True):
        for peer, points in curves.items():
            at = peers.index(peer) % len(MARKERS) if peer in peers else 0
            look: dict[str, Any] = {"color": COLORS[at], "linestyle": DASHES[at], "marker": MARKERS[at], "linewidth": 1}
            if peer == OURS:
                look = {"color": BLUE, "linestyle": "-", "marker": "o", "linewidth": 2, "zorder": 3}
            axes.plot([int(x) for x in points], [1e3 * seconds for seconds in points.values()], label=peer, **look)
        label, title = TITLES[kind]
        axes.set(xscale="log", yscale="log", xlabel=label, ylabel="ms", title=title)
        axes.legend(fontsize=SMALL_FONT, frameon=False)
    return figure
