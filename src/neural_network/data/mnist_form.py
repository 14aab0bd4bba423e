"""The form of MNIST's digits: their size, the width of their strokes, and their place in the picture."""

import numpy as np

from ..support.picture_format import PictureFormat
from .dataset import BOX
from .find_ink import MIN_LENGTH, NoDigitError
from .measure_ink import bounding_box, stroke_width
from .resample import resample, scale_into

WORKING_SIZE = 4 * BOX  # of the longer side, so that strokes can be measured more finely than in MNIST's pixels
SMALLEST = 5  # pixels of the longer side of a digit
STROKE = 2.4  # width in MNIST's pixels: the median of its digits


def crop(picture: np.ndarray) -> np.ndarray:
    """Cut the ink out, and scale it so that its longer side has the size at which the next steps work.

    Raises NoDigitError where it is a dot.
    """
    ink = _cut_out(picture)
    if max(ink.shape) < max(SMALLEST, MIN_LENGTH * stroke_width(ink)):
        raise NoDigitError("it shows no more than a dot; write larger, or with a finer pen")
    scale = WORKING_SIZE / max(ink.shape)
    ink = resample(ink, (max(1, round(scale * ink.shape[0])), max(1, round(scale * ink.shape[1]))))
    ink /= np.median(ink[ink > 0.5 * ink.max()])  # lines thinner than a pixel have become dim
    return np.clip(0.5 + (ink - 0.5) * max(1, scale), 0, 1)  # and edges soft, where the picture was enlarged


def _cut_out(picture: np.ndarray) -> np.ndarray:
    """Return the smallest part of the picture that holds all of its ink."""
    return picture[bounding_box(picture > 0.5 * picture.max())]


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


def fit(picture: np.ndarray, form: PictureFormat) -> np.ndarray:
    """Scale the ink so that its longer side fills the box of the format, and put it in the middle of the picture."""
    ink = _cut_out(picture)
    return scale_into(ink, form.box / max(ink.shape), form.shape)


def center(picture: np.ndarray) -> np.ndarray:
    """Move the digit by whole pixels so that its center of mass comes to MNIST's, the pixel after the middle."""
    height, width = picture.shape
    down, right = np.rint(np.array(picture.shape) / 2 - _center_of_mass(picture)).astype(int)
    reach = max(abs(down), abs(right))
    return np.pad(picture, reach)[reach - down :, reach - right :][:height, :width]


def _center_of_mass(picture: np.ndarray) -> np.ndarray:
    """Return the mean (row, column) of the ink."""
    rows, columns = (np.arange(size) for size in picture.shape)
    return np.array([rows @ picture.sum(axis=1), picture.sum(axis=0) @ columns]) / picture.sum()


def has_mnist_size(picture: np.ndarray) -> bool:
    """Return whether the ink in a picture, bright on dark, is as large as MNIST's digits, give or take a pixel."""
    ink = picture > 0.1
    return bool(ink.any() and abs(max(ink[bounding_box(ink)].shape) - BOX) <= 1)


def is_centered(picture: np.ndarray) -> bool:
    """Return whether the center of mass lies where `center` leaves it."""
    return bool((np.abs(_center_of_mass(picture) - np.array(picture.shape) / 2) <= 0.6).all())
