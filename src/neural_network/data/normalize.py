"""From any picture of a digit to MNIST's format: what a network was trained on is all it can read.

MNIST's digits fill a box of 20×20 pixels, bright on 0, in strokes about two and a half pixels wide, their center of
mass in the middle of 28×28. `normalize` brings a drawing or a photograph there in small steps, and keeps each step's
picture: the first six find the ink (see find_ink.py), the others give it MNIST's shape.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from ..support.errors import InputError
from . import find_ink
from .dataset import BOX, SIDE
from .find_ink import BLOT, NoDigitError, stroke_width
from .resample import resample, shape_within

Step = Callable[[np.ndarray], np.ndarray]

LARGEST = 400  # pixels of height or width that are looked at: larger pictures are made smaller first
WORKING_SIZE = 4 * BOX  # of the longer side, so that strokes can be measured more finely than in MNIST's pixels
LONGEST = 150  # pixels of line: MNIST's digits have 79 at most, noise more than 200
ASTRAY = 4  # pixels by which a digit of 28×28 differs from MNIST's in place or size if it is not normalized
LEAST = 5  # pixels that a digit is high or wide at least
PAIR, TALL = 1.15, 0.7  # how wide two digits side by side are at least, and how tall both are, by the height of all
STROKE = 2.4  # width in MNIST's pixels: the median of its digits


class Picture(NamedTuple):
    """A step's name and the picture it made."""

    name: str
    picture: np.ndarray


class Normalized(NamedTuple):
    """A digit as MNIST has them, uint8 (28, 28), and the picture after each step on the way, floats in [0, 1]."""

    image: np.ndarray
    steps: list[Picture]


def normalize(image: np.ndarray, steps: Collection[str] | None = None) -> Normalized:
    """Make MNIST's 28×28 picture of a digit out of any other.

    Parameters
    ----------
    image : array (height, width)
        Grey values of any integer or float type, bright ink on dark or dark ink on bright, in any size.
    steps : collection of str, optional
        Names of the steps to do, out of `STEPS`, whose order stays; by default all.

    Raises
    ------
    NoDigitError
        There is no digit in the picture; its `steps` are those done by then.
    InputError
        It is not a grey picture, or a step is unknown.
    """
    chosen = STEPS if steps is None else steps
    unknown = sorted(set(chosen) - set(STEPS))
    if unknown:
        raise InputError(f"unknown step {unknown[0]!r}; the steps are: {', '.join(STEPS)}")
    picture = _as_floats(image)
    pictures: list[Picture] = []
    try:
        for name, step in STEPS.items():
            if name in chosen:
                picture = step(picture)
                pictures.append(Picture(name, picture))
                if not picture.any():
                    done = name.replace("_", " ")
                    raise NoDigitError(f"no ink is left after the step {done!r}; write one digit, inside the picture")
    except NoDigitError as error:
        error.steps = list(pictures)
        raise
    if picture.shape != (SIDE, SIDE):  # neither "fit" nor "center" was among the steps
        picture = resample(picture, (SIDE, SIDE))
    return Normalized(np.rint(255 * picture).astype(np.uint8), pictures)


def has_ink(picture: np.ndarray) -> bool:
    """Return whether a picture of 28×28 pixels, in either polarity, shows about as much of a line as a digit has.

    A blank page has none. Noise, cut in two, has lines all over the picture.

    Raises
    ------
    InputError
        It is not a grey picture.
    """
    try:
        ink = normalize(picture, ["invert", "threshold", "despeckle"]).image / 255
    except NoDigitError:
        return False
    return ink.sum() / stroke_width(ink) < LONGEST


