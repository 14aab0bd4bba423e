"""The end of an error about a name that is not known: whether another one was meant."""

import difflib
from collections.abc import Iterable
from pathlib import Path


def most_like(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`; None where none is like it."""
    return next(iter(difflib.get_close_matches(name, [*known], n=1)), None)


def did_you_mean(near: str | Path | None, otherwise: str = "") -> str:
    """Return "; did you mean 'adam'?", or what is said `otherwise`, where no name is near, after a semicolon too."""
    advice = otherwise if near is None else f"did you mean {str(near)!r}?"
    return f"; {advice}" if advice else ""
