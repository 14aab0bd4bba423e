"""A table of named values: every kind of extension (activations, initializers, ...) has one."""

import difflib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .errors import InputError

T = TypeVar("T")


class Registry(Generic[T]):
    """Values of one kind under their names; an unknown name is answered with the one that was probably meant."""

    def __init__(self, kind: str, contract: Callable[[str, T], None] = lambda name, value: None) -> None:
        self.kind, self.contract = kind, contract
        self._values: dict[str, T] = {}

    def register(self, name: str, value: T) -> T:
        """Put `value` under `name` and return it. A name that another value has already is refused (InputError).

        So is a value that does not keep to the kind's contract: see contracts.py.
        """
        if name not in self:
            self.contract(name, value)
        if self._values.setdefault(name, value) is not value:
            raise InputError(f"{self.kind} {name!r} is registered already; choose another name")
        return value

    def __getitem__(self, name: str) -> T:
        if name not in self:
            if nearest := self._nearest(str(name).lower()):
                advice = f"did you mean {nearest!r}?"
            else:
                advice = f"choose one of: {', '.join(self)}" if len(self) else "none is registered; name its --plugin"
            raise InputError(f"unknown {self.kind} {name!r}; {advice}")
        return self._values[name]

    def _nearest(self, name: str) -> str | None:
        known = {candidate.lower(): candidate for candidate in self}
        begins = [candidate for candidate in known if name and candidate.startswith(name)]
        nearest = difflib.get_close_matches(name, known, n=1) or begins
        return known[nearest[0]] if nearest else None

    def has(self, value: T) -> bool:
        """Return whether `value` itself, and not only another of its name, is registered."""
        return any(value is known for known in self._values.values())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
