"""Parquet files as Hugging Face has them: a column of pictures, as PNG files within the file, and one of labels."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.progress import Progress
from .arrays import to_labels, to_samples
from .classes import normalize_name
from .dataset import DIGITS, SIDE, Dataset, Samples
from .images import read_image
from .preprocess import fit_picture

IMAGES, LABELS = ("image", "img"), ("label", "labels", "fine_label")


def read_parquet(train: Sequence[Path], test: Sequence[Path], name: str, source: str) -> Dataset:
    """Read the pictures of some files for training, and of others, if there are any, for testing.

    Raises
    ------
    InputError
        The files are damaged, or have no pictures or labels, or pyarrow is not installed.
    """
    tables = [_read_tables(paths) for paths in (train, test) if paths]
    classes = _class_names(tables[0], train[0])
    total = sum(len(table) for table in tables)
    with Progress("reading pictures", total) as bar:
        parts = [_to_samples(table, classes, source, bar.advance) for table in tables]
    return Dataset(name, source, parts[0], parts[1] if test else None, classes)


def _read_tables(paths: Sequence[Path]) -> Any:
    """Return the columns of pictures and labels of some files, as one table."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            f'{paths[0]}: reading Parquet needs pyarrow, which is not installed: pip install "mnist-nn[parquet]"'
        ) from None
    tables = []
    for path in paths:
        try:
            names = parquet.read_schema(path).names
            columns = [next((name for name in wanted if name in names), None) for wanted in (IMAGES, LABELS)]
            if None in columns:
                raise InputError(f"{path}: has the columns {', '.join(names[:9])}; expected image and label")
            tables.append(parquet.read_table(path, columns=columns).rename_columns(["image", "label"]))
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{path}: cannot be read as Parquet ({error})") from error
    return pyarrow.concat_tables(tables)


def _class_names(table: Any, path: Path) -> tuple[str, ...]:
    """Return the names of the classes, of which Hugging Face keeps a list in the file."""
    from pyarrow import parquet

    try:
        features = json.loads(parquet.read_schema(path).metadata[b"huggingface"])["info"]["features"]
        names = next(features[name]["names"] for name in LABELS if name in features)
        return tuple(normalize_name(str(name)) for name in names)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration):
        labels = to_labels(table["label"].to_numpy(), str(path))
        return DIGITS if labels.max(initial=0) < len(DIGITS) else tuple(map(str, range(labels.max() + 1)))


def _to_samples(table: Any, classes: tuple[str, ...], source: str, advance: Any) -> Samples:
    labels = to_labels(table["label"].to_numpy(), source)
    if not len(labels) or labels.max() >= len(classes):
        raise InputError(f"{source}: expected labels below {len(classes)}, the number of its classes")
    pixels = np.empty((len(labels), SIDE, SIDE), np.uint8)
    for row, picture in enumerate(table["image"]):
        pixels[row] = _read_picture(picture.as_py(), classes, f"{source}, row {row}")
        advance(1)
    return to_samples(pixels, labels)


def _read_picture(picture: Any, classes: tuple[str, ...], name: str) -> NDArray[np.uint8]:
    content = picture.get("bytes") if isinstance(picture, dict) else picture
    if not isinstance(content, bytes):
        raise InputError(
            f"{name}: the picture is not in the file, but {type(content).__name__}; save it with its bytes"
        )
    try:
        image = read_image(io.BytesIO(content))
        return image if image.shape == (SIDE, SIDE) else fit_picture(image, classes).image
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
