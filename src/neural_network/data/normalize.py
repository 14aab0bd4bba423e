"""From any picture of a digit to MNIST's format, in steps that can be looked at.

MNIST's digits fill a box of 20×20 pixels, bright on 0, in strokes about two and a half pixels wide, their center of
mass in the middle of 28×28. A network can only read what looks like the pictures it was trained on. The steps up to
"despeckle" find the ink (see background.py, find_ink.py and lines.py), the others give it MNIST's shape.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import numpy as np

from ..support.errors import InputError
from ..support.picture_format import PictureFormat
from .background import add_margin, find_paper, flatten
from .find_ink import NoDigitError, despeckle, invert, threshold
from .lines import remove_frame, remove_lines
from .measure_ink import FAINT, label_pieces
from .mnist_form import center, crop, equalize, fit
from .resample import resample, scale_shape, to_bytes
from .separate import separate

Step = Callable[[np.ndarray], np.ndarray]

MAX_SIZE = 400  # pixels of height or width: larger pictures are made smaller first
TINY, ENLARGED = 20, 40  # pixels of the longer side: smaller pictures are enlarged, so that strokes are no noise
MAX_PIECES = 8  # of ink in a digit
MNIST = PictureFormat()


class Picture(NamedTuple):
    """The name of a step, and the picture after it."""

    name: str
    picture: np.ndarray


class Normalized(NamedTuple):
    """A picture as a network reads it, uint8 (height, width), and the pictures after each step, floats in [0, 1]."""

    image: np.ndarray
    steps: list[Picture]


class SeveralDigitsError(NoDigitError):
    """There are several digits in a picture that should show one."""

    def __init__(self, count: int) -> None:
        self.steps = []
        InputError.__init__(self, f"the picture shows {count} digits, expected one")


def normalize(image: np.ndarray, steps: Collection[str] | None = None, form: PictureFormat = MNIST) -> Normalized:
    """Make a network's input of any picture of a digit.

    Parameters
    ----------
    image : array (height, width)
        Grey values of any integer or float type, bright ink on dark or dark ink on bright, in any size.
    steps : collection of str, optional
        Names of the steps to do, out of `STEPS`, whose order stays; by default all.
    form : PictureFormat
        The format of the result, by default MNIST's.

    Raises
    ------
    NoDigitError
        There is no digit in the picture, or several (SeveralDigitsError); its `steps` are those done by then.
    InputError
        It is not a grey picture, or a step is unknown.
    """
    chosen = STEPS if steps is None else steps
    unknown = sorted(set(chosen) - set(STEPS))
    if unknown:
        raise InputError(f"unknown step {unknown[0]!r}; the steps are: {', '.join(STEPS)}")
    done: list[Picture] = []
    ink = _apply(_choose(FIND_INK, chosen), _as_floats(image), done)
    if "crop" in chosen:
        _check_single(ink, done)
    picture = _apply(_choose(_shaping(form), chosen), ink, done)
    if picture.shape != form.shape:  # neither "fit" nor "center" was among the steps
        picture = resample(picture, form.shape)
    return Normalized(to_bytes(picture), done)


def normalize_digits(image: np.ndarray, form: PictureFormat = MNIST) -> list[Normalized]:
    """Make a network's inputs of a picture of a number: one for each digit, from left to right, line by line.

    Raises what `normalize` raises, but not for several digits.
    """
    found: list[Picture] = []
    ink = _apply(FIND_INK, _as_floats(image), found)
    digits, failed = [], None
    for digit in separate(ink):
        done = [*found]
        try:
            picture = _apply(_shaping(form), digit, done)
        except NoDigitError as error:  # a dot
            failed = error
        else:
            digits.append(Normalized(to_bytes(picture), done))
    if failed and not digits:
        raise failed
    return digits


def _apply(steps: Mapping[str, Step], picture: np.ndarray, done: list[Picture]) -> np.ndarray:
    """Return the picture after the steps, and append each to `done`, which a NoDigitError keeps."""
    try:
        for name, step in steps.items():
            picture = step(picture)
            done.append(Picture(name, picture))
            if not picture.any():
                step_name = name.replace("_", " ")
                raise NoDigitError(f"no ink is left after the step {step_name!r}; write one digit, inside the picture")
    except NoDigitError as error:
        error.steps = [*done]
        raise
    return picture


def _choose(steps: Mapping[str, Step], chosen: Collection[str]) -> dict[str, Step]:
    return {name: step for name, step in steps.items() if name in chosen}


def _check_single(ink: np.ndarray, done: list[Picture]) -> None:
    pieces = label_pieces(ink > FAINT).max(initial=0)
    error = NoDigitError(f"it shows {pieces} pieces of ink; write one digit, on plain paper")
    if pieces <= MAX_PIECES:
        count = len(separate(ink))
        if count == 1:
            return
        error = SeveralDigitsError(count)
    error.steps = [*done]
    raise error


def _as_floats(image: np.ndarray) -> np.ndarray:
    """Return the picture with values from 0, which is black, to 1, in a size at which ink can be found."""
    image = np.asarray(image)
    if image.ndim != 2 or image.size == 0 or image.dtype.kind not in "buif":
        raise InputError(f"image must be a grey picture (height, width), not {image.dtype} of shape {image.shape}")
    picture = image.astype(np.float64)
    if not np.isfinite(picture).all():
        raise InputError("image must hold finite numbers only, but some are NaN or infinite")
    if max(picture.shape) > MAX_SIZE:
        picture = resample(picture, scale_shape(picture.shape, MAX_SIZE))
    if min(picture.shape) < 2:
        raise NoDigitError("it is a single line of pixels; write a digit first")
    low, high = picture.min(), picture.max()
    if low == high:
        raise NoDigitError("all of its pixels are alike; write a digit first")
    if max(picture.shape) < TINY:
        picture = resample(picture, scale_shape(picture.shape, ENLARGED))
    return (picture - min(low, 0)) / (high - min(low, 0))


FIND_INK: dict[str, Step] = {
    "find_paper": find_paper,
    "add_margin": add_margin,
    "flatten": flatten,
    "invert": invert,
    "threshold": threshold,
    "remove_frame": remove_frame,
    "remove_lines": remove_lines,
    "despeckle": despeckle,
}


def _shaping(form: PictureFormat) -> dict[str, Step]:
    """Return the steps that give ink its size and place; only MNIST's digits are placed by their center of mass."""
    steps: dict[str, Step] = {"crop": crop, "equalize": equalize, "fit": lambda picture: fit(picture, form)}
    return steps | {"center": center} if form.fit == "mnist" else steps


STEPS = (*FIND_INK, *_shaping(MNIST))
