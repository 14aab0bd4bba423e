"""Names from outside, mostly of folders, in a form that a figure can show."""

import itertools
import unicodedata
from collections.abc import Sequence

from ...data.classes import are_numbered

MAX_WIDTH = 20  # letters


def drawable(name: str, longest: int = MAX_WIDTH) -> str:
    """Return a name in one line, cut to the width of `longest` letters, with every $ escaped for matplotlib."""
    line = " ".join(name.split())
    if width(line) > longest:
        room = sum(end < longest for end in itertools.accumulate(map(width, line)))
        line = f"{line[:room]}…"
    return line.replace("$", r"\$")


def width(text: str) -> int:
    """Return the width of a text in letters; those of Chinese, Japanese and Korean are two wide."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def class_names(classes: Sequence[str] | None) -> list[str] | None:
    """Return the names of classes as figures show them; None where the classes are only numbered."""
    return None if classes is None or are_numbered(classes) else [drawable(name) for name in classes]
