"""What a hidden layer is for: the curved lines that it draws between classes of toy data in two dimensions."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .style import BLUE, INK, THIRD, VERMILION, WIDTH, house_style

COLORS, MARKERS = (BLUE, VERMILION, THIRD), ("o", "s", "^")


class Regions(NamedTuple):
    """A toy data set, and the class that a network trained on it gives to each place of a square."""

    X: np.ndarray  # (2, m)
    Y: np.ndarray  # (m,)
    limits: tuple[float, float]  # of the square
    probabilities: np.ndarray  # (C, side, side), row by row from below
    accuracy: float


@house_style()
def decision_boundaries(toys: Mapping[str, Regions], what: str) -> Figure:
    """Draw toy data sets side by side, each on the regions of its classes: the surer, the deeper the color.

    `what` says which network it was, for the title. The lines are where the two most probable classes are equally so.
    """
    figure = Figure(figsize=(WIDTH, WIDTH / len(toys) + 0.55))
    figure.suptitle(f"Toy data, and where {what} draw the line", x=0.01, ha="left", fontsize=10, weight="bold")
    for axes, (name, toy) in zip(figure.subplots(1, len(toys), squeeze=False)[0], toys.items(), strict=True):
        low, high = toy.limits
        classes = len(toy.probabilities)
        answer, sure = toy.probabilities.argmax(axis=0), toy.probabilities.max(axis=0)
        shares = np.clip((sure - 1 / classes) / (1 - 1 / classes), 0, 1)
        for label in range(classes):
            colors = ListedColormap([(*_rgb(COLORS[label % 3]), 0.08 + 0.4 * s) for s in np.linspace(0, 1, 64)])
            image = np.where(answer == label, shares, np.nan)
            axes.imshow(image, cmap=colors, vmin=0, vmax=1, origin="lower", extent=(low, high, low, high))
            ours = label == toy.Y
            axes.plot(
                *toy.X[:, ours], MARKERS[label % 3], color=COLORS[label % 3], markersize=3.2, markeredgecolor="white",
                markeredgewidth=0.4,
            )  # fmt: skip
        along = np.linspace(low, high, answer.shape[1])
        for label in range(classes):
            lead = toy.probabilities[label] - np.delete(toy.probabilities, label, axis=0).max(axis=0)
            if lead.min() < 0 < lead.max():
                axes.contour(along, along, lead, [0], colors=INK, linewidths=0.9)
        axes.set_title(f"{name.capitalize()}: {toy.accuracy:.0%} right", fontweight="normal")
        axes.set(xticks=[], yticks=[], xlim=toy.limits, ylim=toy.limits)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    return figure


def _rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
