"""Hidden units one by one: the weights of each, and the pictures that activate it most."""

import numpy as np
from matplotlib.figure import Figure

from ...network import Network
from ...support.byte_pixels import Inputs
from ...support.picture_format import Shape
from ..analysis.layers import most_activating, strongest_units
from .pictures import as_pictures, draw_over, draw_pictures, name_rows
from .style import house_style

MAX_UNITS, PICTURES = 10, 8


@house_style()
def unit_responses(network: Network, X: Inputs, Y: np.ndarray, shape: Shape | None = None) -> Figure:
    """Draw the weights of each hidden unit, and the eight pictures of `X` (D, m) with the largest activation A1.

    Below the weights are the classes with its largest and its smallest weight in W2; below each picture is its label,
    of `Y` (m,). Of more than ten units, those with the largest weights are drawn.

    Raises InputError if D pixels do not have that shape.
    """
    units = strongest_units(network, MAX_UNITS)
    places = most_activating(network, X, units, PICTURES)
    weights = as_pictures(network.W1[units].T, "W1", shape)
    pictures = as_pictures(X[:, places.ravel()], "X", shape).reshape(len(units), places.shape[1], *weights.shape[1:])
    blank = np.full_like(weights, np.nan)[:, None]
    captions = []
    for unit, row in zip(units, places, strict=True):
        outgoing = network.W2[:, unit]
        captions += [f"for {outgoing.argmax()}, not {outgoing.argmin()}", *(str(Y[place]) for place in row)]
    columns = 1 + places.shape[1]
    mosaic = draw_pictures(
        np.concatenate([blank, pictures], axis=1).reshape(-1, *weights.shape[1:]),
        captions,
        columns,
        title=f"{len(units)} of {network.hidden_size} hidden units, and the pictures that activate them most",
        beside=0.6,
        below=1.6,
        cmap="gray_r",
        vmin=0,
        vmax=max(1, float(pictures.max())),
    )
    draw_over(mosaic, mosaic.frames[::columns], weights, [np.abs(weights).max() or 1] * len(units))
    name_rows(mosaic, mosaic.frames[::columns], units)
    return mosaic.figure
