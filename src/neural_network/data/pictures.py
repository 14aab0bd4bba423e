"""Data as pictures: a folder with a sub-folder for each class, named after it, that holds its pictures.

Every picture becomes an input as `predict` makes one of it (see preprocess.py). What cannot be read, or shows no digit
where the classes are digits, is left out, counted and named. Where there are sub-folders `train` and `test`, or
`training` and `testing`, each of them holds such sub-folders.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.picture_format import PictureFormat
from ..support.progress import Progress
from .arrays import to_samples
from .classes import by_number, normalize_name
from .dataset import DIGITS, Dataset, Samples, interleave
from .images import SUFFIXES
from .many_pictures import LeftOut, fit_pictures
from .preprocess import choose_format, read_picture

LOOK = 50  # pictures by which a format is chosen
CLUTTER = {"thumbs.db", "desktop.ini", "__macosx"}  # what systems leave beside pictures; hidden files are too

Group = dict[str, list[Path]]  # the files of each class


def holds_pictures(folder: Path) -> bool:
    """Return whether `folder` has a sub-folder with pictures, or a folder for training that has one."""
    return bool(_list_classes(_find_split(folder, "train") or folder))


def read_pictures(folder: Path, form: PictureFormat | None = None) -> Dataset:
    """Read a folder of pictures as inputs of a format, by default one that is chosen for these pictures.

    If all sub-folders with pictures are named by single digits, they are those labels; else they are numbered in the
    order of their names, 3 before 12. The classes take turns in the order of the samples, so that the first N, held
    out for validation, are some of every class. The note of the data set counts the files that are left out.

    Raises
    ------
    InputError
        No picture can be read, or `test` has a class that `train` lacks.
    """
    train, test_folder = _find_split(folder, "train") or folder, _find_split(folder, "test")
    files = _list_classes(train)
    test_files = _list_classes(test_folder) if test_folder else {}
    digits = all(name in DIGITS for name in (*files, *test_files))
    classes = DIGITS if digits else tuple(files)
    unknown = [name for name in test_files if name not in classes]
    if unknown:
        raise InputError(f"{test_folder}: has the class {unknown[0]}, which {train} does not have")
    form = form or choose_format(classes, _first_pictures(files))
    left_out = LeftOut()
    total = sum(map(len, (*files.values(), *test_files.values())))
    with Progress("reading pictures", total) as bar:
        samples, test = (_read_classes(each, classes, form, left_out, bar.advance) for each in (files, test_files))
    if samples is None:
        raise InputError(f"{train}: no picture can be read; {left_out.note}")
    return Dataset(
        folder.name, str(folder), samples, test, classes, note=left_out.note, shape=form.shape, picture_format=form
    )


def _find_split(folder: Path, split: str) -> Path | None:
    """Return the sub-folder for "train" or "test", which people also call training or Test, None if there is none."""
    names = (split, f"{split}ing")
    return next((each for each in sorted(folder.iterdir()) if each.name.lower() in names and each.is_dir()), None)


def _list_classes(folder: Path) -> Group:
    """Return the files in each sub-folder that has pictures, both in the order of their names."""
    files: Group = {}
    for each in sorted(folder.iterdir(), key=lambda each: by_number(each.name)):
        if each.is_dir() and not _is_clutter(each):
            group = [file for file in each.iterdir() if file.is_file() and not _is_clutter(file)]
            if any(file.suffix.lower() in SUFFIXES for file in group):
                files.setdefault(normalize_name(each.name), []).extend(sorted(group))
    return files


def _is_clutter(path: Path) -> bool:
    return path.name.startswith(".") or path.name.lower() in CLUTTER


def _first_pictures(files: Group) -> Iterator[NDArray[np.uint8]]:
    """Yield the first pictures of each class, as far as they can be read."""
    for group in files.values():
        for path in group[: max(1, LOOK // len(files))]:
            with suppress(InputError):
                yield read_picture(path)


def _read_classes(
    files: Group, classes: tuple[str, ...], form: PictureFormat, left_out: LeftOut, advance: Callable[[], None]
) -> Samples | None:
    """Return the samples of all classes, None where no picture can be read."""
    paths = [path for group in files.values() for path in group]
    names = [f"{path.parent.name}/{path.name}" for path in paths]
    images, kept = fit_pictures(zip(names, paths, strict=True), form, left_out, advance)
    if not len(images):
        return None
    labels = np.repeat([classes.index(name) for name in files], [len(group) for group in files.values()])[kept]
    counts = [int(np.count_nonzero(labels == classes.index(name))) for name in files]
    order = np.empty(len(labels), int)
    order[np.argsort(interleave(counts), kind="stable")] = np.arange(len(labels))  # a class's places, in its order
    return to_samples(images[order], labels[order])
