"""The loss around the trained network, and the path of its training."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from ...support.errors import InputError
from ..analysis.landscape import Path
from .style import INK, QUIET, SMALL_FONT, VERMILION, WIDTH, house_style

LEVELS = 18
HALO = [withStroke(linewidth=2, foreground="white")]  # so that words are readable on dark places
RIM = [withStroke(linewidth=3, foreground="white")]  # and the path too, in grey as well


class Plane(NamedTuple):
    """A plane of the landscape: the loss at each point of a grid."""

    across: np.ndarray  # (a,)
    up: np.ndarray  # (b,)
    losses: np.ndarray  # (b, a)


@house_style()
def loss_landscape(around: Plane, plane: Plane | None = None, path: Path | None = None) -> Figure:
    """Draw the loss on a random plane through the network, and on the `plane` of the `path` of training.

    The trained network is the cross at (0, 0). Lines of equal loss are closer where the loss is steep; levels grow by
    equal factors. The path begins at the ring.
    """
    planes: list[tuple[str, Plane, Path | None]] = [("Random directions, filter-normalized", around, None)]
    if plane is not None and path is not None:
        planes.append(("Plane of the path of training", plane, path))
    figure = Figure(figsize=(WIDTH if len(planes) > 1 else WIDTH * 0.6, 3.7))
    grid = figure.subplots(1, len(planes), squeeze=False)[0]
    for axes, (title, plane, way) in zip(grid, planes, strict=True):
        axes.set_title(title)
        if way is None:
            _draw_plane(axes, plane, np.zeros((2, 1)))
            axes.set(xlabel="first direction, in norms of the weights", ylabel="second direction")
        else:
            start, shares = way.places[:, 0], way.shares
            side = 1 if start[0] < np.mean(plane.across) else -1  # where the word has more room
            word = start[:, None] + side * np.outer([np.ptp(plane.across), 0], [0.08, 0.16])
            _draw_plane(axes, plane, np.hstack([way.places, word]))
            axes.plot(*way.places, ".-", color=VERMILION, linewidth=1.5, markersize=5, path_effects=RIM)
            axes.plot(*start, "o", color=VERMILION, markersize=8, markerfacecolor="white", markeredgewidth=2)
            axes.annotate(
                "start", start, xytext=(9 * side, 0), textcoords="offset points", va="center", fontsize=SMALL_FONT,
                ha="left" if side > 0 else "right", weight="bold", path_effects=HALO,
            )  # fmt: skip
            axes.set_xlabel(f"first direction, {shares[0]:.0%} of the path's variance")
            axes.set_ylabel(f"second direction, {shares[1]:.0%}")
        axes.plot(0, 0, "X", color=VERMILION, markersize=9, markeredgecolor="white", markeredgewidth=1)
    return figure


def _draw_plane(axes: Axes, plane: Plane, marked: np.ndarray) -> None:
    """Draw lines of equal loss with their numbers, except at the edge and on the `marked` points (2, n)."""
    finite = plane.losses[np.isfinite(plane.losses)]
    if not len(finite):
        raise InputError("the loss is infinite everywhere around the network: there is no landscape to draw")
    low, high = max(float(finite.min()), 1e-6), float(finite.max())
    levels = np.geomspace(low, max(high, low * 1.01), LEVELS)
    losses = np.where(np.isfinite(plane.losses), np.clip(plane.losses, low, levels[-1]), levels[-1])
    axes.contourf(plane.across, plane.up, losses, levels, cmap="Blues", norm="log", extend="neither", alpha=0.9)
    axes.grid(visible=False)
    if not ((levels[1:-1:2] > losses.min()) & (levels[1:-1:2] < losses.max())).any():
        return  # the loss is constant
    lines = axes.contour(plane.across, plane.up, losses, levels[1:-1:2], colors=QUIET, linewidths=0.6)
    axes.clabel(lines, fmt=lambda level: f"{level:.2g}", fontsize=7, colors=INK)
    corners = np.array([axes.get_xlim(), axes.get_ylim()]).T
    size = np.ptp(corners, axis=0)
    for text in lines.labelTexts:
        place = np.array(text.get_position())
        inside = (np.abs(place - corners) > 0.06 * size).all()
        free = (np.abs(place - marked.T) > 0.06 * size).any(axis=1).all()
        text.set(visible=bool(inside and free), path_effects=HALO)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
