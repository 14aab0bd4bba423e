"""Registries: named values of one kind. Every kind of extension (activations, initializers, ...) has one."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .arguments import is_plain
from .errors import InputError
from .suggestion import did_you_mean, most_like

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
            none = "none is registered; a plugin can register one (--plugin)"
            choices = f"choose one of: {', '.join(self)}" if len(self) else none
            raise InputError(f"unknown {self.kind} {name!r}{did_you_mean(self._nearest(str(name).lower()), choices)}")
        return self._values[name]

    def _nearest(self, name: str) -> str | None:
        known = {candidate.lower(): candidate for candidate in self}
        begins = (candidate for candidate in known if name and candidate.startswith(name))
        near = most_like(name, known) or next(begins, None)
        return near and known[near]

    def has(self, value: T) -> bool:
        """Return whether this very `value` is registered, not only another one of the same name."""
        return any(value is known for known in self._values.values())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
