"""Data as people have them on their disks: a file, or a folder in one of several forms; see data/README.md.

A folder is searched for these forms in this order, and the first that is there is read:

    CSV       train.csv
    IDX       the four files of MNIST, under all names that they have
    CSV       a table with "train" in its name
    Parquet   train-*.parquet, as Hugging Face has them
    NumPy     one .npz file
    pictures  a sub-folder for each class

A folder that has none of them, but a single sub-folder that has, stands for that sub-folder. Some programs unpack a
file into a folder of the file's name: wherever a file is expected, such a folder stands for the file in it.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ..support.errors import InputError
from ..support.picture_format import PictureFormat
from .arrays import Arrays, make_dataset
from .dataset import Dataset
from .idx import read_pair
from .kaggle import has_labels, read_labelled_csv
from .npz import read_npz
from .parquet import read_parquet
from .pictures import holds_pictures, read_pictures
from .unreadable import why_unreadable

CSV, LABELLED_TEST_CSV = "train.csv", "test-labelled.csv"  # Kaggle's own test.csv has no labels to test with
TABLES = (".csv", ".tsv")
DEPTH = 2  # how far below a folder its data are searched for, as in torchvision's MNIST/raw
# Such as t10k-images-idx3-ubyte.gz, train-labels.idx1-ubyte, emnist-letters-test-images-idx3-ubyte.
IDX_NAME = re.compile(
    r"(?P<set>.*?)(?P<split>train|t10k|test)(ing)?[-_.](?P<kind>images|labels)[-_.]idx\d[-_.]?\w+?(\.gz)?",
    re.IGNORECASE,
)
IdxFiles = dict[tuple[str, str], Path]  # by split, "train" or "test", and kind, "images" or "labels"


def read(path: Path, form: PictureFormat | None = None) -> Dataset:
    """Read a file or a folder; pictures become inputs of the given format, or of one that is chosen for them.

    Raises
    ------
    InputError
        It holds nothing that can be read, or something that is damaged, or several data sets.
    FileNotFoundError
        It does not exist, or half of a pair of files is missing.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    if (file := _unpacked(path)) != path:
        return read(file, form)
    if path.is_dir():
        return _read_folder(path, form)
    suffix = path.suffix.lower()
    if match := IDX_NAME.fullmatch(path.name):
        return _read_idx(path.parent, match["set"], _find_idx(path.parent)[match["set"]])
    if suffix in (*TABLES, ".txt"):
        return _read_csv(path, None, path.name)
    if suffix == ".npz":
        return read_npz(path)
    if suffix == ".parquet":
        return read_parquet([path], [], path.stem, str(path), form)
    expected = "expected a folder, or a file in one of the forms .csv, .npz, .parquet or IDX (see data/README.md)"
    raise InputError(f"{path}: {why_unreadable(path) or expected}")


def holds_files(folder: Path) -> bool:
    """Return whether `folder` has a train.csv, or at least one of the IDX files."""
    return (folder / CSV).exists() or bool(_find_idx(folder))


def idx_names(split: str) -> tuple[str, str]:
    """Return the names of the images and of the labels file of a split, "train" or "t10k"."""
    return f"{split}-images-idx3-ubyte", f"{split}-labels-idx1-ubyte"


def _unpacked(path: Path) -> Path:
    """Return the file in a folder that has the file's name, and any other path as it is."""
    inside = path / path.name
    return inside if path.is_dir() and inside.is_file() else path


def _read_folder(folder: Path, form: PictureFormat | None) -> Dataset:
    found = _find_reader(folder, form)
    inside = [folder]
    for _ in range(DEPTH):
        if found is None:
            inside = [sub for above in inside for sub in _list(above, Path.is_dir)]
            readers = {sub: reader for sub in inside if (reader := _find_reader(sub, form))}
            if len(readers) > 1:
                raise InputError(f"{folder}: holds several data sets; choose one of them: {_names(readers)}")
            found = next(iter(readers.values()), None)
    if found is None:
        others = [f"{path.name} {why}" for path in _list(folder, Path.is_file) if (why := why_unreadable(path))]
        expected = (
            f"expected {' and '.join(idx_names('train'))} (plain or .gz), {CSV}, an .npz or .parquet file, "
            "or a sub-folder of pictures for each class"
        )
        raise InputError(f"{folder}: holds no data that can be read; {others[0] if others else expected}")
    return found()


