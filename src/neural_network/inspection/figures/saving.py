"""Saving figures: whole files only, the same bytes for the same run, and no other file overwritten."""

import contextlib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from ...support.atomic_files import atomic_write
from ...support.errors import InputError
from .catalog import QUICK, draw_figures
from .run import RunData
from .style import house_style

DPI = 200  # 1440 pixels for a figure as wide as a page: sharp in print and on any screen


class Format(NamedTuple):
    """How a file of this format begins, and the metadata to leave out: versions and dates."""

    beginnings: tuple[bytes, ...]
    metadata: dict[str, None] | None = None


JPEG = Format((b"\xff\xd8\xff",))
FORMATS = {
    ".png": Format((b"\x89PNG\r\n",), {"Software": None}),
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".pdf": Format((b"%PDF-",), {"CreationDate": None}),
    ".svg": Format((b"<?xml", b"<svg"), {"Date": None}),
}


def check_picture(path: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Raise InputError if a figure may not be saved as `path`: its name must end in one of FORMATS.

    Only a picture of the same format is replaced, and none of the `inputs`, the files and folders that the figure is
    made from.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: a picture's name must end in one of {', '.join(FORMATS)}")
    if not path.exists():
        return
    place = path.resolve()
    if any(place.is_relative_to(Path(source).resolve()) for source in inputs):
        raise InputError(f"{path} is an input of the picture; choose another name")
    if not path.is_file() or not _begins_as_picture(path):
        raise InputError(f"{path} exists and is not a {path.suffix[1:].upper()} picture; choose another name")


def _begins_as_picture(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16).startswith(FORMATS[path.suffix.lower()].beginnings)


@house_style()
def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write `figure` to `path`, in the format that its name ends in, and return it.

    Raises InputError if the figure cannot have this name (see `check_picture`), and WorkError if the file cannot be
    written.
    """
    path = Path(path)
    check_picture(path)
    suffix = path.suffix.lower()
    with atomic_write(path) as file, no_glyph_warnings():
        figure.savefig(file, format=suffix[1:], dpi=DPI, metadata=FORMATS[suffix].metadata)
    return path


@contextlib.contextmanager
def no_glyph_warnings() -> Iterator[None]:
    """Draw a box for a letter that no font has, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def save_figures(figures: Mapping[str, Figure], folder: str | os.PathLike[str]) -> list[Path]:
    """Write each figure to `folder`/name.png and return the paths, in the order of `figures`; see `save_figure`."""
    return [save_figure(figure, Path(folder) / f"{name}.png") for name, figure in figures.items()]


def save_run_figures(run: RunData, folder: Path) -> list[Path]:
    """Draw the figures that take no time into `folder`/figures and return their paths."""
    drawn = {name: figure for name, figure in draw_figures(run, QUICK) if not isinstance(figure, InputError)}
    return save_figures(drawn, folder / "figures")
