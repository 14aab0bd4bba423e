"""The command that trains a run: `mnist-nn train` with the options that are not the usual ones."""

import dataclasses
import shlex
from typing import Any

from ..support.errors import InputError
from .settings import Settings


def train_command(settings: Settings, spec: str, validation: int | None = None) -> str:
    """Return the command that trains a network with these settings on the data `spec`.

    `validation` is the number of held-out samples, None for the usual one.
    """
    words = ["mnist-nn", "train", "--data", spec]
    if validation is not None:
        words += ["--validation", str(validation)]
    for name, value in dataclasses.asdict(settings).items():
        differs = settings.from_run or value != usual_value(name, settings)  # --from takes defaults from that run
        if name == "callbacks":
            words += [word for each in value for word in ("--callback", each)]
        elif name == "seed" or (value is not None and value is not False and value != "" and differs):
            words.append(option(name))
            words += [] if value is True else [str(value)]
    return shlex.join(words)


def option(name: str) -> str:
    """Return the option of `mnist-nn train` for a setting."""
    return f"--{'from' if name == 'from_run' else name.replace('_', '-')}"


def usual_value(name: str, settings: Settings) -> Any:
    """Return the value that a setting has by default, for a learning rate that of the optimizer."""
    if name == "learning_rate":
        try:
            return dataclasses.replace(settings, learning_rate=None).make_optimizer().learning_rate
        except InputError:  # that of a plugin which is not loaded
            return None
    return getattr(Settings(), name)
