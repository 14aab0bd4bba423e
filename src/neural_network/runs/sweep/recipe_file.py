"""A recipe file: settings in TOML, which `mnist-nn train --recipe FILE` trains with."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...support.atomic_files import atomic_write
from ..settings import Settings

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def write_recipe(path: Path, title: str, about: str, settings: Settings, data: str, validation: int) -> None:
    """Write the settings that are not the usual ones, with the data, so that the file is a recipe.

    The recipe of runs/g/best.toml has the name g-best.

    A setting of None, as a batch of all samples, is that of a recipe that does not name it.
    """
    table = {each.name: getattr(settings, each.name) for each in fields(Settings)}
    unusual = {each.name: table[each.name] for each in fields(Settings) if table[each.name] != each.default}
    values = {"data": data, "validation": validation, **unusual}
    lines = [
        *_lines({"name": f"{path.parent.name}-{path.stem}", "title": title, "about": about}),
        "",
        "[settings]",
        *_lines(values),
    ]
    with atomic_write(path) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]


def _toml(value: Any) -> str:
    """Return a value in TOML, whose control characters are written as numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        letters = (ESCAPES.get(c) or (c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in value)
        return f'"{"".join(letters)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(value)
