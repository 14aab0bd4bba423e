"""Built-in digits: images like MNIST's, drawn with pen strokes that vary at random.

glyphs.py has the strokes of each style of writing, splines.py turns their points into curves, handwriting.py varies
the curves, and ink.py draws them. The digits use no files, no photographs and no trained numbers.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...support import randomness
from ...support.arguments import check_count
from ...support.errors import InputError
from ..dataset import SIDE
from . import handwriting, ink

__all__ = ["check_number", "generate", "stream"]

BLOCK = 250  # digits drawn at once: few enough for the processor's cache, enough for NumPy to be fast
MAX_DIGITS = 10_000_000  # in one array: 8 GB

Block = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images (n, 28, 28) and labels (n,)


def generate(count: int, seed: int = 0, advance: Callable[[int], None] = lambda amount: None) -> Block:
    """Draw digits.

    The same count and seed give the same bits on any machine; a larger count gives the same digits and more of them.

    Parameters
    ----------
    count : int
        How many, 1 to 10 million. The ten classes are equally likely.
    seed : int
        At least 0; other seeds give other digits.
    advance : function of an int
        Called after each block with its number of digits, for a progress bar.

    Returns
    -------
    images : uint8 (count, 28, 28)
        0 is paper and 255 ink, sized and centered like MNIST's.
    labels : uint8 (count,)

    Raises
    ------
    InputError
        Another count, a seed below 0, or not a whole number.
    """
    check_number("count", count)
    blocks, done = stream(count, seed), 0
    images, labels = np.empty((count, SIDE, SIDE), np.uint8), np.empty(count, np.uint8)
    for block_images, block_labels in blocks:
        made = len(block_labels)
        images[done : done + made], labels[done : done + made] = block_images, block_labels
        done += made
        advance(made)
    return images, labels


def check_number(name: str, count: int) -> None:
    """Raise InputError if `count`, called `name` in the message, is not a number of digits for `generate`."""
    if check_count(name, count) > MAX_DIGITS:
        raise InputError(
            f"{name} must be at most {MAX_DIGITS:,} at a time, not {count:,}; other seeds give other digits"
        )


def stream(count: int, seed: int = 0) -> Iterator[Block]:
    """Yield the digits of `generate` block by block, so that any number of them needs little memory."""
    check_count("count", count)
    check_count("seed", seed, minimum=0)
    return (_block(seed, k, min(BLOCK, count - k * BLOCK)) for k in range(-(-count // BLOCK)))


def _block(seed: int, number: int, size: int) -> Block:
    """Draw one block: always all of it, so that fewer digits are the beginning of more."""
    labels, path, radius = handwriting.write(randomness.stream(seed, randomness.DIGITS, number), BLOCK)
    images = ink.center(ink.draw(*ink.fit(path, radius)))
    return images[:size], labels[:size].astype(np.uint8)
