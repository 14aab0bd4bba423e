"""Saving figures: each file whole or not there at all, the same bytes for the same run, nothing else overwritten."""

import contextlib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from ...support.atomic_files import atomic_write
from ...support.errors import InputError
from .style import house_style

DPI = 200  # 1440 pixels for a figure as wide as a page: sharp in print and on any screen


class Format(NamedTuple):
    """How a file of this format begins, and what of its metadata to leave out: versions and dates."""

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
    """Check that a figure may be saved as `path`: it is new, or replaces a picture of the same format.

    Parameters
    ----------
    inputs : paths
        What the figure is made from, files and folders: neither they nor what lies in them is replaced.

    Raises
    ------
    InputError
        The name does not end in one of FORMATS, or what is there already would be lost.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: a picture's name must end in one of {', '.join(FORMATS)}")
    if not path.exists():
        return
    place = path.resolve()
    if any(place.is_relative_to(Path(source).resolve()) for source in inputs):
        raise InputError(f"{path} is what the picture is made from; choose another name")
    if not path.is_file() or not _begins_as_picture(path):
        raise InputError(f"{path} exists already and is no {path.suffix[1:].upper()} picture; choose another name")


def _begins_as_picture(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16).startswith(FORMATS[path.suffix.lower()].beginnings)


@house_style()
def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write `figure` to `path`, in the format that its name ends in, and return it.

    Raises
    ------
    InputError
        It is not the name of a picture, or of a file that is something else (see `check_picture`).
    WorkError
        The file cannot be written.
    """
    path = Path(path)
    check_picture(path)
    suffix = path.suffix.lower()
    with atomic_write(path) as file, no_glyph_warnings():
        figure.savefig(file, format=suffix[1:], dpi=DPI, metadata=FORMATS[suffix].metadata)
    return path


@contextlib.contextmanager
def no_glyph_warnings() -> Iterator[None]:
    """Draw a box for a letter that no font has, and say nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def save_figures(figures: Mapping[str, Figure], folder: str | os.PathLike[str]) -> list[Path]:
    """Write each figure to `folder`/name.png and return the paths, in the order of `figures`; see `save_figure`."""
    return [save_figure(figure, Path(folder) / f"{name}.png") for name, figure in figures.items()]
