"""Writing a data set in the forms that others read, and that folders.py reads back: Kaggle's CSV, IDX, or pictures.

All three are functions of a data set and a folder, which must be new or empty, listed in FORMATS under their names.
"""

import math
import re
from collections.abc import Callable
from pathlib import Path

from ..support.errors import InputError
from .dataset import DIGITS, Dataset, Samples, to_pixels
from .folders import CSV, LABELLED_TEST_CSV, idx_names
from .idx import write_idx
from .kaggle import write_csv
from .new_directory import new_folder
from .progress import progress


def export_csv(dataset: Dataset, folder: Path) -> None:
    """Write train.csv as Kaggle does, and the test samples, with their labels, as test-labelled.csv."""
    with new_folder(folder) as temporary:
        write_csv(temporary / CSV, dataset.train)
        if dataset.test is not None:
            write_csv(temporary / LABELLED_TEST_CSV, dataset.test)


def export_idx(dataset: Dataset, folder: Path) -> None:
    """Write the four IDX files of MNIST, gzip-compressed; two where there are no test samples."""
    with new_folder(folder) as temporary:
        for split, samples in (("train", dataset.train), ("t10k", dataset.test)):
            if samples is not None:
                side = _side(samples)
                arrays = to_pixels(samples.X).reshape(-1, side, side), samples.Y.astype("uint8")
                for name, array in zip(idx_names(split), arrays, strict=True):
                    write_idx(temporary / f"{name}.gz", array)


def export_png(dataset: Dataset, folder: Path) -> None:
    """Write `folder`/train and `folder`/test, in them a sub-folder a class, in it a PNG file a sample.

    Files are numbered by their place in the data set. Classes that are not digits are named by label and name, so that
    they keep their labels when they are read again.
    """
    names = [
        name if name in DIGITS else re.sub(r"[^\w -]", "-", f"{label}-{name}")
        for label, name in enumerate(dataset.classes)
    ]
    splits = {"train": dataset.train} | ({"test": dataset.test} if dataset.test else {})
    total = sum(len(samples.Y) for samples in splits.values())
    with new_folder(folder) as temporary, progress("writing pictures", total) as advance:
        for split, samples in splits.items():
            _write_pictures(temporary / split, samples, names, advance)


def _write_pictures(folder: Path, samples: Samples, names: list[str], advance: Callable[[int], None]) -> None:
    from PIL import Image

    for name in names:
        (folder / name).mkdir(parents=True)
    side = _side(samples)
    for number, (row, label) in enumerate(zip(to_pixels(samples.X), samples.Y, strict=True)):
        Image.fromarray(row.reshape(side, side)).save(folder / names[label] / f"{number:06}.png")
        advance(1)


def _side(samples: Samples) -> int:
    side = math.isqrt(len(samples.X))
    if side * side != len(samples.X):
        raise InputError(f"{len(samples.X)} pixels are no square image")
    return side


FORMATS = {"csv": export_csv, "idx": export_idx, "png": export_png}
