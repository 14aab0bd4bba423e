"""The hidden weights as a film: how they turn from noise into the strokes they look for."""

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
from ...training.history import History
from .pictures import as_squares, draw_pictures
from .style import DIVERGING, INK, WIDTH, house_style

UNITS, COLUMNS = 10, 5
DPI = 90
SECOND = 1000  # milliseconds
COLORS, GREYS = 31, 8  # of the file: an odd number of shades of red and blue, so that one is white; and of the text


def save_animation(snapshots: Snapshots, history: History, path: str | os.PathLike[str]) -> Path:
    """Write the hidden weights at each of the `snapshots` as a GIF to `path`, and return it.

    The units with the longest weights in the end are shown, ten at most, all on one scale: that of the last picture,
    so that one sees the weights grow. It takes six seconds, rests on the last picture, and begins again.

    Raises
    ------
    InputError
        There are no snapshots, or the inputs make no square pictures.
    WorkError
        The file cannot be written.
    """
    if not len(snapshots):
        raise InputError("there are no snapshots to animate: train the run again, with this version or fewer units")
    frames = _pictures(animation_frames(snapshots, history))
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
def animation_frames(snapshots: Snapshots, history: History) -> list[np.ndarray]:
    """Return the pictures of the film as uint8 arrays (height, width, 3)."""
    W1 = snapshots.stacked("W1")
    units = np.sort(np.argsort(-np.linalg.norm(W1[-1], axis=1), kind="stable")[:UNITS])
    limit = np.abs(W1[-1, units]).max() or 1
    columns = min(COLUMNS, len(units))
    mosaic = draw_pictures(
        as_squares(W1[0, units].T, "W1"),
        [f"unit {unit}" for unit in units],
        columns,
        title=_title(0, history),
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
        for frame, picture in zip(mosaic.frames, as_squares(weights.T, "W1"), strict=True):
            x, y = (round(place + 0.5) for place in frame.get_xy())
            pixels[y : y + len(picture), x : x + len(picture)] = picture
        mosaic.image.set_data(pixels)
        mosaic.image.axes.set_title(_title(step, history))
        canvas.draw()  # type: ignore[no-untyped-call]
        frames.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())  # type: ignore[no-untyped-call]
    return frames


def _title(step: int, history: History) -> str:
    """Say after how many steps this is, and how good the network was in that epoch."""
    last = history.rows[-1]["step"] if history.rows else step
    title = f"Hidden weights after {step:,} of {int(last):,} steps"
    row = next((row for row in history.rows if row["step"] >= max(step, 1)), None)
    return f"{title}; in that epoch, {row['accuracy']:.1%} right" if row else title


def _pictures(frames: list[np.ndarray]) -> list[Any]:
    """Return the frames in one palette: shades of the color map, and of the ink of the text."""
    from PIL import Image

    shades = colormaps[DIVERGING](np.linspace(0, 1, COLORS))[:, :3]
    ink = np.linspace(to_rgb(INK), (1, 1, 1), GREYS)
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.rint(255 * np.concatenate([shades, ink])).astype(np.uint8).tobytes())
    return [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
