"""Write a data set as Kaggle's CSV, as IDX files or as pictures; folders.py reads all of these.

FORMATS has a function for each, of a data set and the folder to write, which must be new or empty. Other labels than 0
to 9 are written as the numbers that name their classes, if numbers do.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..support.errors import InputError
from ..support.picture_format import Shape
from ..support.progress import Progress
from .dataset import Dataset, Samples, image_shape, to_pixels
from .folders import CSV, LABELLED_TEST_CSV, idx_names
from .idx import write_idx
from .kaggle import write_csv
from .new_directory import check_new, new_folder


def export_csv(dataset: Dataset, folder: Path) -> None:
    """Write train.csv as Kaggle does, and the test samples, with their labels, as test-labelled.csv.

    A `folder` whose name ends in .csv is a single file, for the training samples.
    """
    check_new(folder)
    if is_csv_file(folder):
        write_csv(folder, _numbered(dataset, dataset.train))
        return
    with new_folder(folder) as temporary:
        write_csv(temporary / CSV, _numbered(dataset, dataset.train))
        if dataset.test is not None:
            write_csv(temporary / LABELLED_TEST_CSV, _numbered(dataset, dataset.test))


def is_csv_file(path: Path) -> bool:
    """Return whether `export_csv` would write a file of this name, and no folder."""
    return path.suffix.lower() == ".csv"


def _numbered(dataset: Dataset, samples: Samples) -> Samples:
    """Return samples with the numbers that name their classes as labels, where they are below 256."""
    if all(name.isascii() and name.isdecimal() and int(name) < 256 for name in dataset.classes):
        return Samples(samples.X, np.array([int(name) for name in dataset.classes])[samples.Y])
    return samples


def export_idx(dataset: Dataset, folder: Path) -> None:
    """Write the four IDX files of MNIST, gzip-compressed; two if there are no test samples."""
    with new_folder(folder) as temporary:
        for split, samples in (("train", dataset.train), ("t10k", dataset.test)):
            if samples is not None:
                labels = _numbered(dataset, samples).Y.astype(np.uint8)
                arrays = to_pixels(samples.X).reshape(-1, *_shape(dataset)), labels
                for name, array in zip(idx_names(split), arrays, strict=True):
                    write_idx(temporary / f"{name}.gz", array)


def export_png(dataset: Dataset, folder: Path) -> None:
    """Write `folder`/train and `folder`/test, with a sub-folder for each class, with a PNG file for each sample.

    Files are numbered by their place in the data set. Classes that are not numbers are named by label and name, so that
    they keep their labels when they are read again.
    """
    names = [
        name if name.isascii() and name.isdecimal() else re.sub(r"[^\w -]", "-", f"{label}-{name}")
        for label, name in enumerate(dataset.classes)
    ]
    splits = {"train": dataset.train} | ({"test": dataset.test} if dataset.test else {})
    total = sum(len(samples.Y) for samples in splits.values())
    with new_folder(folder) as temporary, Progress("writing pictures", total) as bar:
        for split, samples in splits.items():
            _write_pictures(temporary / split, samples, _shape(dataset), names, bar.advance)


def _write_pictures(
    folder: Path, samples: Samples, shape: Shape, names: list[str], advance: Callable[[int], None]
) -> None:
    from PIL import Image

    for name in names:
        (folder / name).mkdir(parents=True)
    for number, (row, label) in enumerate(zip(to_pixels(samples.X), samples.Y, strict=True)):
        Image.fromarray(row.reshape(shape)).save(folder / names[label] / f"{number:06}.png")
        advance(1)


def _shape(dataset: Dataset) -> Shape:
    shape = image_shape(dataset)
    if shape is None:
        pixels = len(dataset.train.X)
        raise InputError(f"{dataset.name}: images of {pixels} pixels are not square, and their shape is not known")
    return shape


FORMATS = {"csv": export_csv, "idx": export_idx, "png": export_png}
