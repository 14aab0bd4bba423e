"""Many pictures as inputs: those that cannot be read, or show no digit, are left out, counted and named."""

import os
from collections.abc import Callable, Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..support.errors import InputError
from ..support.picture_format import PictureFormat
from .preprocess import fit_picture, read_picture

MAX_REASONS = 3  # in a note

Source = str | os.PathLike[str] | BinaryIO


class LeftOut:
    """The pictures that are left out, by the reason why."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.total = 0  # pictures, with those that are read

    @property
    def note(self) -> str:
        """How many pictures are left out, and why; an empty string where there are none."""
        if not self.names:
            return ""
        count = sum(map(len, self.names.values()))
        reasons = sorted(self.names.items(), key=lambda item: -len(item[1]))
        told = [
            f"{names[0]} {reason}" + f" (and {len(names) - 1:,} more like it)" * (len(names) > 1)
            for reason, names in reasons[:MAX_REASONS]
        ]
        told += ["..."] * (len(reasons) > MAX_REASONS)
        return f"{count:,} of {self.total:,} files are left out: {'; '.join(told)}"


def fit_pictures(
    sources: Iterable[tuple[str, Source]], form: PictureFormat, left_out: LeftOut, advance: Callable[[], None]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the pictures as inputs, uint8 (m, height, width), and for each of the sources whether it is among them.

    Each source has a name. `advance` is called after each.
    """
    images, kept = [], []
    for name, source in sources:
        try:
            images.append(fit_picture(read_picture(source), form).image)
            kept.append(True)
        except InputError as error:
            kept.append(False)
            reason = str(error).removeprefix(f"{source}: ").removeprefix("standard input: ")
            left_out.names.setdefault(reason, []).append(name)
        left_out.total += 1
        advance()
    return np.array(images, np.uint8).reshape(len(images), *form.shape), np.array(kept, bool)
