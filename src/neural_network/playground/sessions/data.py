"""The data sets of the playground by name: digits in MNIST's form, and toy data in two dimensions."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...data import catalog
from ...data.dataset import Dataset, Samples, usual_validation
from ...data.preprocess import format_of
from ...inspection.analysis.toy_data import TOYS
from ...support.errors import InputError
from ...support.picture_format import PictureFormat
from ..familiarity import Familiarity

TOY_TRAIN, TOY_TEST = 400, 200


@dataclass(frozen=True)
class SessionData:
    """The samples of a session.

    Attributes
    ----------
    name : str
        Its name on the page.
    spec : str
        The value of `--data` that names it on the command line; empty for toy data.
    train, validation, test : Samples
        X (D, m) and Y (m,) of each part.
    classes : tuple of str
        The name of each label.
    picture_format : PictureFormat or None
        How pictures become inputs; None for toy data.
    note : str
        A remark on the data, usually empty.
    """

    name: str
    spec: str
    train: Samples
    validation: Samples
    test: Samples
    classes: tuple[str, ...]
    picture_format: PictureFormat | None
    note: str = ""

    @cached_property
    def familiarity(self) -> Familiarity:
        """The measure of how unlike the training samples an input is, made when it is first asked for."""
        return Familiarity(self.train, self.validation)


class DataSets:
    """The data sets that pages may choose. Each is read once and shared by all sessions, which never write to it.

    Parameters
    ----------
    specs : mapping of str to str
        What the page calls a data set, and the value of `--data` it is loaded by. Pages name nothing else, so that no
        text of a request is ever a path.
    """

    def __init__(self, specs: Mapping[str, str]) -> None:
        self.specs = dict(specs)
        self._loaded: dict[str, SessionData] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The names that `get` knows, the first of which is the usual one."""
        return [*self.specs, *TOYS]

    def get(self, name: str) -> SessionData:
        """Return a data set; raises InputError for an unknown name, and what `catalog.load` raises."""
        if name not in self.names:
            raise InputError(f"data must be one of {', '.join(self.names)}, not {name!r}")
        with self._lock:
            if name not in self._loaded:
                spec = self.specs.get(name)
                self._loaded[name] = _toy(name) if spec is None else _digits(name, spec)
            return self._loaded[name]


def usual_specs(own: str | None) -> dict[str, str]:
    """Return the data sets on this machine by name, without those to download; the user's `own` come first."""
    found = {entry.name: entry.name for entry in catalog.available() if entry.place and not _is_missing(entry.place)}
    names = sorted(found, key=lambda name: name == "synthetic")  # the built-in digits after those of people
    specs = {name: found[name] for name in names}
    if own in (None, "auto"):
        return specs
    if own in specs:
        return {own: own, **specs}
    return {"own": own, **specs}


def _is_missing(place: str) -> bool:
    return place.startswith("not found")


def _digits(name: str, spec: str) -> SessionData:
    dataset = catalog.load(spec)
    train, validation = dataset.split(usual_validation(len(dataset.train.Y)))
    if validation is None:
        raise InputError(f"{spec} has {len(dataset.train.Y)} training samples; the playground needs at least 10")
    test = dataset.test or validation
    form = format_of(dataset)
    return SessionData(name, spec, train, validation, test, dataset.classes, form, dataset.note)


def _toy(name: str) -> SessionData:
    def samples(count: int, seed: int) -> Samples:
        X, Y = TOYS[name](count, seed)
        return Samples(np.ascontiguousarray(X.T, np.float32).T, Y.astype(np.int64))

    dataset = Dataset(name, f"toy data {name!r}", samples(TOY_TRAIN, 0), samples(TOY_TEST, 1), shape=None)
    train, validation = dataset.split(usual_validation(TOY_TRAIN))
    assert validation is not None
    assert dataset.test is not None
    classes = tuple(map(str, range(int(dataset.train.Y.max()) + 1)))
    return SessionData(name, "", train, validation, dataset.test, classes, None)
