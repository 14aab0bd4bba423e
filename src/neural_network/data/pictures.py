"""Data as pictures: one sub-folder a class, named after it, with PNG or JPEG files.

Pictures of 28×28 pixels are taken as they are; others are brought to that format as `predict` does it. Where there
are sub-folders `train` and `test`, or `training` and `testing`, each of them holds such sub-folders.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from .classes import by_number, normalize_name
from .dataset import DIGITS, SIDE, Dataset, Samples, interleave, make_samples
from .find_ink import NoDigitError
from .images import read_image
from .preprocess import fit_picture

SUFFIXES = {".png", ".jpg", ".jpeg"}


def holds_pictures(folder: Path) -> bool:
    """Return whether `folder` has a sub-folder with pictures, or a folder for training that has one."""
    return bool(_list_classes(_find_split(folder, "train") or folder))


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
    train, test_folder = _find_split(folder, "train") or folder, _find_split(folder, "test")
    files = _list_classes(train)
    test_files = _list_classes(test_folder) if test_folder else {}
    digits = all(name in DIGITS for name in (*files, *test_files))
    classes = DIGITS if digits else tuple(files)
    unknown = [name for name in test_files if name not in classes]
    if unknown:
        raise InputError(f"{test_folder}: has the class {unknown[0]}, which {train} does not have")
    test = _read_classes(test_files, classes) if test_files else None
    return Dataset(folder.name, str(folder), _read_classes(files, classes), test, classes)


def _find_split(folder: Path, split: str) -> Path | None:
    """Return the sub-folder for "train" or "test", which people also call training or Test, None if there is none."""
    names = (split, f"{split}ing")
    return next((each for each in sorted(folder.iterdir()) if each.name.lower() in names and each.is_dir()), None)


def _list_classes(folder: Path) -> dict[str, list[Path]]:
    """Return the picture files in each sub-folder that has some, both in the order of their names.

    What is hidden does not count, nor what a Mac leaves beside the files it packs: "._a.png" and "__MACOSX".
    """
    files: dict[str, list[Path]] = {}
    for each in sorted(folder.iterdir(), key=lambda each: by_number(each.name)):
        if each.is_dir() and not _is_hidden(each):
            group = [file for file in each.iterdir() if file.suffix.lower() in SUFFIXES and not _is_hidden(file)]
            files.setdefault(normalize_name(each.name), []).extend(sorted(group))
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
