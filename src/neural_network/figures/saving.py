"""Saving figures: as PNG, each file whole or not there at all, the same bytes for the same run."""

import os
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from ..files import atomic_write
from .style import house_style

DPI = 200  # 1440 pixels for a figure as wide as a page: sharp in print and on any screen


@house_style()
def save_figures(figures: Mapping[str, Figure], folder: str | os.PathLike[str]) -> list[Path]:
    """Write each figure to `folder`/name.png and return the paths, in the order of `figures`.

    Raises
    ------
    WorkError
        A file cannot be written.
    """
    paths = []
    for name, figure in figures.items():
        path = Path(folder) / f"{name}.png"
        with atomic_write(path) as file:
            figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})  # which would name a version
        paths.append(path)
    return paths
