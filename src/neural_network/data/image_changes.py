"""Changes of all images of a data set, by the prefix that asks for them: `load("deskewed:mnist")`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..support.byte_pixels import Pixels
from ..support.errors import InputError
from ..support.picture_format import PictureFormat, is_deskewed
from .dataset import Dataset, Samples, image_shape, keep_bytes
from .deskew import deskew
from .preprocess import format_of

Change = Callable[[NDArray[Any]], NDArray[Any]]  # of images (m, height, width), to as many of the same dtype


def transpose(images: NDArray[Any]) -> NDArray[Any]:
    """Exchange rows and columns, as the images of EMNIST need it."""
    return np.ascontiguousarray(images.swapaxes(1, 2))


CHANGES: dict[str, Change] = {"transposed": transpose, "deskewed": deskew}


def change_images(dataset: Dataset, name: str) -> Dataset:
    """Return a data set whose images have been changed, by a name in `CHANGES`.

    A network for deskewed images deskews pictures too: their format says so. Images are deskewed only once.

    Raises InputError where the height and width of its images are not known.
    """
    shape, change, source = image_shape(dataset), CHANGES[name], f"{dataset.source}, {name}"
    if name == "deskewed" and is_deskewed(dataset.picture_format):  # pictures are, as they are read
        return dataset if dataset.source.endswith(name) else replace(dataset, source=source)
    if shape is None:
        raise InputError(f"{dataset.name}: only images can be {name}, not {len(dataset.train.X)} inputs")

    def changed(samples: Samples) -> Samples:
        rows = samples.X.rows if isinstance(samples.X, Pixels) else samples.X.T
        images = change(rows.reshape(-1, *shape))
        if isinstance(samples.X, Pixels):
            return keep_bytes(images, samples.Y)
        return Samples(images.reshape(len(images), -1).T, samples.Y)

    return replace(
        dataset,
        source=source,
        train=changed(dataset.train),
        test=dataset.test and changed(dataset.test),
        parts=tuple((part, changed(samples)) for part, samples in dataset.parts),
        shape=shape[::-1] if name == "transposed" else shape,
        picture_format=_change_format(format_of(dataset), name),
    )


def deskew_for(form: PictureFormat | None, dataset: Dataset) -> Dataset:
    """Return the data set for a network with inputs of this format: deskewed, if those are."""
    return change_images(dataset, "deskewed") if is_deskewed(form) else dataset


def deskew_rows(form: PictureFormat | None, X: NDArray[Any]) -> NDArray[Any]:
    """Return the inputs `X` (D, m) for a network with inputs of this format: deskewed, if those are."""
    if form is None or not form.deskew:
        return X
    return deskew(X.T.reshape(-1, *form.shape)).reshape(X.shape[::-1]).T


def _change_format(form: PictureFormat | None, name: str) -> PictureFormat | None:
    if form is None:
        return None
    return replace(form, deskew=True) if name == "deskewed" else replace(form, height=form.width, width=form.height)
