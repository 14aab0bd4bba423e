"""What is wrong with a command line, in one line of plain words."""

import difflib
import typing
from collections.abc import Sequence
from typing import Any

from typer import BadParameter

UsageError: Any = BadParameter.__base__  # wherever this Typer keeps its Click


def explain_usage(error: Any) -> str:
    """Return the line for a `UsageError`."""
    if hasattr(error, "possibilities"):
        message = _no_such_option(error.option_name, error.possibilities or ())
    else:
        message = _bad_value(error) or error.format_message().replace("Value error, ", "").rstrip(".")
    return message if message.endswith("?") or not error.ctx else f"{message}; see {error.ctx.command_path} --help"


def _no_such_option(name: str, possibilities: Sequence[str]) -> str:
    known = {option.strip("-"): option for option in possibilities}
    nearest = difflib.get_close_matches(name.strip("-"), known, n=1)
    return f"there is no option {name}" + (f"; did you mean {known[nearest[0]]}?" if nearest else "")


def _bad_value(error: Any) -> str | None:
    """Return what the value of an option must be, where pydantic, by which Typer checks types, refused a number."""
    parameter, cause = getattr(error, "param", None), error.__cause__
    if not parameter or not hasattr(cause, "errors"):
        return None
    kind, least, most = parameter.type_descriptor.annotation, parameter.min, parameter.max
    whole = int in (kind, *typing.get_args(kind))
    if not whole and kind is not float:
        return None
    limits = "" if least is None else f" ≥ {least}" if most is None else f" from {least} to {most}"
    value = cause.errors()[0]["input"]
    return f"{parameter.opts[0]} must be a {'whole ' * whole}number{limits}, not {value!r}"
