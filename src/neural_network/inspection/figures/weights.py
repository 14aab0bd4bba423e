"""The weights of the hidden layer as pictures."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...support.errors import InputError
from ...support.picture_format import Shape
from .pictures import Mosaic, as_pictures, draw_pictures, name_rows
from .style import DIVERGING, SMALL_FONT, house_style

MAX_UNITS = 64
ROWS, COLUMNS = 8, 7  # units and snapshots of `weights_over_time`


def largest_units(W1: np.ndarray, count: int) -> np.ndarray:
    """Return the indices, ascending, of up to `count` units whose weights in `W1` (H, D) have the largest norm."""
    return np.sort(np.argsort(-np.linalg.norm(W1, axis=1), kind="stable")[:count])


def which_units(shown: int, units: int) -> str:
    """Return the words for a title that say which of the hidden units are shown."""
    return f"the {shown} of {units} hidden units with the largest norm" if shown < units else "all hidden units"


@house_style()
def hidden_weights(W1: np.ndarray, shape: Shape | None = None) -> Figure:
    """Draw the weights `W1` (H, D) of each hidden unit as a picture.

    All units share one scale, symmetric about zero. Of more than 64 units, those with the largest norm are drawn.

    Raises InputError if D pixels do not have that shape.
    """
    pictures = as_pictures(np.transpose(W1), "W1", shape)
    shown = largest_units(W1, MAX_UNITS)
    limit = np.abs(pictures[shown]).max() or 1
    mosaic = draw_pictures(
        pictures[shown],
        [f"unit {unit}" for unit in shown],
        _columns(len(shown)),
        title=f"Weights of {which_units(len(shown), len(W1))}",
        beside=1.1,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    _draw_scale(mosaic)
    return mosaic.figure


@house_style()
def weights_over_time(W1: np.ndarray, steps: Sequence[int], shape: Shape | None = None) -> Figure:
    """Draw the weights of hidden units during training: a row for each of up to eight units, up to seven snapshots.

    Parameters
    ----------
    W1 : array (snapshots, H, D)
        The weights of the hidden layer at each snapshot. The units with the largest norm in the last one are drawn.
    steps : list of int
        The number of steps before each snapshot. Those drawn are spread over the list, with the first and the last.

    Raises
    ------
    InputError
        D pixels do not have that shape, or there are no snapshots.
    """
    if not len(steps):
        raise InputError("there are no snapshots of the weights")
    chosen = np.unique(np.linspace(0, len(steps) - 1, COLUMNS).round().astype(int))
    units = largest_units(W1[-1], ROWS)
    shown = W1[chosen][:, units].swapaxes(0, 1)  # (units, snapshots, D)
    limit = np.abs(shown).max() or 1
    last = len(units) - 1
    captions = [f"step {steps[k]:,}" if row == last else "" for row in range(len(units)) for k in chosen]
    snapshots = f"{len(chosen)} of {len(steps)} snapshots" if len(chosen) < len(steps) else "all snapshots"
    mosaic = draw_pictures(
        as_pictures(shown.reshape(-1, shown.shape[-1]).T, "W1", shape),
        captions,
        len(chosen),
        title=f"Weights during training: {which_units(len(units), W1.shape[1])},\n{snapshots}",
        beside=1.5,
        below=0.6,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    name_rows(mosaic, mosaic.frames[:: len(chosen)], units)
    _draw_scale(mosaic)
    return mosaic.figure


def _draw_scale(mosaic: Mosaic) -> None:
    scale = mosaic.image.axes.inset_axes((1.05, 0.25, 0.02, 0.6))
    mosaic.figure.colorbar(mosaic.image, cax=scale).outline.set_visible(False)
    scale.set_title("ink\nraises Z1", fontsize=SMALL_FONT, weight="normal", loc="center")
    scale.set_xlabel("ink\nlowers Z1", fontsize=SMALL_FONT)


def _columns(units: int) -> int:
    """Return the number of columns, 5 to 8, that leaves the fewest places empty; 64 units are not taller than wide."""
    return min(range(max(5, math.ceil(math.sqrt(units))), 9), key=lambda columns: -units % columns)
