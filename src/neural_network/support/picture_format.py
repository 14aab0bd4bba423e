"""The format of a network's inputs as pictures: how large they are, and how any other picture becomes one of them."""

import math
from dataclasses import dataclass

from .errors import InputError

MAX_SIDE = 10_000  # pixels
FITS = ("mnist", "digit", "frame")

Shape = tuple[int, int]  # height and width


@dataclass(frozen=True)
class PictureFormat:
    """What a picture must be to be an input of a network. A run records it (see data/preprocess.py).

    Attributes
    ----------
    height, width : int
        Pixels.
    fit : str
        "mnist" for digits in the size and place of MNIST's, which every picture is brought to. "digit" for digits of
        another size or in other places, and "frame" for other classes: there, a picture of this height and width keeps
        its size and place. Of any other, "digit" fits the digit, and "frame" the whole picture, into the frame.
    box : int
        Pixels of the longer side of a digit.
    background : float or None
        Brightness of the background, from 0 to 1; None if it varies, so that no picture is ever inverted.
    ink : float
        Brightness of the ink, from 0 to 1.
    deskew : bool
        Whether every picture is sheared upright and centered in the end (see data/deskew.py).
    """

    height: int = 28
    width: int = 28
    fit: str = "mnist"
    box: int = 20
    background: float | None = 0.0
    ink: float = 1.0
    deskew: bool = False

    def __post_init__(self) -> None:
        if not all(1 <= size <= MAX_SIDE for size in (*self.shape, self.box)):
            raise InputError(f"pictures cannot have {self.height}×{self.width} pixels and a box of {self.box}")
        if self.fit not in FITS:
            raise InputError(f"the fit of pictures must be one of {', '.join(FITS)}, not {self.fit!r}")
        if not all(0 <= value <= 1 for value in (self.background or 0.0, self.ink)):
            raise InputError(f"background and ink must be from 0 to 1, not {self.background} and {self.ink}")

    @property
    def shape(self) -> Shape:
        """Height and width."""
        return self.height, self.width


def square(inputs: int) -> Shape | None:
    """Return the height and width of a square picture with so many pixels; None if there is none."""
    side = math.isqrt(inputs)
    return (side, side) if side * side == inputs else None


def is_deskewed(form: PictureFormat | None) -> bool:
    """Return whether inputs of this format are deskewed."""
    return form is not None and form.deskew


def check_deskewed(expected: PictureFormat | None, found: PictureFormat | None, network: str) -> None:
    """Raise InputError where `network` learned from deskewed images, and the training data are not deskewed."""
    if is_deskewed(expected) and not is_deskewed(found):
        raise InputError(f"{network} learned from deskewed images: train on such ones too, --data deskewed:...")


def shape_of(form: PictureFormat | None) -> Shape | None:
    """Return the height and width of a format, None where there is none."""
    return form.shape if form else None
