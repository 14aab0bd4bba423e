"""What the commands print: results on standard output, everything else on standard error."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..support import arguments

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

LONGEST = 800  # characters of a complaint


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def console() -> "Console":
    """Return a console on standard output."""
    from rich.console import Console

    return Console(highlight=False)


def complain(message: str) -> None:
    """Say what went wrong, in one line on standard error; of a long one, as damaged files cause them, the two ends."""
    line = arguments.plain(" ".join(message.split()))
    if len(line) > LONGEST:
        line = f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
    sys.stderr.write(f"mnist-nn: {line}\n")


def note(message: str) -> None:
    """Say something on standard error that is not a result."""
    from rich.console import Console

    Console(stderr=True, highlight=False, soft_wrap=True).print(plain(message))


@contextlib.contextmanager
def busy(message: str) -> Iterator[None]:
    """Show on a terminal that something is going on that takes a moment."""
    from rich.console import Console

    with Console(stderr=True).status(message) if sys.stderr.isatty() else contextlib.nullcontext():
        yield


def plain(words: str) -> "Text":
    """Return words from outside, such as a file's name: their [brackets] are no markup, and they control nothing."""
    from rich.text import Text

    return Text("\n".join(map(arguments.plain, words.split("\n"))))


def table(*columns: str, title: str | None = None, words: int = 1) -> "Table":
    """Return an empty table; its first `words` columns are of words, the others of figures."""
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        grid.add_column(plain(column), overflow="fold", justify="left" if number < words else "right")
    return grid


@contextlib.contextmanager
def progress_bar(message: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal, and give a function that advances it by one."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(message, total=total)
        yield lambda: progress.advance(task)