def _find_reader(folder: Path, form: PictureFormat | None) -> Callable[[], Dataset] | None:
    """Return what reads the data in a folder, None where there are none."""
    sets, tables = _find_idx(folder), _find(folder, TABLES, "train")
    if (folder / CSV).exists():
        sets, tables = {}, [folder / CSV]
    if len(sets) == 1 or "" in sets:
        name = "" if "" in sets else next(iter(sets))
        return lambda: _read_idx(folder, name, sets[name])
    if sets:
        return lambda: _refuse(folder, [next(iter(files.values())) for files in sets.values()])
    if len(tables) == 1:
        return lambda: _read_csv(_unpacked(tables[0]), _find_test(tables[0]), folder.name)
    if tables:
        return lambda: _refuse(folder, tables)
    if shards := _find(folder, (".parquet",), "train"):
        return lambda: read_parquet(shards, _find(folder, (".parquet",), "test"), folder.name, str(folder), form)
    arrays = _find(folder, (".npz",), "")
    if len(arrays) == 1:
        return lambda: read_npz(arrays[0])
    if arrays:
        return lambda: _refuse(folder, arrays)
    return (lambda: read_pictures(folder, form)) if holds_pictures(folder) else None


def _refuse(folder: Path, files: Iterable[Path]) -> Dataset:
    raise InputError(f"{folder}: holds several data sets; choose one by its file: {_names(files)}")


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(map(str, paths))


def _list(folder: Path, kind: Callable[[Path], bool]) -> list[Path]:
    """Return what is in a folder of this kind, in the order of the names, without what is hidden."""
    try:
        paths = sorted(folder.iterdir())
    except PermissionError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror})") from error
    return [path for path in paths if not path.name.startswith((".", "__MACOSX")) and kind(path)]


def _find(folder: Path, suffixes: tuple[str, ...], word: str) -> list[Path]:
    """Return the files in a folder with one of these suffixes whose names have the word in them."""
    paths = [path for path in _list(folder, lambda _: True) if word in path.name.lower()]
    return [path for path in paths if path.suffix.lower() in suffixes and _unpacked(path).is_file()]


def _find_test(train: Path) -> Path | None:
    """Return the table with labels that goes with one for training, None where there is none."""
    names = LABELLED_TEST_CSV, re.sub("train", "test", train.name, flags=re.IGNORECASE)
    candidates = [_unpacked(train.with_name(name)) for name in names]
    return next((path for path in candidates if path.is_file() and has_labels(path)), None)


def _read_csv(train: Path, test: Path | None, name: str) -> Dataset:
    images, note = read_labelled_csv(train)
    return make_dataset(name, str(train), images, read_labelled_csv(test)[0] if test else None, note)


def _find_idx(folder: Path) -> dict[str, IdxFiles]:
    """Return the IDX files in a folder, by what stands before "train" or "test" in their names."""
    sets: dict[str, IdxFiles] = {}
    # Plain files before compressed ones, and the proper names before those with a dot.
    paths = _list(folder, lambda _: True) if folder.is_dir() else []
    for path in sorted(paths, key=lambda path: (path.suffix, path.name)):
        if match := IDX_NAME.fullmatch(path.name):
            file = path
            if path.is_dir():
                inside = [other for other in _list(path, Path.is_file) if IDX_NAME.fullmatch(other.name)]
                if not inside:
                    continue
                file = inside[0]
            split = "train" if match["split"].lower() == "train" else "test"
            sets.setdefault(match["set"], {}).setdefault((split, match["kind"].lower()), file)
    return sets


def _read_idx(folder: Path, name: str, files: IdxFiles) -> Dataset:
    train, test = (_read_idx_pair(folder, files, split) for split in ("train", "test"))
    if train is None:
        raise FileNotFoundError(f"{folder}: {name}{idx_names('train')[0]} (plain or .gz) is missing")
    return make_dataset(name.strip("-_.") or folder.name, str(folder), train, test)


def _read_idx_pair(folder: Path, files: IdxFiles, split: str) -> Arrays | None:
    """Read the images and labels of a split, None where there are neither."""
    images, labels = (files.get((split, kind)) for kind in ("images", "labels"))
    if images and labels:
        return read_pair(images, labels)
    if half := images or labels:
        other = half.name.removesuffix(".gz")
        for old, new in (("images", "labels"), ("idx3", "idx1")):
            other = other.replace(old, new) if images else other.replace(new, old)
        raise FileNotFoundError(f"{folder}: {other} (plain or .gz) is missing, its other half is there")
    return None
