"""How any picture becomes an input of a network: like the pictures that the network was trained on.

All commands do it by `fit_picture`, which depends on the picture and a PictureFormat only. The reader of a data set
chooses the format, or `format_of` measures it; a run records it, and its model keeps it.
"""

import os
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..support.blas_threads import one_blas_thread
from ..support.picture_format import PictureFormat, square
from .dataset import DIGITS, SIDE, Dataset, image_shape
from .deskew import deskew
from .find_ink import NoDigitError
from .images import read_image
from .measure_ink import border_of, bounding_box
from .mnist_form import center, has_mnist_size, is_centered
from .normalize import MAX_SIZE, MNIST, Normalized, Picture, normalize, normalize_digits
from .resample import scale_into, to_bytes
from .separate import separate

LOOK = 500  # inputs by which a format is measured
MOST = 0.8  # of these pictures that must have a property for the data to have it
MOST_INK = 0.52  # of the box around a digit, mostly: 0.37 is usual; of clothes it is 0.67
PLAIN, SIMILAR = 0.6, 0.15  # of a picture's border that a plain background covers, and by which its brightness varies


def read_picture(source: str | os.PathLike[str] | BinaryIO) -> NDArray[np.uint8]:
    """Read a picture as grey values, uint8 (height, width), with no more pixels than `fit_picture` looks at."""
    return read_image(source, enough=2 * MAX_SIZE)


@one_blas_thread()  # for small products several threads take five times as long where processors are busy
def fit_picture(picture: np.ndarray, form: PictureFormat) -> Normalized:
    """Return the input of this format that a grey picture, uint8 (height, width), becomes, with the steps to it.

    Raises NoDigitError where the format is one of digits, and the picture shows none or several.
    """
    if form.fit == "frame":
        return _deskew(_fit_frame(picture, form), form)
    same = _keep_digit(picture, form) if picture.shape == form.shape else None
    return finish(same or normalize(picture, form=form), form)


@one_blas_thread()
def fit_digits(picture: np.ndarray, form: PictureFormat) -> list[Normalized]:
    """Return an input for each digit in a picture, from left to right, line by line; see `fit_picture`."""
    same = _keep_digit(picture, form) if picture.shape == form.shape else None
    digits = [same] if same else normalize_digits(picture, form)
    return [finish(digit, form) for digit in digits]


def finish(digit: Normalized, form: PictureFormat) -> Normalized:
    """Give a digit, bright ink on black, the format's brightness of background and ink; deskew it, if asked for."""
    background = form.background or 0.0
    image = to_bytes(background + (form.ink - background) * (digit.image / 255))
    return _deskew(Normalized(image, digit.steps), form)


def _deskew(fitted: Normalized, form: PictureFormat) -> Normalized:
    """Deskew a fitted picture, if the format asks for it."""
    if not form.deskew:
        return fitted
    image = deskew(fitted.image[None])[0]
    return Normalized(image, [*fitted.steps, Picture("deskew", image / 255)])


def _keep_digit(picture: np.ndarray, form: PictureFormat) -> Normalized | None:
    """Return a digit whose size is right already, moved if need be; None for any other."""
    digit = (255 - picture if np.median(border_of(picture)) > 127 else picture) / 255
    if form.fit == "mnist":
        if not has_mnist_size(digit):
            return None
        height, width = digit[bounding_box(digit > 0.1)].shape
        if width > height and len(separate(digit)) > 1:
            return None
        if not is_centered(digit):
            digit = center(digit)
            return Normalized(to_bytes(digit), [Picture("center", digit)])
    return Normalized(to_bytes(digit), [Picture("as it is", digit)])


def _fit_frame(picture: np.ndarray, form: PictureFormat) -> Normalized:
    """Give a picture the background that the format has, and scale it into the middle of the frame."""
    values = picture / 255
    plain, level = _measure_border(values)
    invert = form.background is not None and plain and (level > 0.5) != (form.background > 0.5)
    if invert:
        values, level = 1 - values, 1 - level
    steps = [Picture("invert" if invert else "as it is", values)]
    if picture.shape != form.shape:
        scale = min(size / old for size, old in zip(form.shape, picture.shape, strict=True))
        values = scale_into(values, scale, form.shape, level if plain else form.background or 0.0)
        steps.append(Picture("scale", values))
    return Normalized(to_bytes(values), steps)


