"""The hidden layer as a map: each picture is a place, and pictures that the network takes to be alike lie together."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from ..analysis.pca import principal_components
from .style import CLASSES, WIDTH, house_style


@house_style()
def hidden_projection(A1: np.ndarray, Y: np.ndarray, classes: Sequence[str] | None = None) -> Figure:
    """Draw the answers `A1` (H, m) of the hidden layer on their two principal components, with their labels `Y` (m,).

    Every picture is drawn as the sign of its class, which stands large at the middle of the class.
    """
    _, _, places, shares = principal_components(A1, 2)
    figure = Figure(figsize=(WIDTH, WIDTH * 0.72))
    axes = figure.subplots()
    axes.set_title(f"{A1.shape[1]:,} pictures as the hidden layer sees them: two of {len(A1)} dimensions")
    for label in np.unique(Y):
        color, sign = CLASSES[label % len(CLASSES)], str(label)
        x, y = places[:, label == Y]
        axes.scatter(x, y, s=18, marker=f"${sign}$", color=color, linewidths=0, alpha=0.8, label=sign)
        name = classes[label] if classes else sign
        axes.text(
            np.median(x), np.median(y), name, fontsize=18 if len(name) < 3 else 10, weight="bold", color=color,
            ha="center", va="center", path_effects=[withStroke(linewidth=3, foreground="white")],
        )  # fmt: skip
    axes.set_xlabel(f"first principal component, {shares[0]:.0%} of the variance")
    axes.set_ylabel(f"second, {shares[1]:.0%}")
    axes.grid(visible=False)
    axes.axis("equal")
    return figure
