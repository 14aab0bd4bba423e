"""The built-in digits as a data set: generated once, then kept in the cache."""

import contextlib
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.arguments import check_count
from ..support.errors import InputError, WorkError
from ..support.progress import Progress
from . import folders, synthetic
from .dataset import Dataset, make_samples
from .download import cache_folder
from .idx import write_idx
from .new_directory import new_folder
from .sources import TEST, TRAIN

ABOUT = "built-in digits, made by a generator"
NOTE = "these are built-in digits, not MNIST"
SEEDS = 2**31  # training digits have seeds below this, test digits those from here to 2³² - 1

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images (m, 28, 28) and labels (m,)


def load_digits() -> Dataset:
    """Return 60,000 digits to train on and 10,000 to test with, from the cache if they are there."""
    folder = cache_folder() / f"synthetic-{_fingerprint()}"
    try:
        dataset = folders.read(folder)
        if dataset.test is None or (len(dataset.train.Y), len(dataset.test.Y)) != (TRAIN, TEST):
            raise InputError(f"{folder}: is not complete")
    except (FileNotFoundError, InputError):
        train, test = make_digits(TRAIN, TEST)
        # If the cache is full or cannot be written, they are generated again next time; or another run was faster.
        with contextlib.suppress(InputError, WorkError):
            shutil.rmtree(folder, ignore_errors=True)
            write_digits(folder, train, test)
        dataset = Dataset("", "", make_samples(*train), make_samples(*test))
    return replace(dataset, name="synthetic", source="the built-in generator", note=NOTE)


def make_digits(train: int, test: int, seed: int = 0) -> tuple[Pair, Pair]:
    """Generate digits to train on and others to test with, from different seeds: no training seed is a test seed.

    Raises
    ------
    InputError
        A count that is not 1 to 10 million, or a seed that is not 0 to 2³¹ - 1.
    """
    synthetic.check_number("train", train)
    synthetic.check_number("test", test)
    if check_count("seed", seed, minimum=0) >= SEEDS:
        raise InputError(f"seed must be below {SEEDS}, not {seed}")
    with Progress("making digits", train + test) as bar:
        return synthetic.generate(train, seed, bar.advance), synthetic.generate(test, 2**32 - 1 - seed, bar.advance)


def write_digits(folder: Path, train: Pair, test: Pair) -> None:
    """Write the digits of `make_digits` into `folder` as four IDX files, all of them or none.

    Raises
    ------
    InputError
        `folder` exists already and is not empty.
    WorkError
        The files cannot be written.
    """
    with new_folder(folder) as temporary:
        for split, pair in (("train", train), ("t10k", test)):
            for name, array in zip(folders.idx_names(split), pair, strict=True):
                write_idx(temporary / name, array)


def _fingerprint() -> str:
    """Return a short hash of the generator's code: another version may make other digits."""
    code = b"".join(path.read_bytes() for path in sorted(Path(synthetic.__file__).parent.glob("*.py")))
    return hashlib.sha256(code).hexdigest()[:12]
