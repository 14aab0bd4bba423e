"""Settings from a request: text or numbers by name, which become `Settings` or are refused in one line."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import NoneType
from typing import Any, get_args, get_type_hints

from ...data.augment import AUGMENTATIONS
from ...functions.activations import ACTIVATIONS
from ...functions.initializers import INITIALIZERS
from ...functions.losses import LOSSES, OUTPUTS
from ...runs.settings import Settings
from ...support.arguments import shown
from ...support.errors import InputError
from ...support.registry import Registry
from ...support.suggestion import did_you_mean, most_like
from ...training.optimizers import OPTIMIZERS
from ...training.schedules import SCHEDULES

# Settings that a page may not choose: other files, code, and what has no effect.
WITHHELD = ("from_run", "teacher", "callbacks", "deterministic")
CHOICES: dict[str, Registry[Any]] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "output": OUTPUTS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "augment": AUGMENTATIONS,
}


def read_settings(given: Any) -> Settings:
    """Return the settings with these values, the usual ones where none is given.

    Raises InputError for a name or a value that is not one of a setting.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"settings should be an object, not {shown(given)}")
    kinds = {name: kind for name, kind in get_type_hints(Settings).items() if name not in WITHHELD}
    if unknown := [name for name in given if name not in kinds]:
        advice = did_you_mean(most_like(str(unknown[0]), kinds))
        raise InputError(f"there is no setting {shown(unknown[0])}{advice}")
    values = {name: _read(name, value, kinds[name]) for name, value in given.items()}
    for name, value in values.items():
        if name in CHOICES:
            CHOICES[name][value]  # raises InputError, with the names that there are
    settings = Settings.from_json({**asdict(Settings()), **values})
    settings.check()
    return settings


def _read(name: str, value: Any, kind: Any) -> Any:
    kinds = get_args(kind) or (kind,)
    if NoneType in kinds and value in (None, ""):
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise InputError(f"{name} cannot be {shown(value)}")
    number = next((each for each in (int, float) if each in kinds), None)
    if number is None:
        return str(value)
    try:
        found = number(value) if isinstance(value, str) or number is float else value
    except (ValueError, OverflowError):
        kind = "a whole number" if number is int else "a number"
        raise InputError(f"{name} must be {kind}, not {shown(value)}") from None
    if found < 0:
        raise InputError(f"{name} must not be negative, as {shown(value)} is")
    return found


def changed(settings: Settings) -> dict[str, Any]:
    """Return the settings that are not the usual ones, by name."""
    usual = Settings()
    return {
        field.name: value
        for field in fields(Settings)
        if field.name not in WITHHELD and (value := getattr(settings, field.name)) != getattr(usual, field.name)
    }
