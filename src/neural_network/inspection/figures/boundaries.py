"""What a hidden layer is for: curved boundaries between the classes of two-dimensional toy data."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure

from .style import BLUE, INK, THIRD, VERMILION, WIDTH, house_style

COLORS, MARKERS = (BLUE, VERMILION, THIRD), ("o", "s", "^")


class Regions(NamedTuple):
    """A toy data set, and the predictions of a network trained on it for a grid of points in a square."""

    X: np.ndarray  # (2, m)
    Y: np.ndarray  # (m,)
    limits: tuple[float, float]  # of the square
    probabilities: np.ndarray  # (C, side, side), row by row from the bottom
    accuracy: float


@house_style()
def decision_boundaries(toys: Mapping[str, Regions], what: str) -> Figure:
    """Draw toy data sets side by side, each over the regions of its classes: the deeper the color, the more confident.

    `what` describes the network, for the title. On the lines the two most probable classes are equally probable.
    """
    figure = Figure(figsize=(WIDTH, WIDTH / len(toys) + 0.55))
    figure.suptitle(f"Toy data, and the decision boundaries of {what}", x=0.01, ha="left", fontsize=10, weight="bold")
    for axes, (name, toy) in zip(figure.subplots(1, len(toys), squeeze=False)[0], toys.items(), strict=True):
        low, high = toy.limits
        classes = len(toy.probabilities)
        predicted, confidence = toy.probabilities.argmax(axis=0), toy.probabilities.max(axis=0)
        shares = np.clip((confidence - 1 / classes) / (1 - 1 / classes), 0, 1)
        for label in range(classes):
            colors = ListedColormap([(*to_rgb(COLORS[label % 3]), 0.08 + 0.4 * s) for s in np.linspace(0, 1, 64)])
            image = np.where(predicted == label, shares, np.nan)
            axes.imshow(image, cmap=colors, vmin=0, vmax=1, origin="lower", extent=(low, high, low, high))
            own = label == toy.Y
            axes.plot(
                *toy.X[:, own], MARKERS[label % 3], color=COLORS[label % 3], markersize=3.2, markeredgecolor="white",
                markeredgewidth=0.4,
            )  # fmt: skip
        along = np.linspace(low, high, predicted.shape[1])
        for label in range(classes):
            lead = toy.probabilities[label] - np.delete(toy.probabilities, label, axis=0).max(axis=0)
            if lead.min() < 0 < lead.max():
                axes.contour(along, along, lead, [0], colors=INK, linewidths=0.9)
        axes.set_title(f"{name.capitalize()}: {toy.accuracy:.0%} correct", fontweight="normal")
        axes.set(xticks=[], yticks=[], xlim=toy.limits, ylim=toy.limits)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    return figure
