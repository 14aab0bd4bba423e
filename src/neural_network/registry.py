"""A table of named values: every kind of extension (activations, initializers, ...) has one."""

import difflib
from collections.abc import Iterator
from typing import Generic, TypeVar

from .errors import InputError

T = TypeVar("T")


class Registry(Generic[T]):
    """Values of one kind under their names; an unknown name is answered with the one that was probably meant."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._values: dict[str, T] = {}

    def register(self, name: str, value: T) -> T:
        """Put `value` under `name` and return it. A name that another value has already is refused (InputError)."""
        if self._values.setdefault(name, value) is not value:
            raise InputError(f"{self.kind} {name!r} is registered already; choose another name")
        return value

    def __getitem__(self, name: str) -> T:
        if name not in self:
            nearest = difflib.get_close_matches(str(name), self._values, n=1)
            advice = f"did you mean {nearest[0]!r}?" if nearest else f"choose one of: {', '.join(self)}"
            raise InputError(f"unknown {self.kind} {name!r}; {advice}")
        return self._values[name]

    def has(self, value: T) -> bool:
        """Return whether `value` itself, and not only another of its name, is registered."""
        return any(value is known for known in self._values.values())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
