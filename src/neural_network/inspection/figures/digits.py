"""Pictures of digits: samples of a data set, augmented copies, and the steps that normalize a drawing."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...data.augment import Augmentation
from ...support.byte_pixels import Inputs
from ...support.errors import InputError
from ...support.picture_format import Shape
from .names import drawable
from .pictures import as_pictures, draw_pictures
from .style import FAINT, WIDTH, house_style

COLUMNS = 10
VARIANTS = 16


@house_style()
def contact_sheet(
    X: Inputs, Y: np.ndarray, classes: Sequence[str], *, rows: int = 3, shape: Shape | None = None
) -> Figure:
    """Draw the first images of `X` (D, m), each class in turn: `rows` rows of ten, with the names of their labels."""
    turns = [np.flatnonzero(label == Y) for label in range(len(classes))]
    places = [turn[i] for i in range(max(map(len, turns))) for turn in turns if i < len(turn)][: rows * COLUMNS]
    captions = [drawable(classes[Y[place]], 12) for place in places]
    pictures = as_pictures(X[:, places], "X", shape)
    title = f"{len(places)} of {X.shape[1]:,} images"
    return draw_pictures(pictures, captions, COLUMNS, title=title, cmap="gray_r", vmin=0, vmax=1).figure


@house_style()
def deformations(
    x: np.ndarray, augmentation: Augmentation, *, seed: int = 0, shape: Shape | None = None, deskew: bool = False
) -> Figure:
    """Draw an image `x` (D,) and its augmented copies of the first sixteen epochs, deskewed if `deskew`."""
    epochs = [
        augmentation.apply(x[:, None], seed, epoch, np.array([0]), shape, deskew=deskew)
        for epoch in range(1, VARIANTS + 1)
    ]
    pictures = as_pictures(np.concatenate([x[:, None], *epochs], axis=1), "x", shape)
    captions = ["original", *(f"epoch {epoch}" for epoch in range(1, VARIANTS + 1))]
    return draw_pictures(pictures, captions, 6, title="One image, deformed", cmap="gray_r", vmin=0, vmax=1).figure


@house_style()
def normalization_steps(steps: Sequence[tuple[str, np.ndarray]], original: np.ndarray | None = None) -> Figure:
    """Draw the pictures (height, width), with values 0 to 1, that the steps of `normalize` made.

    Parameters
    ----------
    steps : list of (str, array)
        From `normalize`, or from the NoDigitError it raised.
    original : uint8 array (height, width), optional
        The picture before these steps, drawn first, as number 0.

    Raises
    ------
    InputError
        There is no picture to draw.
    """
    pictures = [*enumerate(steps, start=1)]
    if original is not None:
        pictures.insert(0, (0, ("original", original / 255)))
    if not pictures:
        raise InputError("steps is empty and there is no original: there is nothing to draw")
    columns = min(len(pictures), 5)
    rows = -(-len(pictures) // columns)
    figure = Figure(figsize=(WIDTH, WIDTH / columns * 1.2 * rows))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid[len(pictures) :]:
        axes.set_axis_off()
    for axes, (number, (name, picture)) in zip(grid, pictures, strict=False):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[], anchor="N")  # at the top of their cells: level titles
        axes.spines[:].set(visible=True, color=FAINT)  # a frame around white pictures
        axes.set_title(f"{number}. {name.replace('_', ' ')}", fontweight="normal")
    return figure
