"""All data sets by name: `load("auto")`, and the other values that --data takes.

    auto                           MNIST wherever it is found, else the built-in digits
    mnist, fashion-mnist, kmnist   the files on this disk, else in the cache, else a download
    synthetic                      the built-in digits
    FOLDER or FILE                 your own data (see folders.py)
    transposed:ONE                 the same images with rows and columns exchanged, as EMNIST needs it
    deskewed:ONE                   the same images, sheared upright and centered
    ONE+ANOTHER                    a mixture of any of these

data/README.md says in which places each is searched for.
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..support.errors import InputError, WorkError
from ..support.picture_format import PictureFormat
from ..support.suggestion import did_you_mean, most_like
from . import folders
from .builtin import ABOUT, load_digits
from .dataset import DIGITS, Dataset
from .download import DownloadError, cache_folder, download
from .image_changes import CHANGES, change_images
from .mixture import mix
from .sources import SOURCES, TEST, TRAIN, Source


class Entry(NamedTuple):
    """A line of `mnist-nn data list`.

    `train` and `test` are the numbers of samples that were published; the files are not read to count them.
    `place` is where it is found on this machine, None if nowhere, "not found: ..." if MNIST_NN_DATA is wrong.
    """

    name: str
    about: str
    train: int
    test: int
    place: str | None


def load(spec: str = "auto", form: PictureFormat | None = None) -> Dataset:
    """Return the data set of this name or path, or the mixture of several joined by +.

    Pictures become inputs of the format `form`, such as that of a model, or else of one that is chosen for them.

    Raises
    ------
    InputError
        An unknown name that is like a known one, or data that cannot be read.
    FileNotFoundError
        No such name, file or folder, or a file is missing.
    WorkError
        It must be downloaded, and cannot be.
    """
    return _find_loader(spec, form)()


def _find_loader(spec: str, form: PictureFormat | None, transposed: bool = False) -> Callable[[], Dataset]:
    """Return the function that loads the data set; all names in a mixture are checked before the first part is read."""
    if spec == "auto":
        return partial(_load_auto, form)
    if spec == "synthetic":
        return load_digits
    if spec in SOURCES:
        return partial(_load_source, SOURCES[spec], form)
    if spec and (path := Path(spec).expanduser()).exists():
        return partial(_load_path, path, form, transposed)
    if "+" in spec:
        parts = [part.strip() for part in spec.split("+")]
        if not all(parts):
            raise InputError(f"{spec!r}: a part beside + is empty; expected a mixture such as mnist+synthetic")
        loaders = [_find_loader(part, form) for part in parts]
        return lambda: mix([load() for load in loaders])
    change, colon, rest = spec.partition(":")
    if colon and change in CHANGES and not rest.strip():
        raise InputError(f"{spec!r} names no data set after the colon; expected one, such as {change}:mnist")
    if colon and change in CHANGES:
        load_as_it_is = _find_loader(rest.strip(), form, transposed=transposed or change == "transposed")
        return lambda: change_images(load_as_it_is(), change)
    if (
        near := most_like(change.lower(), CHANGES)
        if colon
        else most_like(spec.lower(), ["auto", "synthetic", *SOURCES])
    ):
        near += colon + rest
        raise InputError(f"unknown data set {spec!r}{did_you_mean(near)}")
    raise FileNotFoundError(f"{spec!r}: no such file or folder, and not one of: auto, synthetic, {', '.join(SOURCES)}")


def _load_path(path: Path, form: PictureFormat | None, transposed: bool) -> Dataset:
    """Read a file or folder; a note says that EMNIST's images are transposed, unless they will be transposed back."""
    dataset = folders.read(path, form)
    if transposed or "emnist" not in f"{dataset.name} {Path(dataset.source).name}".lower():
        return dataset
    hint = f"the images of EMNIST are transposed, unlike those of MNIST: to read upright digits, use transposed:{path}"
    return replace(dataset, note="; ".join(filter(None, [dataset.note, hint])))


def absolute(spec: str) -> str:
    """Return `spec` with absolute paths, so that it names the same data in any folder."""
    if spec in ("auto", "synthetic", *SOURCES):
        return spec
    if (path := Path(spec).expanduser()).exists():
        return str(path.resolve())
    if "+" in spec:
        return "+".join(absolute(part.strip()) for part in spec.split("+"))
    prefix, colon, rest = spec.partition(":")
    return f"{prefix}:{absolute(rest)}" if colon else spec


def found_by(spec: str, dataset: Dataset) -> str:
    """Return `spec`, or what `auto` has found, by a name: it may find other data next time."""
    if spec != "auto":
        return spec
    return dataset.name if dataset.classes == DIGITS else dataset.source


def available() -> list[Entry]:
    """Return the data sets that have names, and where each is found."""
    entries = [Entry("synthetic", ABOUT, TRAIN, TEST, "built in")]
    for name in SOURCES:
        entries.append(Entry(name, SOURCES[name].about, TRAIN, TEST, _place(SOURCES[name])))
    return entries


def _place(source: Source) -> str | None:
    try:
        place = _find(source) or (_cache_of(source) if _is_cached(source) else None)
    except FileNotFoundError as error:
        return f"not found: {error}"
    return str(place) if place else None


def fetch(name: str) -> Path:
    """Download the data set of this name into the cache unless it is there already, and return its folder there.

    Raises
    ------
    InputError
        No data set of this name can be downloaded.
    WorkError
        No mirror works, or the cache cannot be written.
    """
    source = SOURCES[name]
    download(source, _cache_of(source))
    return _cache_of(source)


def _cache_of(source: Source) -> Path:
    return cache_folder() / source.name


def _load_auto(form: PictureFormat | None) -> Dataset:
    try:
        return _load_source(SOURCES["mnist"], form)
    except WorkError as error:
        digits = load_digits()
        why = error.reason if isinstance(error, DownloadError) else error
        note = f"{digits.note}, which could not be downloaded ({why}); see data/README.md"
        return replace(digits, note=note)


def _load_source(source: Source, form: PictureFormat | None) -> Dataset:
    place = _find(source)
    dataset = folders.read(place, form) if place else _load_cached(source)
    if dataset.classes not in (DIGITS, source.classes):
        return dataset  # other data: MNIST_NN_DATA may name any folder
    return replace(dataset, name=source.name, classes=source.classes)


def _load_cached(source: Source) -> Dataset:
    """Read the download of `source`; files that are missing or damaged are downloaded first."""
    if _is_cached(source):
        with contextlib.suppress(InputError):
            return folders.read(_cache_of(source))
    return folders.read(fetch(source.name))


def _find(source: Source) -> Path | None:
    """Return where the user has put `source`: for MNIST $MNIST_NN_DATA, else its home in the current folder."""
    variable = os.environ.get("MNIST_NN_DATA")
    if variable and source.name == "mnist":
        if not (path := Path(variable).expanduser()).exists():
            raise FileNotFoundError(f"MNIST_NN_DATA is set to {variable}: no such file or folder")
        return path
    home = Path(source.home)
    return home if folders.holds_files(home) else None


def _is_cached(source: Source) -> bool:
    return all((_cache_of(source) / name).exists() for name in source.digests)
