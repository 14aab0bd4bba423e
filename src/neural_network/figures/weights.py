"""The weights of the hidden layer, looked at as pictures."""

import math

import numpy as np
from matplotlib.figure import Figure

from .pictures import as_squares, draw_pictures
from .style import DIVERGING, SMALL, house_style

MOST = 64  # units in one figure


@house_style()
def hidden_weights(W1: np.ndarray) -> Figure:
    """Draw the weights `W1` (H, D) of each hidden unit as a square picture: the ink it looks for, and the ink it shuns.

    All units share one scale, symmetric about zero. Of more than 64 units, those with the largest norm are drawn.

    Raises
    ------
    InputError
        D is not a square number.
    """
    pictures = as_squares(np.transpose(W1), "W1")
    units = len(pictures)
    strongest = np.argsort(-np.linalg.norm(W1, axis=1), kind="stable")
    shown = np.sort(strongest[:MOST])
    limit = np.abs(pictures[shown]).max() or 1
    which = f"the {MOST} of {units} hidden units with the largest norm" if units > MOST else "the hidden units"

    figure, image, _, _ = draw_pictures(
        pictures[shown],
        [f"unit {unit}" for unit in shown],
        _columns(len(shown)),
        title=f"Weights of {which}",
        beside=0.9,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    scale = image.axes.inset_axes((1.05, 0.25, 0.02, 0.6))
    figure.colorbar(image, cax=scale).outline.set_visible(False)
    scale.set_title("ink\nexcites", fontsize=SMALL, weight="normal", loc="center")
    scale.set_xlabel("ink\nsilences", fontsize=SMALL)
    return figure


def _columns(units: int) -> int:
    """Return in how many columns, 5 to 8, up to 64 units leave the fewest places empty and are not taller than wide."""
    return min(range(max(5, math.ceil(math.sqrt(units))), 9), key=lambda columns: -units % columns)
