"""Randomness without state: every random stream is named by a seed and by what it is for.

The shuffle of epoch 7 comes from `stream(seed, SHUFFLE, 7)`, whatever was drawn before. So nothing depends on the
order in which things happen, and a run that is resumed in the middle draws the numbers it would have drawn anyway.
"""

from __future__ import annotations  # numpy.random takes long to load, and names of types need not do it

from typing import TypeAlias

import numpy as np

from .errors import InputError

SHUFFLE, DROPOUT, DIGITS = 1, 2, 3  # purposes of streams: all are listed here, so that no two are the same

Seed: TypeAlias = "int | np.random.Generator | None"


def as_seed(seed: Seed) -> int:
    """Return a seed that can be written down: the integer itself, one from a generator, or a fresh one for None."""
    if seed is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return int(seed)
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**32))
    raise InputError(f"seed must be an integer ≥ 0, a numpy Generator or None, not {seed!r}")


def stream(seed: int, *purpose: int) -> np.random.Generator:
    """Return the generator of one purpose, e.g. `stream(seed, SHUFFLE, epoch)`; different purposes are independent."""
    return np.random.default_rng([seed, *purpose])
