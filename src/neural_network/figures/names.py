"""Names that come from outside, of folders mostly, as they can be written into a figure."""

from collections.abc import Sequence

from ..data.classes import are_numbered

LONGEST = 20  # characters


def drawable(name: str, longest: int = LONGEST) -> str:
    """Return a name in one line, cut to `longest` characters; a $ in it begins no formula of matplotlib's."""
    line = " ".join(name.split())
    line = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return line.replace("$", r"\$")


def class_names(classes: Sequence[str] | None) -> list[str] | None:
    """Return the names of classes as figures write them, None where they have none or only numbers."""
    return None if classes is None or are_numbered(classes) else [drawable(name) for name in classes]
