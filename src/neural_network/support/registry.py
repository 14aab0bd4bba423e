"""Registries: named values of one kind. Every kind of extension (activations, initializers, ...) has one."""

import difflib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .arguments import is_plain
from .errors import InputError

T = TypeVar("T")


class Registry(Generic[T]):
    """Values of one kind by name. An unknown name is an error that suggests the nearest known one.

    Parameters
    ----------
    kind : str
        What the values are, for error messages, such as "activation".
    contract : callable
        Called with a name and a value before the value is registered; raises InputError if it must not be (see
        contracts.py).
    """

    def __init__(self, kind: str, contract: Callable[[str, T], None] = lambda name, value: None) -> None:
        self.kind, self.contract = kind, contract
        self._values: dict[str, T] = {}

    def register(self, name: str, value: T) -> T:
        """Register `value` under `name`, and return it.

        Raises InputError if another value has this name, if the value does not keep to the contract of its kind, or if
        the name is empty or has control characters.
        """
        if not name or not is_plain(name):
            raise InputError(f"the name of {self.kind} {name!r} must have characters, and no control characters")
        if name not in self:
            self.contract(name, value)
        if self._values.setdefault(name, value) is not value:
            raise InputError(f"{self.kind} {name!r} is registered already; choose another name")
        return value

    def __getitem__(self, name: str) -> T:
        if name not in self:
            if nearest := self._nearest(str(name).lower()):
                advice = f"did you mean {nearest!r}?"
            elif len(self):
                advice = f"choose one of: {', '.join(self)}"
            else:
                advice = "none is registered; a plugin can register one (--plugin)"
            raise InputError(f"unknown {self.kind} {name!r}; {advice}")
        return self._values[name]

    def _nearest(self, name: str) -> str | None:
        known = {candidate.lower(): candidate for candidate in self}
        begins = [candidate for candidate in known if name and candidate.startswith(name)]
        nearest = difflib.get_close_matches(name, known, n=1) or begins
        return known[nearest[0]] if nearest else None

    def has(self, value: T) -> bool:
        """Return whether this very `value` is registered, not only another one of the same name."""
        return any(value is known for known in self._values.values())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
