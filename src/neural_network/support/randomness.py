"""Randomness without state: every random stream is named by a seed and a purpose.

The permutation of epoch 7 comes from `stream(seed, SHUFFLE, 7)`, whatever was drawn before. So nothing depends on the
order in which things happen, and a run that is resumed in the middle draws the same numbers as one that was not.
"""

from __future__ import annotations  # numpy.random takes long to load, and type names need not load it

from typing import TypeAlias

import numpy as np

from .arguments import shown
from .errors import InputError

SHUFFLE, DROPOUT, DIGITS, TEACHER, SWEEP = 1, 2, 3, 4, 5  # all purposes are listed here, so that no two are the same
LARGEST_SEED = 2**128 - 1  # NumPy's generators have no more states than that

Seed: TypeAlias = "int | np.random.Generator | None"


def as_seed(seed: Seed) -> int:
    """Return a seed as an integer: the integer itself, one drawn from a generator, or a fresh one for None."""
    if seed is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and 0 <= seed <= LARGEST_SEED:
        return int(seed)
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**32))
    raise InputError(f"seed must be an integer from 0 to 2^128 - 1, a numpy Generator or None, not {shown(seed)}")


def stream(seed: int, *purpose: int) -> np.random.Generator:
    """Return the generator of a purpose, as in `stream(seed, SHUFFLE, epoch)`. Different purposes are independent."""
    return np.random.default_rng([seed, *purpose])
