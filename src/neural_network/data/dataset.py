"""A data set in memory: images as columns of pixels with a label each, to train with and usually also to test with.

The pixels of one sample lie side by side, in the rows of a C-contiguous array (m, D), so that a mini-batch is one piece
of memory. The equations have samples as columns, so `X` (D, m) is the transpose of that array, which costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..support.arguments import check_count
from ..support.byte_pixels import Inputs, Pixels, scale
from ..support.errors import InputError
from ..support.picture_format import PictureFormat, Shape, square

DIGITS = tuple("0123456789")
SIDE, BOX = 28, 20  # pixels: the height and width of an image of MNIST's, and of the box that its digit fills


class Samples(NamedTuple):
    """Inputs `X` (D, m), float32 in [0, 1] with a C-contiguous transpose, and their labels `Y` (m,), int64.

    In a large data set `X` is of class Pixels, which stands in for such an array (see byte_pixels.py).
    """

    X: Inputs
    Y: NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """Samples to train and test with, and where they come from.

    Attributes
    ----------
    name : str
        Its name, such as "mnist", or "mnist+synthetic" for a mixture.
    source : str
        The file, the folder or the generator it was read from, in plain words.
    train, test : Samples
        `test` is None where there are no labelled test samples.
    classes : tuple of str
        The name of each label.
    parts : tuple of (str, Samples)
        The test samples of each part of a mixture, as views into `test`, so that each can be evaluated apart;
        no two have the same name.
    shape : (int, int), optional
        Height and width of the images; None where they are not known.
    picture_format : PictureFormat, optional
        How pictures became the images, where the data are pictures (see preprocess.py).
    note : str
        A remark that `train` prints, before and after, such as that built-in digits are not MNIST. Usually empty.
    """

    name: str
    source: str
    train: Samples
    test: Samples | None = None
    classes: tuple[str, ...] = DIGITS
    parts: tuple[tuple[str, Samples], ...] = ()
    note: str = ""
    shape: Shape | None = None
    picture_format: PictureFormat | None = None

    def split(self, validation: int) -> tuple[Samples, Samples | None]:
        """Hold out the first `validation` training samples; return the others and the held-out ones, as views.

        With `validation` 0 nothing is held out and the second is None.

        Raises
        ------
        InputError
            `validation` is negative, or leaves nothing to train on.
        """
        check_count("validation", validation, minimum=0)
        X, Y = self.train
        if validation >= len(Y):
            raise InputError(f"validation must leave some of the {len(Y)} training samples, not hold out {validation}")
        if validation == 0:
            return self.train, None
        return Samples(X[:, validation:], Y[validation:]), Samples(X[:, :validation], Y[:validation])


def image_shape(dataset: Dataset) -> Shape | None:
    """Return height and width of the images; where they are not known, those of a square, None if there is none."""
    return dataset.shape or square(len(dataset.train.X))


def usual_validation(samples: int) -> int:
    """Return how many training samples are held out by default: 1000, or a tenth of fewer than 10,000."""
    return min(1000, samples // 10)


def make_samples(pixels: NDArray[Any], labels: NDArray[Any]) -> Samples:
    """Turn pixels 0 to 255, (m, D) or (m, height, width) of any number type, and labels (m,) into samples.

    The float32 array is the only one made on the way: no float64 copy, no second copy.
    """
    rows = pixels.reshape(len(pixels), -1)
    return Samples(scale(rows).T, labels.astype(np.int64))


def keep_bytes(images: NDArray[np.uint8], labels: NDArray[Any]) -> Samples:
    """Do what `make_samples` does, but keep `images` as bytes: `Pixels` stand in for the floats."""
    return Samples(Pixels(images.reshape(len(images), -1)), labels.astype(np.int64))


def to_pixels(X: Inputs) -> NDArray[np.uint8]:
    """Return the pixels (m, D), 0 to 255, of which `make_samples` made `X` (D, m)."""
    pixels = X.T * np.float32(255)
    return np.rint(pixels, out=pixels).astype(np.uint8)


def interleave(counts: Sequence[int]) -> NDArray[np.intp]:
    """Return, for each sample of a mixture of parts of these sizes, the number of the part that it comes from.

    The parts take turns, so that any number of first samples, such as those held out for validation, have the same
    shares of all parts. Nothing is random: sample i of a part of m stands at the fraction (i + 1/2) / m.
    """
    fractions = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    return np.repeat(np.arange(len(counts)), counts)[np.argsort(fractions, kind="stable")]
