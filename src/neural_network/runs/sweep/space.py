"""What a sweep varies: settings with a list of values, as in "hidden=10,32", or a range, "learning-rate=0.01..0.3 log".

A value is written as the command takes it; `default` stands for the value that `mnist-nn train` uses by itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any, TypeAlias, get_args, get_type_hints

import numpy as np

from ...support.errors import InputError
from ...support.suggestion import did_you_mean, most_like
from ..command import option
from ..settings import Settings

Value: TypeAlias = str | int | float | bool | None

DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Settings)}
KINDS = {name: get_args(kind) or (kind,) for name, kind in get_type_hints(Settings).items()}
FIXED = {
    "seed": "--seeds trains each setting with several seeds",
    "from_run": "every trial starts with random weights",
    "callbacks": "--callback is for all trials",
}
WORDS = {"true": True, "false": False}
EXAMPLE = 'such as hidden=10,32,128 or "learning-rate=0.01..0.3 log"'
DIGITS = 4  # significant ones of a number that is drawn


@dataclass(frozen=True)
class Choice:
    """A setting, by its name, and the values that it may have."""

    name: str
    values: tuple[Value, ...]

    def draw(self, rng: np.random.Generator) -> Value:
        """Return one of the values, each equally likely."""
        return self.values[rng.integers(len(self.values))]


@dataclass(frozen=True)
class Range:
    """A setting that is a number, whole or not, from `low` to `high`; `log`: all powers of ten are equally likely."""

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def draw(self, rng: np.random.Generator) -> Value:
        """Return a number in the range. Those that are not whole have four significant digits."""
        if self.whole and not self.log:
            return int(rng.integers(int(self.low), int(self.high), endpoint=True))
        return self.fit(self._at(rng.random()))

    def spread(self, count: int) -> Choice:
        """Return `count` values at equal distances from end to end, of which whole ones may coincide."""
        values = [self.fit(self._at(share)) for share in np.linspace(0, 1, count)]
        return Choice(self.name, tuple(dict.fromkeys(values)))

    def fit(self, number: float) -> Value:
        """Return the value that is nearest to a number: rounded, and within the ends."""
        rounded = round(number) if self.whole else float(f"{number:.{DIGITS}g}")
        return min(max(rounded, self.low), self.high)

    def _at(self, share: float) -> float:
        """Return the number at a share (0 to 1) of the way from the lower end to the upper one."""
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + share * (self.high - self.low))


Varied: TypeAlias = Choice | Range


def as_text(value: Value) -> str:
    """Return a value as it is written in a list of values."""
    if value is None:
        return "default"
    return str(value).lower() if isinstance(value, bool) else str(value).removesuffix(".0")


def parse_space(texts: Sequence[str]) -> tuple[Varied, ...]:
    """Return what these texts vary. Raises InputError where one is not understood, or two are of the same setting."""
    space = tuple(map(parse_varied, texts))
    names = [varied.name for varied in space]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name} is varied twice: give all its values in one --vary")
    return space


def parse_varied(text: str) -> Varied:
    """Return the setting that a text varies.

        hidden=10,32,128                a list
        learning-rate=0.01..0.3 log     a range, here a logarithmic one
        learning-rate=0.01..0.3 log 5   five values of that range, from end to end

    Raises InputError, with what was expected, where the text is none of these.
    """
    name, equals, values = text.partition("=")
    name = name.strip().lstrip("-").replace("-", "_")
    if not equals or not values.strip():
        raise InputError(f"--vary takes a setting and its values, {EXAMPLE}, not {text!r}")
    if name not in KINDS:
        known = ", ".join(each for each in KINDS if each not in FIXED)
        advice = did_you_mean(most_like(name, KINDS), f"the settings: {known}")
        raise InputError(f"there is no setting {name!r} to vary{advice}")
    if name in FIXED:
        raise InputError(f"{name} cannot be varied: {FIXED[name]}")
    if ".." in values:
        return _parse_range(name, values)
    chosen = tuple(parse_value(name, word.strip()) for word in values.split(","))
    for value in chosen:
        if chosen.count(value) > 1:
            raise InputError(f"--vary {text}: {as_text(value)} is there twice")
    return Choice(name, chosen)


def _parse_range(name: str, text: str) -> Varied:
    vary = f"--vary {option(name)[2:]}"
    ends, *words = text.split()
    log, count = "log" in words, [int(word) for word in words if word.isdecimal()]
    low, high = (parse_value(name, end) for end in ends.split("..", 1))
    if len(words) != log + len(count) or len(count) > 1:
        raise InputError(f"{vary}: a range is written 1..100, 1..100 log or 1..100 log 5, not {text!r}")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or isinstance(low, bool):
        raise InputError(f"{vary}: this is no number that has a range, such as {text!r}; list values")
    if not low < high or (log and low <= 0):
        raise InputError(f"{vary}: a range goes from a smaller to a larger number{' > 0' * log}, not {ends}")
    varied = Range(name, low, high, log, float not in KINDS[name])
    if count and count[0] < 2:
        raise InputError(f"{vary}: a range is divided into at least 2 values, not {count[0]}")
    return varied.spread(count[0]) if count else varied


def parse_value(name: str, word: str) -> Value:
    """Return the value of a setting that a word stands for. Raises InputError where it cannot have this value."""
    kinds = KINDS[name]
    if word == "default":
        return DEFAULTS[name]
    if bool in kinds and word in WORDS:
        return WORDS[word]
    if str in kinds and word:
        return word
    for kind in (int, float):
        if kind in kinds:
            try:
                number = kind(word)
            except ValueError:
                break
            if math.isfinite(number):
                return number
    expected = {str: "names", bool: "true or false", int: "whole numbers", float: "numbers"}
    (first,) = (kind for kind in kinds if kind is not NoneType)
    raise InputError(f"--vary {option(name)[2:]} takes {expected[first]}, not {word!r}")
