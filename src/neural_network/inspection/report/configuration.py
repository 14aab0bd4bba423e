"""The settings of a run, and the command that trains it again."""

import dataclasses
import shlex
from typing import Any

from ...data.dataset import usual_validation
from ...runs.settings import Settings
from ...runs.summary import Summary
from ...support.errors import InputError

NAMES = {
    "hidden": "hidden units",
    "batch_size": "samples a step",
    "average": "moving average",
    "from_run": "first weights",
}


def settings_rows(summary: Summary) -> list[tuple[str, str, str]]:
    """Return every setting of the run: its name, its value, and the default if that differs."""
    rows = []
    for name, value in dataclasses.asdict(summary.settings).items():
        usual = _default(name, summary.settings)
        value = usual if name == "learning_rate" and value is None else value
        rows.append((NAMES.get(name, name.replace("_", " ")), _text(value), "" if value == usual else _text(usual)))
    return rows


def command(summary: Summary) -> str:
    """Return the command that trains the same network again, with the options that differ from their defaults."""
    data, settings = summary.data, summary.settings
    words = ["mnist-nn", "train", "--data", data.spec]
    if data.train is None or data.validation != usual_validation(data.train + data.validation):
        words += ["--validation", str(data.validation)]
    for name, value in dataclasses.asdict(settings).items():
        differs = settings.from_run or value != _default(name, settings)  # --from takes defaults from that run
        if name == "callbacks":
            words += [word for each in value for word in ("--callback", each)]
        elif name == "seed" or (value is not None and value is not False and differs):
            words.append(f"--{'from' if name == 'from_run' else name.replace('_', '-')}")
            words += [] if value is True else [str(value)]
    return shlex.join(words)


def _default(name: str, settings: Settings) -> Any:
    if name == "learning_rate":
        try:
            return dataclasses.replace(settings, learning_rate=None).make_optimizer().learning_rate
        except InputError:  # that of a plugin which is not loaded
            return None
    return getattr(Settings(), name)


def _text(value: Any) -> str:
    if value is None:
        return "all of them"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value) or "random"
    )
