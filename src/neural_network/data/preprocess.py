"""Any picture, brought to the 28×28 pixels that a network reads, as the pictures it learnt from were.

Digits are normalized as MNIST's were. Of other classes, clothes or letters, nobody knows where in the frame they
belong, or which way they were inverted: a picture of 28×28 pixels stays as it is, and any other is scaled.
"""

import numpy as np

from .dataset import DIGITS, SIDE
from .normalize import Normalized, Picture, has_ink, is_normal, normalize
from .resample import resample, shape_within


def fit_picture(picture: np.ndarray, classes: tuple[str, ...] = DIGITS) -> Normalized:
    """Return what a network for these classes is shown of a grey picture, uint8 (height, width), with the steps to it.

    Raises
    ------
    NoDigitError
        The classes are the ten digits, and there is none in the picture.
    """
    small = picture.shape == (SIDE, SIDE)
    if classes != DIGITS:
        return _as_it_is(picture) if small else _scale(picture)
    if small and has_ink(picture):
        upright = 255 - picture if np.median(picture) > 127 else picture
        if is_normal(upright):
            return _as_it_is(upright)
    return normalize(picture)


def _as_it_is(picture: np.ndarray) -> Normalized:
    return Normalized(picture, [Picture("as it is", picture / 255)])


def _scale(picture: np.ndarray) -> Normalized:
    """Make what lies on bright ground lie on black, and scale the picture into the middle of the frame."""
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    inverted = (255 - picture if np.median(edge) > 127 else picture) / 255
    height, width = shape = shape_within(picture.shape, SIDE)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    scaled = np.zeros((SIDE, SIDE))
    scaled[top : top + height, left : left + width] = resample(inverted, shape)
    return Normalized(np.rint(255 * scaled).astype(np.uint8), [Picture("invert", inverted), Picture("scale", scaled)])
