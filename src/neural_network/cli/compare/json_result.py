"""The result of `mnist-nn compare`, as JSON values and as tables in the terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...inspection.comparison import CHANGES, DELTA, Comparison, PairResult, method, options_table, results_table
from .. import terminal

if TYPE_CHECKING:
    from rich.table import Table

MAX_LISTED = 5  # images that changed sides, in either direction
KEYS = {"baseline": "with", "both_correct": "both_right", "newly_correct": "gained", "newly_wrong": "lost"}


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values."""
    return {
        "data": asdict(comparison.data),
        "samples": comparison.samples,
        "runs": [asdict(run) for run in comparison.runs],
        "comparisons": [
            {KEYS.get(name, name): value for name, value in asdict(pair).items()} | {"verdict": pair.verdict}
            for pair in comparison.pairs
        ],
        "options": comparison.options,
    }


def print_comparison(comparison: Comparison, classes: Sequence[str]) -> None:
    """Print the results, the verdicts, the options that differ, and which images changed sides."""
    console = terminal.console()

    def say(line: str, style: str = "") -> None:
        console.print(line, style=style, markup=False, soft_wrap=True)

    data, baseline = comparison.data, comparison.runs[0].run
    images = f"{comparison.samples:,} {data.images} of {data.name} from {data.source}"
    say(f"{images}; {DELTA} is the difference to {baseline}")
    console.print(_table(results_table(comparison), words=1))
    for pair in comparison.pairs:
        say(pair.verdict, style="bold")
    say(method(comparison), style="dim")
    if comparison.options:
        console.print(_table(options_table(comparison), words=len(comparison.runs) + 1))
    for pair in comparison.pairs:
        if pair.newly_correct or pair.newly_wrong:
            counts = ", ".join(f"{len(getattr(pair, kind)):,} {change}" for kind, change in CHANGES.items())
            say(f"{pair.run} against {baseline}: {counts}; below, up to {MAX_LISTED} of each with the largest change")
            console.print(_table(_changes(pair, classes), words=5))


def _table(rows: list[list[str]], words: int) -> "Table":
    """Return a table of rows, the first of them its headings."""
    table = terminal.table(*rows[0], words=words)
    for column in table.columns[words:]:
        column.no_wrap = True  # where there is no room, names are folded and numbers are not
    for row in rows[1:]:
        table.add_row(*map(terminal.plain, row), style="dim" if row[0] == DELTA else "")
    return table


def _changes(pair: PairResult, classes: Sequence[str]) -> list[list[str]]:
    """Return the images that changed sides: first those whose label's probability changed most."""
    return [
        ["change", "image", "is", pair.baseline, pair.run],
        *(
            [change, str(image.index), *(classes[label] for label in (image.label, image.before, image.after))]
            for kind, change in CHANGES.items()
            for image in getattr(pair, kind)[:MAX_LISTED]
        ),
    ]
