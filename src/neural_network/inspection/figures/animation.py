"""The hidden weights as an animation: how they turn from noise into strokes."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from ...runs.snapshots import Snapshots
from ...support.atomic_files import atomic_write
from ...support.errors import InputError
from ...support.picture_format import Shape
from ...training.history import History
from .pictures import as_pictures, draw_pictures
from .style import DIVERGING, INK, WIDTH, house_style
from .weights import largest_units, which_units

MAX_UNITS, COLUMNS = 10, 5
DPI = 90
SECOND = 1000  # milliseconds
COLORS, GREYS = 31, 8  # in the palette of the file: an odd number of reds and blues, so that one is white; and for text


def save_animation(
    snapshots: Snapshots, history: History, path: str | os.PathLike[str], shape: Shape | None = None
) -> Path:
    """Write the hidden weights at each of the `snapshots` as a GIF to `path`, and return it.

    The units whose weights have the largest norm at the end are shown, ten at most, on the scale of the last picture.
    The animation takes six seconds, rests on the last picture, and begins again.

    Raises InputError if there are no snapshots or the inputs do not have that `shape`, and WorkError if the file cannot
    be written.
    """
    if not len(snapshots):
        raise InputError("there are no snapshots to animate: train the run again, with this version or fewer units")
    frames = _with_palette(animation_frames(snapshots, history, shape))
    pause = max(40, 6 * SECOND // len(frames))
    with atomic_write(path) as file:
        frames[0].save(
            file,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=[pause] * (len(frames) - 1) + [3 * SECOND],
            loop=0,
        )
    return Path(path)


@house_style()
def animation_frames(snapshots: Snapshots, history: History, shape: Shape | None = None) -> list[np.ndarray]:
    """Return the frames of the animation as uint8 arrays (height, width, 3)."""
    W1 = snapshots.stacked("W1")
    units = largest_units(W1[-1], MAX_UNITS)
    limit = np.abs(W1[-1, units]).max() or 1
    columns = min(COLUMNS, len(units))
    which = which_units(len(units), W1.shape[1])
    mosaic = draw_pictures(
        as_pictures(W1[0, units].T, "W1", shape),
        [f"unit {unit}" for unit in units],
        columns,
        title=frame_title(which, snapshots.steps[0], history),
        beside=WIDTH * (1 - columns / COLUMNS),
        below=1.3,
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
    )
    canvas = FigureCanvasAgg(mosaic.figure)
    mosaic.figure.set_dpi(DPI)
    pixels = np.array(mosaic.image.get_array().filled(np.nan), np.float64)  # type: ignore[union-attr]
    frames = []
    for step, weights in zip(snapshots.steps, W1[:, units], strict=True):
        for frame, picture in zip(mosaic.frames, as_pictures(weights.T, "W1", shape), strict=True):
            x, y = (round(place + 0.5) for place in frame.get_xy())
            pixels[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        mosaic.image.set_data(pixels)
        mosaic.image.axes.set_title(frame_title(which, step, history))
        canvas.draw()  # type: ignore[no-untyped-call]
        frames.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())  # type: ignore[no-untyped-call]
    return frames


def frame_title(which: str, step: int, history: History) -> str:
    """Return the title of the frame after a step: the last epoch that had ended by then, and its accuracy.

    The accuracy is that of the validation samples, measured at the end of the epoch; without them, it is the mean over
    the epoch on the training samples.
    """
    if step == 0:
        return f"Weights of {which}\nbefore the first step"
    last = max((int(row["step"]) for row in history.rows), default=step)
    title = f"Weights of {which}\n" + (
        f"after {step:,} of {last:,} steps" if step < last else f"at the end, {step:,} steps"
    )
    ended = [row for row in history.rows if row["step"] <= step]
    if not ended:
        return f"{title}, in the first epoch"
    part, column = (
        ("validation", "validation_accuracy") if "validation_accuracy" in ended[-1] else ("training", "accuracy")
    )
    return f"{title}; epoch {int(ended[-1]['epoch']):,}: {part} accuracy {ended[-1][column]:.1%}"


def _with_palette(frames: list[np.ndarray]) -> list[Any]:
    """Return the frames as pictures with one palette: the color map, and shades of the ink of the text."""
    from PIL import Image

    colors = colormaps[DIVERGING](np.linspace(0, 1, COLORS))[:, :3]
    ink = np.linspace(to_rgb(INK), (1, 1, 1), GREYS)
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.rint(255 * np.concatenate([colors, ink])).astype(np.uint8).tobytes())
    return [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
