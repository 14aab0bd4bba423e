"""A recipe: options of `mnist-nn train` in a TOML file, by the names of the fields of Settings.

name = "mine"    # optional: that of the file otherwise
title = "800 hidden units, elastic deformation"

[settings]
data = "mnist"
validation = 0
hidden = 800
epochs = 60

[published]    # optional: the figure that the recipe answers
source = "Simard, Steinkraus and Platt 2003"
error = 0.7    # per cent
"""

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from ..runs.settings import Settings
from ..support.errors import InputError
from ..support.json_schema import check_values, read_object
from ..support.suggestion import did_you_mean, most_like

_NAMED = Path(__file__).parent / "named"
RECIPES = tuple(sorted(path.stem for path in _NAMED.glob("*.toml")))

KEYS = ("name", "title", "about", "settings", "published")
PARTS = ("test", "validation")  # of the data, on which an error is measured

_KINDS = {
    **{name: kind for name, kind in get_type_hints(Settings).items() if name != "from_run"},
    "data": str,
    "validation": int,
}


@dataclass(frozen=True)
class Published:
    """A published error in per cent, of the test images or of the validation images."""

    source: str
    error: float
    part: str = "test"


@dataclass(frozen=True)
class Recipe:
    """Options of `mnist-nn train`; those that `options` leaves out keep their defaults.

    `options` has the names of the fields of Settings, and "data" and "validation".
    """

    name: str
    title: str
    options: dict[str, Any] = field(default_factory=dict)
    published: Published | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the recipe."""
        return Settings.among(self.options)


def find_recipe(name: str | os.PathLike[str]) -> Recipe:
    """Return the recipe of this name, or the one in a TOML file.

    Raises
    ------
    FileNotFoundError
        There is neither such a name nor such a file.
    InputError
        The file is no recipe; see `read_recipe`.
    """
    if str(name) in RECIPES:
        return read_recipe(_NAMED / f"{name}.toml")
    if Path(name).is_file():
        return read_recipe(name)
    hint = did_you_mean(most_like(str(name), RECIPES), "mnist-nn recipes list shows the names")
    raise FileNotFoundError(f"there is no recipe {str(name)!r} and no such TOML file{hint}")


def read_recipe(path: str | os.PathLike[str]) -> Recipe:
    """Return the recipe in a TOML file. Raises InputError, naming the file, where it is none."""
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path} is not a TOML file: {error}") from None
    if unknown := values.keys() - set(KEYS):
        raise InputError(f"{path} is not a recipe: {min(unknown)!r} is none of {', '.join(KEYS)}")
    if "settings" not in values:
        raise InputError(f"{path} is not a recipe: it has no table [settings]")
    try:
        options = _read_options(values.get("settings"))
        published = read_object(Published, values["published"], "published") if "published" in values else None
        if published and published.part not in PARTS:
            raise InputError(f"part of published should be one of {', '.join(PARTS)}, not {published.part!r}")
    except InputError as error:
        raise InputError(f"{path} is not a recipe: {error}") from None
    name = values.get("name", Path(path).stem)
    if not isinstance(name, str) or Path(name).name != name:  # of the folders of its runs
        raise InputError(f"{path} is not a recipe: its name must be one for a folder, not {name!r}")
    return Recipe(name, str(values.get("title", "")), options, published)


def _read_options(values: Any) -> dict[str, Any]:
    check_values(values, {}, "[settings]")
    for name in values:
        if name not in _KINDS:
            raise InputError(f"{name!r} is no setting{did_you_mean(most_like(name.replace('-', '_'), _KINDS))}")
    check_values(values, {name: _KINDS[name] for name in values}, "[settings]")
    return {name: tuple(value) if name == "callbacks" else value for name, value in values.items()}