def _measure_border(picture: np.ndarray) -> tuple[bool, float]:
    """Return whether the border of a picture, 0 to 1, is plain, and its brightness."""
    border = border_of(picture)
    level = float(np.median(border))
    return bool((np.abs(border - level) <= SIMILAR).mean() >= PLAIN), level


def choose_format(classes: Sequence[str], pictures: Iterable[NDArray[np.uint8]]) -> PictureFormat:
    """Return the format for a folder of pictures of these classes; some of the pictures are enough.

    It is MNIST's if the classes are the digits, and most of the pictures show strokes. Other pictures get a dark
    background, unless too few of them have a plain one.
    """
    some = list(pictures)
    if tuple(classes) == DIGITS and np.median([_try_digit(picture) for picture in some] or [0]) < MOST_INK:
        return MNIST
    plain = [_measure_border(picture / 255)[0] for picture in some]
    return PictureFormat(fit="frame", background=0.0 if np.mean(plain or [True]) >= MOST else None)


def _try_digit(picture: NDArray[np.uint8]) -> float:
    """Return how much of the box around a digit is ink: all of it where there is no digit."""
    try:
        fitted = fit_picture(picture, MNIST)
    except NoDigitError:
        return 1.0
    return _share_of_ink(dict(fitted.steps).get("crop", fitted.image / 255))


def _share_of_ink(picture: np.ndarray) -> float:
    ink = picture > 0.5
    return float(ink[bounding_box(ink)].mean()) if ink.any() else 1.0


def format_of(dataset: Dataset) -> PictureFormat | None:
    """Return the format of a data set's inputs as pictures, None where they are no pictures."""
    if dataset.picture_format:
        return dataset.picture_format
    X, shape = dataset.train.X, image_shape(dataset)
    if shape is None:
        return None
    step = max(1, X.shape[1] // LOOK)
    pictures = np.asarray(X[:, ::step]).T.reshape(-1, *shape)
    return measure_format(pictures, digits=dataset.classes == DIGITS)


def measure_format(pictures: NDArray[np.floating], digits: bool) -> PictureFormat:
    """Return the format of inputs as pictures (m, height, width), 0 to 1: of what they have in common."""
    height, width = pictures.shape[1:]
    borders = [_measure_border(picture) for picture in pictures]
    level = float(np.median([level for _, level in borders]))
    same = np.mean([plain and (one > 0.5) == (level > 0.5) for plain, one in borders]) >= MOST
    level = _snap(level)
    low, high = float(pictures.min()), float(pictures.max())
    ink = high if high - level >= level - low else low
    ink = _snap(ink) if _snap(ink) != level else ink
    scaled = np.clip((pictures - level) / (ink - level or 1), 0, 1)
    if not digits:
        return PictureFormat(height, width, "frame", max(height, width), level if same else None)
    strokes = np.median([_share_of_ink(picture) for picture in scaled]) < MOST_INK
    normal = np.mean([has_mnist_size(picture) and is_centered(picture) for picture in scaled]) >= MOST
    if (height, width) == MNIST.shape and (normal or not strokes):
        return PictureFormat(background=level, ink=ink)
    sizes = [max(picture[bounding_box(picture > 0.1)].shape) for picture in scaled if (picture > 0.1).any()]
    return PictureFormat(height, width, "digit", int(np.median(sizes or [max(height, width)])), level, ink)


def _snap(brightness: float) -> float:
    """Return black and white for what is nearly so."""
    return round(brightness) if abs(brightness - round(brightness)) <= SIMILAR else brightness


def default_format(inputs: int, classes: Sequence[str]) -> PictureFormat | None:
    """Return the usual format for so many inputs and these classes; None if there is no square of so many pixels."""
    shape = square(inputs)
    if shape is None or shape == MNIST.shape:
        return shape and (MNIST if tuple(classes) == DIGITS else PictureFormat(fit="frame"))
    fit = "digit" if tuple(classes) == DIGITS else "frame"
    return PictureFormat(*shape, fit, max(1, round(MNIST.box * shape[0] / SIDE)))
