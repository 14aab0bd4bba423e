"""Parquet files as Hugging Face has them: a column of pictures, as PNG files within the file, and one of labels."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.picture_format import PictureFormat
from ..support.progress import Progress
from .arrays import to_labels, to_samples
from .classes import normalize_name
from .dataset import DIGITS, Dataset, Samples
from .many_pictures import LeftOut, fit_pictures
from .pictures import LOOK
from .preprocess import choose_format, read_picture

IMAGES, LABELS = ("image", "img"), ("label", "labels", "fine_label")


def read_parquet(
    train: Sequence[Path], test: Sequence[Path], name: str, source: str, form: PictureFormat | None = None
) -> Dataset:
    """Read the pictures of some files for training, and of others, if there are any, for testing.

    Raises
    ------
    InputError
        The files are damaged, or have no pictures or labels, or pyarrow is not installed.
    """
    tables = [_read_tables(paths) for paths in (train, test) if paths]
    classes = _class_names(tables[0], train[0])
    left_out = LeftOut()
    form = form or choose_format(classes, _first_pictures(tables[0], source))
    with Progress("reading pictures", sum(len(table) for table in tables)) as bar:
        parts = [_to_samples(table, classes, source, form, left_out, bar.advance) for table in tables]
    if parts[0] is None:
        raise InputError(f"{source}: no picture can be read; {left_out.note}")
    return Dataset(name, source, parts[0], parts[1] if test else None, classes, (), left_out.note, form.shape, form)


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
            with path.open("rb") as file:  # since PyArrow takes no names but those in UTF-8
                names = parquet.read_schema(file).names
                columns = [next((name for name in wanted if name in names), None) for wanted in (IMAGES, LABELS)]
                if None in columns:
                    raise InputError(f"{path}: has the columns {', '.join(names[:9])}; expected image and label")
                tables.append(parquet.read_table(file, columns=columns).rename_columns(["image", "label"]))
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{path}: cannot be read as Parquet ({error})") from error
    return pyarrow.concat_tables(tables)


def _class_names(table: Any, path: Path) -> tuple[str, ...]:
    """Return the names of the classes, of which Hugging Face keeps a list in the file."""
    from pyarrow import parquet

    try:
        with path.open("rb") as file:
            metadata = parquet.read_schema(file).metadata
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        names = next(features[name]["names"] for name in LABELS if name in features)
        return tuple(normalize_name(str(name)) for name in names)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration):
        labels = to_labels(table["label"].to_numpy(), str(path))
        return DIGITS if labels.max(initial=0) < len(DIGITS) else tuple(map(str, range(labels.max() + 1)))


def _first_pictures(table: Any, source: str) -> Iterator[NDArray[np.uint8]]:
    """Yield the first pictures, as far as they can be read."""
    for _, picture in _pictures(table.slice(0, LOOK), source):
        with suppress(InputError):
            yield read_picture(picture)


def _to_samples(
    table: Any,
    classes: tuple[str, ...],
    source: str,
    form: PictureFormat,
    left_out: LeftOut,
    advance: Callable[[], None],
) -> Samples | None:
    labels = to_labels(table["label"].to_numpy(), source)
    if not len(labels) or labels.max() >= len(classes):
        raise InputError(f"{source}: expected labels below {len(classes)}, the number of its classes")
    images, kept = fit_pictures(_pictures(table, source), form, left_out, advance)
    return to_samples(images, labels[kept]) if len(images) else None


def _pictures(table: Any, source: str) -> Iterator[tuple[str, io.BytesIO]]:
    """Yield the name and the file of each picture."""
    for row, picture in enumerate(table["image"]):
        content = picture.as_py()
        content = content.get("bytes") if isinstance(content, dict) else content
        if not isinstance(content, bytes):
            kind = type(content).__name__
            raise InputError(f"{source}, row {row}: the picture is not in the file, but {kind}; save it with its bytes")
        yield f"row {row}", io.BytesIO(content)
