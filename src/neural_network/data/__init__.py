"""Data sets: read from files, found by name, downloaded, or generated.

    from neural_network.data import load

    dataset = load("auto")

Start with dataset.py, which says what a data set is; catalog.py finds them by name. idx.py, kaggle.py, npz.py,
parquet.py and pictures.py read files, folders.py tells their forms apart, and export.py writes some of them.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalog import Entry, available, fetch, load
    from .dataset import Dataset, Samples, make_samples
    from .export import FORMATS
    from .idx import read_idx, read_pair, write_idx
    from .kaggle import read_test_csv, read_train_csv, write_csv
    from .prepare import prepare_data

PLACES = {
    "catalog": ("Entry", "available", "fetch", "load"),
    "dataset": ("Dataset", "Samples", "make_samples"),
    "export": ("FORMATS",),
    "idx": ("read_idx", "read_pair", "write_idx"),
    "kaggle": ("read_test_csv", "read_train_csv", "write_csv"),
    "prepare": ("prepare_data",),
}

__all__ = [
    "FORMATS",
    "Dataset",
    "Entry",
    "Samples",
    "available",
    "fetch",
    "load",
    "make_samples",
    "prepare_data",
    "read_idx",
    "read_pair",
    "read_test_csv",
    "read_train_csv",
    "write_csv",
    "write_idx",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used: a program that only uses a network needs no readers of files."""
    for module, names in PLACES.items():
        if name in names:
            return getattr(importlib.import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
