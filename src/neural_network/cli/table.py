"""Tables for the terminal that stay readable at any width: where columns do not fit, each row becomes a block of lines.

No name is broken in two and no number is cut. Headings and columns of words are wrapped between words, as far as that
helps. A block has a line for each column; a value that is longer than the line gets a line of its own.
"""

import textwrap
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from ..support.arguments import plain


class Console(RichConsole):
    """A console that cuts nothing off: lines of single words that are too long for it are wrapped by the terminal."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*objects, **{"crop": False, **options})


class Table(RichTable):
    """An empty table with these columns, of which the first `words` hold words, the others figures."""

    def __init__(self, *columns: str, title: str | None = None, words: int = 1) -> None:
        super().__init__(box=box.SIMPLE_HEAD)
        self.heading, self.words = title, words
        for number, column in enumerate(columns):
            self.add_column(Text(plain(column)), justify="left" if number < words else "right")

    def add_row(self, *cells: Any, **options: Any) -> None:
        """Add a row, whose [brackets] are no markup."""
        super().add_row(*(Text(plain(cell)) if isinstance(cell, str) else cell for cell in cells), **options)

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        if self.heading:
            yield Text(f"\n{plain(self.heading)}", style="bold", no_wrap=True, overflow="ignore")
        widths = self._widths(console, options)
        if widths is None:
            for line in self._blocks(options.max_width):
                yield Text(line, no_wrap=True, overflow="ignore")
        else:
            for column, width in zip(self.columns, widths, strict=True):
                column.width = width
            yield from super().__rich_console__(console, options)

    def _widths(self, console: RichConsole, options: ConsoleOptions) -> list[int] | None:
        """Return the width of each column; None where they have no room."""
        widths, least, wide = [], [], options.update(max_width=10**6)
        for number, column in enumerate(self.columns):
            header, *cells = (Measurement.get(console, wide, cell) for cell in (column.header, *column.cells))
            widths.append(max(size.maximum for size in (header, *cells)))
            needed = [size.minimum if number < self.words else size.maximum for size in cells]
            least.append(max(header.minimum, *needed))
        room = options.max_width - 3 * len(widths) - 1  # a space at either side of a column, and one between two
        while sum(widths) > room:
            spare = [width - minimum for width, minimum in zip(widths, least, strict=True)]
            if not any(spare):
                return None
            widths[spare.index(max(spare))] -= 1
        return widths

    def _blocks(self, width: int) -> Iterator[str]:
        """Yield the lines of the rows, each below the other."""
        names, *headers = (str(column.header) for column in self.columns)
        longest = max(map(len, headers))
        for row in zip(*(map(str, column.cells) for column in self.columns), strict=True):
            yield "\n" + f"{names} {row[0]}".strip()
            for header, value in zip(headers, row[1:], strict=True):
                if value:
                    yield from _lines(header.ljust(longest), value.strip(), width)
        yield ""


def _lines(name: str, value: str, width: int) -> Iterator[str]:
    """Yield a name and its value in one line, or else the value in lines of its own, wrapped between words."""
    if len(line := f"  {name}  {value}") <= width:
        yield line
    else:
        yield f"  {name}".rstrip()
        for part in textwrap.wrap(value, max(1, width - 4), break_long_words=False, break_on_hyphens=False):
            yield f"    {part}"
