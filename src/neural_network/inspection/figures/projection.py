"""The hidden layer as a map: each picture is a point, and similar activations lie close together."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from ..analysis.pca import principal_components
from .pictures import LINE
from .style import CLASSES, SMALL_FONT, WIDTH, house_style

KEY = "each picture is drawn as the number of its class; the large number is the median of the class"
COLUMNS = 4  # of names


@house_style()
def hidden_projection(A1: np.ndarray, Y: np.ndarray, classes: Sequence[str] | None = None) -> Figure:
    """Draw the activations `A1` (H, m) of the hidden layer on their two principal components, with labels `Y` (m,).

    Every picture is drawn as the number of its class, with a large number at the median of the class. The key below has
    the names of the `classes` if there are any.
    """
    _, _, places, shares = principal_components(A1, 2)
    labels = np.unique(Y)
    rows = 1 + math.ceil(len(labels) / COLUMNS if classes else 0)
    figure = Figure(figsize=(WIDTH, WIDTH * 0.72 + 1.2 * LINE * rows))
    axes = figure.subplots()
    axes.set_title(f"Hidden activations of {A1.shape[1]:,} pictures: two of {len(A1)} dimensions")
    middles = _apart(np.array([np.median(places[:, label == Y], axis=1) for label in labels]), _inches(places, 0.3))
    for label, middle in zip(labels, middles, strict=True):
        color, sign = CLASSES[label % len(CLASSES)], str(label)
        x, y = places[:, label == Y]
        axes.scatter(
            x, y, s=18, marker=f"${sign}$", color=color, linewidths=0, alpha=0.8,
            label=classes[label] if classes else sign,
        )  # fmt: skip
        axes.text(
            middle[0], middle[1], sign, fontsize=18 if len(labels) <= 10 else 12, weight="bold", color=color,
            ha="center", va="center", path_effects=[withStroke(linewidth=3, foreground="white")],
        )  # fmt: skip
    axes.set_xlabel(f"first principal component, {shares[0]:.0%} of the variance")
    axes.set_ylabel(f"second, {shares[1]:.0%}")
    axes.grid(visible=False)
    axes.axis("equal")
    figure.legend(
        handles=axes.collections if classes else [], title=KEY, loc="outside lower center", ncols=COLUMNS,
        markerscale=1.6, scatteryoffsets=[0.5], fontsize=SMALL_FONT, title_fontsize=SMALL_FONT, frameon=False,
    )  # fmt: skip
    return figure


def _inches(places: np.ndarray, inches: float) -> float:
    """Return about how much in the units of `places` these inches of the figure are."""
    return inches * float(max(np.ptp(places[0]) / 6, np.ptp(places[1]) / 4))


def _apart(middles: np.ndarray, distance: float) -> np.ndarray:
    """Return `middles` (n, 2) with those pushed apart that are closer than `distance`, so that all are readable."""
    middles = middles + np.linspace(0, 1e-3 * distance, len(middles))[:, None]  # no two at the same place
    for _ in range(100):
        between = middles[:, None] - middles
        distances = np.linalg.norm(between, axis=2, keepdims=True)
        missing = np.maximum(distance - distances, 0) * (distances > 0)
        middles += (missing / 2 * between / np.maximum(distances, 1e-300)).sum(axis=1)
    return middles
