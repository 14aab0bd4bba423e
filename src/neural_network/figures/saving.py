"""Saving figures: as PNG, each file whole or not there at all, the same bytes for the same run."""

import os
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from ..files import atomic_write
from .style import house_style

DPI = 200  # 1440 pixels for a figure as wide as a page: sharp in print and on any screen


@house_style()
def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write `figure` to the PNG file `path`, and return it. Raises WorkError where it cannot be written."""
    with atomic_write(path) as file:
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})  # which would name a version
    return Path(path)


def save_figures(figures: Mapping[str, Figure], folder: str | os.PathLike[str]) -> list[Path]:
    """Write each figure to `folder`/name.png and return the paths, in the order of `figures`; see `save_figure`."""
    return [save_figure(figure, Path(folder) / f"{name}.png") for name, figure in figures.items()]
