"""Data as people have it on their disks: a folder with train.csv, with four IDX files, or with a sub-folder a class.

A folder is looked at for these in this order, and the first that is there is read; see data/README.md.
"""

from pathlib import Path

from ..support.errors import InputError
from .dataset import Dataset, Samples, keep_bytes, make_samples
from .idx import LARGE, read_pair
from .kaggle import read_train_csv
from .pictures import holds_pictures, read_pictures

CSV, LABELLED_TEST_CSV = "train.csv", "test-labelled.csv"  # Kaggle's own test.csv has no labels to test with


def read(path: Path) -> Dataset:
    """Read a .csv file or a folder.

    Raises
    ------
    InputError
        It holds nothing that is data, or something that is damaged.
    FileNotFoundError
        It does not exist, or half of a pair of files is missing.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path}: expected a folder or a .csv file")
    return Dataset(path.name, str(path), read_train_csv(path))


def holds_files(folder: Path) -> bool:
    """Return whether `folder` has a train.csv, or at least one of the four IDX files."""
    return (folder / CSV).exists() or _holds_idx(folder)


def idx_names(split: str) -> tuple[str, str]:
    """Return the names of the images and of the labels file of a split, "train" or "t10k"."""
    return f"{split}-images-idx3-ubyte", f"{split}-labels-idx1-ubyte"


def _read_folder(folder: Path) -> Dataset:
    if (folder / CSV).exists():
        return _read_csv_folder(folder)
    if _holds_idx(folder):
        return _read_idx_folder(folder)
    if holds_pictures(folder):
        return read_pictures(folder)
    raise InputError(
        f"{folder}: holds no data; expected {' and '.join(idx_names('train'))} (plain or .gz), {CSV}, "
        "or a sub-folder of PNG or JPEG files for each class"
    )


def _holds_idx(folder: Path) -> bool:
    return any(_find_idx(folder, name) for split in ("train", "t10k") for name in idx_names(split))


def _read_csv_folder(folder: Path) -> Dataset:
    train, test = folder / CSV, folder / LABELLED_TEST_CSV
    return Dataset(folder.name, str(train), read_train_csv(train), read_train_csv(test) if test.exists() else None)


def _read_idx_folder(folder: Path) -> Dataset:
    train, test = _read_idx_pair(folder, "train"), _read_idx_pair(folder, "t10k")
    if train is None:
        raise FileNotFoundError(f"{folder}: {idx_names('train')[0]} (plain or .gz) is missing")
    if test is not None and len(test.X) != len(train.X):
        raise InputError(f"{folder}: training images have {len(train.X)} pixels, test images {len(test.X)}")
    return Dataset(folder.name, str(folder), train, test)


def _read_idx_pair(folder: Path, split: str) -> Samples | None:
    """Read the images and labels of a split, None where there are neither."""
    names = idx_names(split)
    images, labels = (_find_idx(folder, name) for name in names)
    if images and labels:
        pair = read_pair(images, labels)
        return make_samples(*pair) if pair[0].nbytes < LARGE else keep_bytes(*pair)
    if images or labels:
        missing = names[0] if labels else names[1]
        raise FileNotFoundError(f"{folder}: {missing} (plain or .gz) is missing, its other half is there")
    return None


def _find_idx(folder: Path, name: str) -> Path | None:
    dotted = name.replace("-idx", ".idx")  # what some programs make of the name when they unpack it
    candidates = (folder / candidate for candidate in (name, f"{name}.gz", dotted, f"{dotted}.gz"))
    return next((path for path in candidates if path.exists()), None)
