"""Pictures in rows and columns: all of them are tiles of one image.

A hundred pictures on a hundred axes take matplotlib seconds. On one they take milliseconds, and they share one scale.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ...support.byte_pixels import Inputs
from ...support.errors import InputError
from ...support.picture_format import Shape, square
from .names import width
from .style import DIVERGING, FAINT, INK, SMALL_FONT, WIDTH

LINE = 1.25 * SMALL_FONT / 72  # inches: the height of a line of caption
KEY_WIDTH = 110  # letters in a line of the key


class Mosaic(NamedTuple):
    """The parts of what `draw_pictures` drew: a frame and a caption for each picture, which may be recolored."""

    figure: Figure
    image: AxesImage
    frames: list[Rectangle]
    captions: list[Text]


def as_pictures(X: Inputs, name: str, shape: Shape | None = None) -> np.ndarray:
    """Return the columns of `X` (D, n) as pictures (n, height, width) of this `shape`, row by row as MNIST's are.

    By default they are square. Raises InputError if D pixels do not have that shape, or `X` is empty or not a matrix;
    the message calls it `name`.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.size == 0:
        raise InputError(f"{name} must be a matrix with at least one entry, not an array of shape {X.shape}")
    shape = shape or square(len(X))
    if shape is None:
        raise InputError(f"{name}: {len(X)} inputs make no square picture; expected a square number, such as 784 = 28²")
    if math.prod(shape) != len(X):
        raise InputError(f"{name}: {len(X)} inputs make no picture of {shape[0]}×{shape[1]} pixels")
    return X.T.reshape(-1, *shape)


def draw_pictures(
    pictures: np.ndarray,
    captions: Sequence[str],
    columns: int,
    *,
    title: str,
    beside: float = 0,
    below: float | None = None,
    **appearance: Any,
) -> Mosaic:
    """Draw `pictures` (n, height, width) in rows of `columns`, each in a frame and with its caption below.

    Parameters
    ----------
    beside : float
        Inches to leave free at the sides, for a color bar.
    below : float, optional
        Lines of text that fit below each row; by default those of the longest caption, and one more.
    **appearance
        Color map and limits, for `imshow`.
    """
    count, high, wide = pictures.shape
    gap = max(1, wide // 5)
    width = columns * (wide + gap) - gap
    inches = (WIDTH - beside) / width  # of a pixel
    lines = 2 + max(caption.count("\n") for caption in captions) if below is None else below
    room = math.ceil(LINE * lines / inches)

    row, column = np.divmod(np.arange(count), columns)
    corners = np.stack([column * (wide + gap), row * (high + room)], axis=1)
    height = (row[-1] + 1) * (high + room)
    image = np.full((height, width), np.nan)  # NaN is left blank
    for picture, (x, y) in zip(pictures, corners, strict=True):
        image[y : y + high, x : x + wide] = picture

    figure = Figure(figsize=(WIDTH, height * inches + LINE * (2.5 + 1.2 * title.count("\n"))))
    axes = figure.subplots()
    axes.set_title(title)
    axes.set_anchor("NW")  # few pictures leave room on the right for the title
    axes.set_axis_off()
    drawn = Mosaic(figure, axes.imshow(image, **appearance), [], [])
    for caption, (x, y) in zip(captions, corners - 0.5, strict=True):  # imshow centers a pixel on its whole numbers
        frame = Rectangle((x, y), wide, high, fill=False, edgecolor=FAINT, linewidth=0.8, clip_on=False)
        axes.add_patch(frame)
        drawn.frames.append(frame)
        below_frame = x + wide / 2, y + high + LINE / 4 / inches
        drawn.captions.append(axes.text(*below_frame, caption, fontsize=SMALL_FONT, ha="center", va="top"))
    return drawn


def draw_over(mosaic: Mosaic, frames: Sequence[Rectangle], pictures: np.ndarray, limits: Sequence[float]) -> None:
    """Draw `pictures` (n, height, width) into `frames` of a mosaic: red above zero, blue below, up to `limits`."""
    axes = mosaic.image.axes
    view = axes.get_xlim(), axes.get_ylim()
    for frame, picture, limit in zip(frames, pictures, limits, strict=True):
        left, right, bottom, top = _edges(frame)
        axes.imshow(picture, cmap=DIVERGING, vmin=-limit, vmax=limit, extent=(left, right, bottom, top))
    axes.set(xlim=view[0], ylim=view[1])


def name_rows(mosaic: Mosaic, frames: Sequence[Rectangle], units: np.ndarray) -> None:
    """Write the number of a hidden unit to the left of each of `frames`."""
    for unit, frame in zip(units, frames, strict=True):
        left, right, bottom, top = _edges(frame)
        place = left - (right - left) / 8, (bottom + top) / 2
        mosaic.image.axes.text(*place, f"unit {unit}", ha="right", va="center", fontsize=SMALL_FONT)


def _edges(frame: Rectangle) -> tuple[float, float, float, float]:
    """Return the left, right, lower and upper edge of a frame; y grows downwards."""
    x, y = frame.get_xy()
    return x, x + frame.get_width(), y + frame.get_height(), y


def add_key(figure: Figure, names: Sequence[str] | None) -> Figure:
    """Write a key below a figure, whose captions have the numbers of classes: the names of these classes, if any."""
    if names:
        lines = [""]
        for number, name in enumerate(names):
            longer = f"{lines[-1]}   {number} {name}".strip()
            if width(longer) <= KEY_WIDTH:
                lines[-1] = longer
            else:
                lines.append(f"{number} {name}")
        figure.set_figheight(figure.get_figheight() + LINE * len(lines))
        figure.supxlabel("\n".join(lines), fontsize=SMALL_FONT, color=INK)
    return figure
