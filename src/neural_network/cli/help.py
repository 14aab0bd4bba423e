"""The text of --help: readable at any width of the terminal, with the options in their panels."""

import re
import shutil
import textwrap
from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup

WIDEST = 100  # columns; longer lines are hard to read
COLUMN = 30  # columns for the names of options
PARAGRAPH = "\n\n"
DEFAULT = re.compile(r"default: \((.*)\)(?=[;\]])")  # Typer puts those that are described in brackets
KIND = re.compile(r"<(?:list\[)?([\w|-]+)(?: range)?\]?>")
RANGE = re.compile(r"(\S+)<=x<=(\S+)(?=\])")
KINDS = {"int": "N", "float": "N", "str": "NAME", "path": "PATH"}


class _Help:
    """How a command and a group of commands write their help."""

    def format_help(self, context: Any, formatter: Any) -> None:
        width = min(shutil.get_terminal_size().columns, WIDEST)
        for line in _help(self, context):
            name, tab, text = line.partition("\t")
            if tab and width > 2 * COLUMN and len(name) + 2 <= COLUMN:
                formatter.write(f"{_fill(f'{name:<{COLUMN}}{text}', width, COLUMN)}\n")
            elif tab:
                formatter.write(f"{_fill(name, width, 4)}\n{_fill(f'      {text}', width, 6)}\n")
            else:
                indent = len(name) - len(name.lstrip())
                formatter.write(f"{_fill(name, width, 2 * indent)}\n")


class Command(_Help, TyperCommand):
    """A command with a help text of this kind."""


class Group(_Help, TyperGroup):
    """A group of commands with a help text of this kind, which it shows where no command is given."""

    def parse_args(self, context: Any, arguments: list[str]) -> list[str]:
        return super().parse_args(context, arguments or ["--help"])


def _help(command: Any, context: Any) -> Iterator[str]:
    """Yield the lines of a command's help; a tab divides a name from its description."""
    parameters = command.get_params(context)
    commands = getattr(command, "commands", {})
    arguments = [each.metavar or each.name for each in parameters if each.param_type_name == "argument"]
    yield " ".join(["Usage:", context.command_path, "[OPTIONS]", *arguments, *["COMMAND ..."] * bool(commands)])
    for paragraph in (command.help or "").split("\n\n"):
        if paragraph.startswith("  "):  # an example: they stand below each other
            yield paragraph
        else:
            yield from ["", " ".join(paragraph.split())]
    panels: dict[str, list[str]] = {"Arguments": [], "Options": []}
    for parameter in parameters:
        if record := parameter.get_help_record(context):
            usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
            panel = getattr(parameter, "rich_help_panel", None) or usual
            panels.setdefault(panel, []).append(_describe(*record))
    for name, lines in panels.items():
        yield from ["", f"{name}:", *lines] if lines else []
    if commands:
        yield from ["", "Commands:"]
        for name, each in commands.items():
            yield f"  {name}\t{' '.join(each.help.partition(PARAGRAPH)[0].split())}"
    if command.epilog:
        yield from ["", command.epilog]


def _describe(names: str, description: str) -> str:
    """Return the line of an option or an argument: what it takes, what it does and its default."""
    names = KIND.sub(lambda found: KINDS.get(found[1], found[1]) if "--" in names else "", names).rstrip()
    description = RANGE.sub(r"\1 to \2", description.replace("x>=", "at least ").replace("; at least 0]", "]"))
    return f"  {names}\t{DEFAULT.sub(lambda found: f'default: {found[1]}', description)}"


def _fill(text: str, width: int, indent: int) -> str:
    """Return `text` wrapped between words, the lines after the first indented."""
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
