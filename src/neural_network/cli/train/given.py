"""Which options of a command were written on its command line, and values for those that were not."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typer

# Settings that belong to the value of another one.
GO_TOGETHER = {"learning_rate": "optimizer", "warmup_steps": "schedule", "light_epochs": "augment"}


def was_given(context: "typer.Context", name: str) -> bool:
    """Return whether the option was written on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def fill_in(context: "typer.Context", values: Mapping[str, Any]) -> None:
    """Give these values to the options that were not written on the command line.

    Where another optimizer, schedule or augmentation was written, what belongs to that of `values` keeps its default.
    """
    for name, value in values.items():
        if not was_given(context, name) and not was_given(context, GO_TOGETHER.get(name, name)):
            context.params[name] = list(value) if name == "callbacks" else value
