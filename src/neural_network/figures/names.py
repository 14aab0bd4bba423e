"""Names that come from outside, of folders mostly, as they can be written into a figure."""

LONGEST = 20  # characters


def drawable(name: str, longest: int = LONGEST) -> str:
    """Return a name in one line, cut to `longest` characters; a $ in it begins no formula of matplotlib's."""
    line = " ".join(name.split())
    line = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return line.replace("$", r"\$")
