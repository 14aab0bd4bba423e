"""Built-in digits: images like MNIST's, made of nothing but pen strokes and chance.

glyphs.py says how people write the digits, splines.py turns its points into curves, hand.py writes them differently
each time, and ink.py makes images of them. No file, no photograph and no learnt number is behind them: what a network
learns from these digits is what this package knows about handwriting.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ... import randomness
from ...arguments import check_count
from . import hand, ink

__all__ = ["generate", "stream"]

BLOCK = 250  # digits made at once: few enough for the processor's cache, enough for NumPy to be fast
DIGITS = 2  # purpose of the random streams, as in randomness.py

Block = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images (n, 28, 28) and labels (n,)


def generate(count: int, seed: int = 0) -> Block:
    """Make digits.

    The same count and seed give the same bits on any machine; a larger count gives the same digits and more of them.

    Parameters
    ----------
    count : int
        How many, at least 1. The ten classes are equally likely.
    seed : int
        At least 0; other seeds give other digits.

    Returns
    -------
    images : uint8 (count, 28, 28)
        0 is paper and 255 ink, sized and centred like MNIST's.
    labels : uint8 (count,)

    Raises
    ------
    InputError
        A count below 1 or a seed below 0, or not a whole number.
    """
    images, labels = zip(*stream(count, seed), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def stream(count: int, seed: int = 0) -> Iterator[Block]:
    """Make the digits of `generate` piece by piece, so that any number of them needs little memory."""
    check_count("count", count)
    check_count("seed", seed, minimum=0)
    return (_block(seed, k, min(BLOCK, count - k * BLOCK)) for k in range(-(-count // BLOCK)))


def _block(seed: int, number: int, size: int) -> Block:
    """Make one block: always all of it, so that a shorter run is the beginning of a longer one."""
    labels, path, radius = hand.write(randomness.stream(seed, DIGITS, number), BLOCK)
    images = ink.center(ink.draw(*ink.fit(path, radius)))
    return images[:size], labels[:size].astype(np.uint8)
