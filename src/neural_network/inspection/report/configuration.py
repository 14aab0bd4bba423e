"""With which settings a run was made, and the command that makes it again."""

import dataclasses
import shlex
from typing import Any

from ...runs.folder import Summary
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.optimizers import make_optimizer

VALIDATION = 1000  # samples that `mnist-nn train` holds out by itself


def settings_rows(summary: Summary) -> list[tuple[str, str, str]]:
    """Return every setting of the run: its name, its value, and the default where that is another one."""
    training = planned(summary)
    rows = []
    for field in dataclasses.fields(Settings):
        if field.name in training:
            value, usual = training[field.name], _default(field, training)
            rows.append((_words(field.name), _text(value), "" if value == usual else _text(usual)))
    return rows


def command(summary: Summary) -> str:
    """Return the command that trains the same network again: only what differs from the defaults, and the seed."""
    data, training = summary["data"], planned(summary)
    words = ["mnist-nn", "train", "--data", data["spec"]]
    if data["validation"] != VALIDATION:
        words += ["--validation", str(data["validation"])]
    started = training.get("from_run")  # then options that are not given are not the defaults, but those of that run
    for field in dataclasses.fields(Settings):
        value = training.get(field.name)
        if field.name == "callbacks":
            words += [word for name in value or () for word in ("--callback", name)]
        elif field.name == "seed" or (value not in (None, False) and (started or value != _default(field, training))):
            words.append(f"--{'from' if field.name == 'from_run' else field.name.replace('_', '-')}")
            words += [] if value is True else [str(value)]
    return shlex.join(words)


def planned(summary: Summary) -> dict[str, Any]:
    """Return the settings the run began with: it may have ended before its last epoch, and then says so."""
    training = dict(summary["training"])
    training["epochs"] = training.get("planned_epochs", training.get("epochs"))
    return training


def _default(field: "dataclasses.Field[Any]", training: dict[str, Any]) -> Any:
    if field.name == "learning_rate":
        try:
            return make_optimizer(training["optimizer"]).learning_rate
        except InputError:  # that of a plugin which is not loaded
            return None
    return [*field.default] if isinstance(field.default, tuple) else field.default


def _words(name: str) -> str:
    return {
        "hidden": "hidden units",
        "batch_size": "samples a step",
        "average": "moving average",
        "from_run": "first weights",
    }.get(name, name.replace("_", " "))


def _text(value: Any) -> str:
    if value is None:
        return "all of them"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value) or "random"
    )
