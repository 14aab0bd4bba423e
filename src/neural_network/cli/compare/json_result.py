"""How `mnist-nn compare` prints what it found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...inspection.comparison import CHANGES, DELTA, figures_table, method, options_table
from .. import terminal

if TYPE_CHECKING:
    from rich.table import Table

LISTED = 5  # images that changed sides, in either direction


def print_contest(result: dict[str, Any], classes: Sequence[str]) -> None:
    """Print what `contest` returned: figures, verdicts, options that differ, and which images changed sides."""
    console = terminal.console()

    def say(line: str, style: str = "") -> None:
        console.print(line, style=style, markup=False, soft_wrap=True)

    data, comparisons = result["data"], result["comparisons"]
    what = f"{result['samples']:,} {data['images']} of {data['name']} from {data['source']}"
    say(f"{what}; {DELTA} is the difference to {comparisons[0]['with']}")
    console.print(_table(figures_table(result), words=1))
    for comparison in comparisons:
        say(comparison["verdict"], style="bold")
    say(method(result), style="dim")
    if result["options"]:
        console.print(_table(options_table(result), words=len(result["runs"]) + 1))
    for comparison in comparisons:
        if comparison["gained"] or comparison["lost"]:
            counts = ", ".join(f"{len(comparison[kind]):,} {change}" for kind, change in CHANGES.items())
            say(f"{comparison['run']} after {comparison['with']}: {counts}; the {LISTED} clearest of each")
            console.print(_table(_changes(comparison, classes), words=5))


def _table(rows: list[list[str]], words: int) -> "Table":
    """Return a table of rows, the first of them its headings."""
    table = terminal.table(*rows[0], words=words)
    for column in table.columns[words:]:
        column.no_wrap = True  # where there is no room, names are folded and figures are not
    for row in rows[1:]:
        table.add_row(*map(terminal.plain, row), style="dim" if row[0] == DELTA else "")
    return table


def _changes(comparison: dict[str, Any], classes: Sequence[str]) -> list[list[str]]:
    """Return the images that changed sides: those first whose label gained or lost most probability."""
    return [
        ["change", "image", "is", comparison["with"], comparison["run"]],
        *(
            [change, str(image["index"]), *(classes[image[key]] for key in ("label", "before", "after"))]
            for kind, change in CHANGES.items()
            for image in comparison[kind][:LISTED]
        ),
    ]
