"""What is wrong with a command line, in one line of plain words."""

import typing
from collections.abc import Sequence
from typing import Any

from typer import BadParameter

from ..support.suggestion import did_you_mean, most_like

UsageError: Any = BadParameter.__base__  # wherever this Typer keeps its Click


def explain_usage(error: Any) -> str:
    """Return the line for a `UsageError`."""
    if hasattr(error, "possibilities") and hasattr(error, "option_name"):  # Click has it for commands too
        message = _no_such_option(error.option_name, error.possibilities or ())
    else:
        message = _bad_value(error) or error.format_message().replace("Value error, ", "").rstrip(".")
    return message if message.endswith("?") or not error.ctx else f"{message}; see {error.ctx.command_path} --help"


def _no_such_option(name: str, possibilities: Sequence[str]) -> str:
    known = {option.strip("-"): option for option in possibilities}
    near = most_like(name.strip("-"), known)
    return f"there is no option {name}{did_you_mean(near and known[near])}"


def _bad_value(error: Any) -> str | None:
    """Return what the value of an option must be, if it is a number."""
    parameter: Any = getattr(error, "param", None)
    cause = error.__cause__
    if hasattr(cause, "errors"):  # of pydantic, by which newer versions of Typer check types
        limits, value = parameter, cause.errors()[0]["input"]
        kinds = {*typing.get_args(parameter.type_descriptor.annotation), parameter.type_descriptor.annotation}
    elif hasattr(parameter, "type"):  # of Click, which refuses what is no number by itself
        limits, value = parameter.type, error.message.partition(" is not ")[0].strip("'")
        kinds = {kind for kind in (int, float) if parameter.type.name.startswith(kind.__name__)}  # "integer range"
    else:
        return None
    if not kinds & {int, float}:
        return None
    least, most = getattr(limits, "min", None), getattr(limits, "max", None)
    bounds = "" if least is None else f" ≥ {least:g}" if most is None else f" from {least:g} to {most:g}"
    return f"{parameter.opts[0]} must be a {'whole ' * (int in kinds)}number{bounds}, not {value!r}"
