"""Printing: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..support import arguments
from ..support.progress import Progress

if TYPE_CHECKING:
    from rich.text import Text

    from ..data import Dataset
    from .table import Console, Table

LONGEST = 800  # characters of an error


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def console() -> "Console":
    """Return a console on standard output."""
    from .table import Console

    return Console(highlight=False)


def complain(message: str) -> None:
    """Print an error in one line on standard error. Damaged files cause long ones: of these, the two ends."""
    line = arguments.plain(" ".join(message.split()))
    if len(line) > LONGEST:
        line = f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
    sys.stderr.write(f"mnist-nn: {line}\n")


def note(message: str) -> None:
    """Print a line on standard error that is not a result."""
    from rich.console import Console

    Console(stderr=True, highlight=False, soft_wrap=True).print(plain(message))


def busy(message: str) -> Progress:
    """Return a context in which a terminal shows that some work is going on: `with busy("reading the data"): ...`."""
    return Progress(message)


def reading(load: "Callable[[], Dataset]") -> "Dataset":
    """Return the data set that `load` reads, and print its note; a terminal shows that it is being read."""
    with busy("reading the data"):
        dataset = load()
    if dataset.note:
        note(dataset.note)
    return dataset


def plain(words: str) -> "Text":
    """Return words from outside, such as a file's name, without markup in [brackets] or control characters."""
    from rich.text import Text

    return Text("\n".join(map(arguments.plain, words.split("\n"))))


def table(*columns: str, title: str | None = None, words: int = 1) -> "Table":
    """Return an empty table with these columns, of which the first `words` hold words, the others figures."""
    from .table import Table

    return Table(*columns, title=title, words=words)
