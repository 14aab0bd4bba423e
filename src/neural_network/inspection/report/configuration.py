"""The settings of a run, and the command that trains it again."""

import dataclasses
from typing import Any

from ...data.dataset import usual_validation
from ...runs.command import train_command, usual_value
from ...runs.summary import Summary

NAMES = {
    "hidden": "hidden units",
    "batch_size": "samples a step",
    "average": "moving average",
    "from_run": "first weights",
}

EMPTY = {"from_run": "random", "teacher": "none"}
NO_EFFECT = "deterministic"  # of earlier versions


def settings_rows(summary: Summary) -> list[tuple[str, str, str]]:
    """Return every setting of the run that has an effect: its name, its value, and the default if that differs."""
    rows = []
    for name, value in dataclasses.asdict(summary.settings).items():
        if name == NO_EFFECT:
            continue
        usual = usual_value(name, summary.settings)
        value = usual if name == "learning_rate" and value is None else value
        text, usual_text = (_text(each) or EMPTY[name] for each in (value, usual))
        rows.append((NAMES.get(name, name.replace("_", " ")), text, "" if value == usual else usual_text))
    return rows


def command(summary: Summary) -> str:
    """Return the command that trains the same network again, with the options that differ from their defaults."""
    data = summary.data
    is_usual = data.train is not None and data.validation == usual_validation(data.train + data.validation)
    return train_command(summary.settings, data.spec, None if is_usual else data.validation)


def _text(value: Any) -> str:
    if value is None:
        return "all of them"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
