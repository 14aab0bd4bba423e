"""The options of `train` that are settings, for a command that takes the same ones."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from ...runs.settings import Settings
from ..train.command import train

Function = TypeVar("Function", bound=Callable[..., Any])

SETTINGS = {field.name for field in fields(Settings)} - {"from_run", "deterministic"}


def takes_settings(command: Function) -> Function:
    """Decorate a command that ends with `**settings`: it takes these options as `train` does."""
    own = [each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD]
    more = [each for name, each in inspect.signature(train).parameters.items() if name in SETTINGS]
    vars(command)["__signature__"] = inspect.Signature([*own, *more])
    command.__annotations__ |= {each.name: each.annotation for each in more}
    return command
