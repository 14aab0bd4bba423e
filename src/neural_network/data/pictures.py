"""Data as pictures: one sub-folder a class, named after it, with PNG or JPEG files.

Pictures of 28×28 pixels are taken as they are; others are brought to that format as `predict` does it. Where there
are sub-folders `train` and `test`, each of them holds such sub-folders.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from .classes import by_number
from .dataset import DIGITS, SIDE, Dataset, Samples, interleave, make_samples
from .find_ink import NoDigitError
from .images import read_image
from .preprocess import fit_picture

SUFFIXES = {".png", ".jpg", ".jpeg"}


def holds_pictures(folder: Path) -> bool:
    """Return whether `folder` has a sub-folder with pictures, or a folder `train` that has one."""
    return bool(_list_classes(_train_folder(folder)))


def read_pictures(folder: Path) -> Dataset:
    """Read a folder of pictures.

    If all sub-folders with pictures are named by single digits, they are those labels; else they are numbered in the
    order of their names, 3 before 12. The classes take turns in the order of the samples, so that the first N, held
    out for validation, are some of every class.

    Raises
    ------
    InputError
        A picture is damaged or shows no digit where digits are the classes, or `test` has a class that `train` lacks.
    """
    files = _list_classes(_train_folder(folder))
    test_files = _list_classes(folder / "test")
    digits = all(name in DIGITS for name in (*files, *test_files))
    classes = DIGITS if digits else tuple(files)
    unknown = [name for name in test_files if name not in classes]
    if unknown:
        raise InputError(f"{folder / 'test' / unknown[0]}: there is no such class in {_train_folder(folder)}")
    test = _read_classes(test_files, classes) if test_files else None
    return Dataset(folder.name, str(folder), _read_classes(files, classes), test, classes)


def _train_folder(folder: Path) -> Path:
    return folder / "train" if (folder / "train").is_dir() else folder


def _list_classes(folder: Path) -> dict[str, list[Path]]:
    """Return the picture files in each sub-folder that has some, both in the order of their names.

    What is hidden does not count, nor what a Mac leaves beside the files it packs: "._a.png" and "__MACOSX".
    """
    if not folder.is_dir():
        return {}
    files = {
        each.name: sorted(file for file in each.iterdir() if file.suffix.lower() in SUFFIXES and not _is_hidden(file))
        for each in sorted(folder.iterdir(), key=lambda each: by_number(each.name))
        if each.is_dir() and not _is_hidden(each)
    }
    return {name: group for name, group in files.items() if group}


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name == "__MACOSX"


def _read_classes(files: dict[str, list[Path]], classes: tuple[str, ...]) -> Samples:
    turns = interleave([len(group) for group in files.values()])
    pixels = np.empty((len(turns), SIDE, SIDE), np.uint8)
    for turn, group in enumerate(files.values()):
        for place, path in zip(np.flatnonzero(turns == turn), group, strict=True):
            pixels[place] = _read_picture(path, classes)
    labels = np.array([classes.index(name) for name in files])
    return make_samples(pixels, labels[turns])


def _read_picture(path: Path, classes: tuple[str, ...]) -> NDArray[np.uint8]:
    image = read_image(path)
    if image.shape == (SIDE, SIDE):
        return image
    try:
        return fit_picture(image, classes).image
    except NoDigitError as error:
        raise InputError(f"{path}: {error}") from error