def is_normal(picture: np.ndarray) -> bool:
    """Return whether a picture of 28×28 pixels, bright on dark, has its digit where MNIST has them, and as large."""
    ink = picture / 255
    rows, columns = (np.flatnonzero((ink > 0.1).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return False
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    return bool(abs(longer - BOX) <= ASTRAY and np.abs(_center_of_mass(ink) - SIDE / 2).max() <= ASTRAY)


def _as_floats(image: np.ndarray) -> np.ndarray:
    """Return the picture with values from 0, which is black, to 1, in at most LARGEST pixels each way."""
    image = np.asarray(image)
    if image.ndim != 2 or image.size == 0 or image.dtype.kind not in "buif":
        raise InputError(f"image must be a grey picture (height, width), not {image.dtype} of shape {image.shape}")
    picture = image.astype(np.float64)
    if not np.isfinite(picture).all():
        raise InputError("image must hold finite numbers only, but some are NaN or infinite")
    if max(picture.shape) > LARGEST:
        picture = resample(picture, shape_within(picture.shape, LARGEST))
    if min(picture.shape) < 2:
        raise NoDigitError("it is a single line of pixels; write a digit first")
    low, high = picture.min(), picture.max()
    if low == high:
        raise NoDigitError("all of its pixels are alike; write a digit first")
    return (picture - min(low, 0)) / (high - min(low, 0))


def crop(picture: np.ndarray) -> np.ndarray:
    """Cut the ink out, and scale it so that its longer side has the size at which the next steps work.

    Raises NoDigitError where it is a dot, or two digits side by side.
    """
    ink = _cut_out(picture)
    if max(ink.shape) < max(LEAST, BLOT * stroke_width(ink)):
        raise NoDigitError("it shows no more than a dot; write larger, or with a finer pen")
    if _is_pair(ink > 0.5 * ink.max()):
        raise NoDigitError("no single digit: it shows two pieces side by side; write one digit")
    scale = WORKING_SIZE / max(ink.shape)
    height, width = (max(1, round(size * scale)) for size in ink.shape)
    ink = resample(ink, (height, width))
    ink /= np.median(ink[ink > 0.5 * ink.max()])  # lines thinner than a pixel have become dim
    return np.clip(0.5 + (ink - 0.5) * max(1, scale), 0, 1)  # and edges soft, where the picture was enlarged


def _is_pair(ink: np.ndarray) -> bool:
    """Return whether ink, cut out, is clearly wider than tall and parted by a gap into two pieces, both tall."""
    height, width = ink.shape
    columns = np.flatnonzero(ink.any(axis=0))
    widest = np.diff(columns, append=columns[-1]).argmax()
    halves = ink[:, : columns[widest] + 1], ink[:, columns[widest] + 1 :]
    gap = widest + 1 < len(columns) and columns[widest + 1] - columns[widest] > 1
    return bool(gap and width > PAIR * height and all(np.ptp(np.nonzero(half)[0]) > TALL * height for half in halves))


def _cut_out(picture: np.ndarray) -> np.ndarray:
    """Return the smallest part of the picture that holds all of its ink."""
    ink = picture > 0.5 * picture.max()
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def equalize(picture: np.ndarray) -> np.ndarray:
    """Make thin strokes wider and wide ones thinner, to the width that MNIST's digits have."""
    width = stroke_width(picture)
    change = (STROKE * max(_cut_out(picture).shape) / BOX - width) / 2
    if change >= 0:
        return _widen(np.pad(picture, int(change) + 2), change)
    return 1 - _widen(1 - np.pad(picture, 1), min(-change, width / 3))


def _widen(picture: np.ndarray, radius: float) -> np.ndarray:
    """Return the picture with all that is bright grown by `radius` pixels to each side, fractions included."""
    reach = int(np.ceil(radius))
    padded = np.pad(picture, reach, mode="edge")
    height, width = picture.shape
    result = picture
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            share = min(1.0, radius + 1 - np.hypot(down, right))  # of a pixel within the radius
            if share > 0:
                moved = padded[reach + down :, reach + right :][:height, :width]
                result = np.maximum(result, share * moved)
    return result


def fit(picture: np.ndarray) -> np.ndarray:
    """Scale the ink so that its longer side fills the box of 20 pixels, and put it in the middle of 28×28."""
    ink = _cut_out(picture)
    height, width = (max(1, round(size * BOX / max(ink.shape))) for size in ink.shape)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    result = np.zeros((SIDE, SIDE))
    result[top : top + height, left : left + width] = resample(ink, (height, width))
    return result


def center(picture: np.ndarray) -> np.ndarray:
    """Move the digit by whole pixels so that its center of mass comes to MNIST's, the pixel in row and column 14."""
    height, width = picture.shape
    down, right = np.rint(np.array(picture.shape) / 2 - _center_of_mass(picture)).astype(int)
    reach = max(abs(down), abs(right))
    return np.pad(picture, reach)[reach - down :, reach - right :][:height, :width]


def _center_of_mass(picture: np.ndarray) -> np.ndarray:
    """Return the mean (row, column) of the ink."""
    rows, columns = (np.arange(size) for size in picture.shape)
    return np.array([rows @ picture.sum(axis=1), picture.sum(axis=0) @ columns]) / picture.sum()


STEPS: dict[str, Step] = {
    "find_paper": find_ink.find_paper,
    "flatten": find_ink.flatten,
    "invert": find_ink.invert,
    "threshold": find_ink.threshold,
    "remove_lines": find_ink.remove_lines,
    "despeckle": find_ink.despeckle,
    "crop": crop,
    "equalize": equalize,
    "fit": fit,
    "center": center,
}
