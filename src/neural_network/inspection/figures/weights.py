"""The weights of the hidden layer, looked at as pictures."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...support.errors import InputError
from .pictures import Mosaic, as_squares, draw_pictures, name_rows
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

    mosaic = draw_pictures(
        pictures[shown],
        [f"unit {unit}" for unit in shown],
        _columns(len(shown)),
        title=f"Weights of {which}",
        beside=1.1,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    _draw_scale(mosaic)
    return mosaic.figure


@house_style()
def weights_over_time(W1: np.ndarray, steps: Sequence[int]) -> Figure:
    """Draw hidden units as they learnt: a row for each of up to eight units, a column for each of up to seven moments.

    Parameters
    ----------
    W1 : array (moments, H, D)
        The weights of the hidden layer at each moment. The units with the longest weights in the end are drawn.
    steps : list of int
        After how many steps that was. The moments drawn are spread over the list, with the first and the last.

    Raises
    ------
    InputError
        D is not a square number, or there are no moments.
    """
    if not len(steps):
        raise InputError("there are no snapshots of the weights")
    moments = np.unique(np.linspace(0, len(steps) - 1, 7).round().astype(int))
    units = np.sort(np.argsort(-np.linalg.norm(W1[-1], axis=1), kind="stable")[:8])
    shown = W1[moments][:, units].swapaxes(0, 1)  # (units, moments, D)
    limit = np.abs(shown).max() or 1
    last = len(units) - 1
    captions = [f"step {steps[k]:,}" if row == last else "" for row in range(len(units)) for k in moments]
    mosaic = draw_pictures(
        as_squares(shown.reshape(-1, shown.shape[-1]).T, "W1"),
        captions,
        len(moments),
        title="Weights of hidden units over the course of training",
        beside=1.5,
        below=0.6,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    name_rows(mosaic, mosaic.frames[:: len(moments)], units)
    _draw_scale(mosaic)
    return mosaic.figure


def _draw_scale(mosaic: Mosaic) -> None:
    scale = mosaic.image.axes.inset_axes((1.05, 0.25, 0.02, 0.6))
    mosaic.figure.colorbar(mosaic.image, cax=scale).outline.set_visible(False)
    scale.set_title("ink\nexcites", fontsize=SMALL, weight="normal", loc="center")
    scale.set_xlabel("ink\nsilences", fontsize=SMALL)


def _columns(units: int) -> int:
    """Return in how many columns, 5 to 8, up to 64 units leave the fewest places empty and are not taller than wide."""
    return min(range(max(5, math.ceil(math.sqrt(units))), 9), key=lambda columns: -units % columns)
