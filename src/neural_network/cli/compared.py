"""How `mnist-nn compare` prints what it found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import terminal

if TYPE_CHECKING:
    from rich.table import Table

LISTED = 5  # images that changed sides, in either direction
CHANGES = {"gained": "wrong → right", "lost": "right → wrong"}


def print_contest(result: dict[str, Any], classes: Sequence[str]) -> None:
    """Print what `contest` returned: figures, verdicts, options that differ, and which images changed sides."""
    console = terminal.console()

    def say(line: str, style: str = "") -> None:
        console.print(line, style=style, markup=False, soft_wrap=True)

    data, comparisons = result["data"], result["comparisons"]
    say(f"{result['samples']:,} {data['images']} of {data['name']} from {data['source']}")
    console.print(_figures(result))
    for comparison in comparisons:
        say(comparison["verdict"], style="bold")
    several = ", with Holm's correction for their number" if len(comparisons) > 1 else ""
    method = f"p: McNemar's exact test on these images{several}; another seed is another chance (train --seeds)"
    say(method, style="dim")
    if result["options"]:
        console.print(_options(result))
    for comparison in comparisons:
        if comparison["gained"] or comparison["lost"]:
            counts = ", ".join(f"{len(comparison[kind]):,} {change}" for kind, change in CHANGES.items())
            say(f"{comparison['run']} after {comparison['with']}: {counts}; the {LISTED} clearest of each")
            console.print(_changes(comparison, classes))


def _figures(result: dict[str, Any]) -> "Table":
    """Return the table of figures: below those of a run, their differences to the first run's."""
    table = terminal.table("run", "accuracy", "95 % interval", "loss", "parameters", "steps", "seconds")
    first = result["runs"][0]
    for run, comparison in zip(result["runs"], [None, *result["comparisons"]], strict=True):
        low, high = run["interval"]
        table.add_row(
            terminal.plain(run["run"]),
            f"{run['accuracy']:.2%}",
            f"{100 * low:.2f} to {100 * high:.2f}",
            f"{run['loss']:.4f}",
            f"{run['parameters']:,}",
            _told("{:,}", run["steps"]),
            _told("{:.1f}", run["seconds"]),
        )
        if comparison:
            low, high = comparison["interval"]
            table.add_row(
                "",
                f"{100 * comparison['difference']:+.2f} ",
                f"{100 * low:+.2f} to {100 * high:+.2f}",
                _told("{:+.4f}", comparison["loss_difference"]),
                f"{run['parameters'] - first['parameters']:+,}",
                _told("{:+,}", _difference(run["steps"], first["steps"])),
                _told("{:+.1f}", _difference(run["seconds"], first["seconds"])),
                style="dim",
            )
    return table


def _told(form: str, value: float | None) -> str:
    return "unknown" if value is None else form.format(value)


def _difference(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or theirs is None else ours - theirs


def _options(result: dict[str, Any]) -> "Table":
    """Return the table of the options in which the runs differ."""
    table = terminal.table("options that differ", *(run["run"] for run in result["runs"]), words=99)
    for name, values in result["options"].items():
        told = ["unknown" if value is None else str(value) for value in values]
        table.add_row(name.replace("_", " "), *map(terminal.plain, told))
    return table


def _changes(comparison: dict[str, Any], classes: Sequence[str]) -> "Table":
    """Return the table of the images that changed sides: those first whose label gained or lost most probability."""
    table = terminal.table("", "image", "is", comparison["with"], comparison["run"], words=5)
    for kind, change in CHANGES.items():
        for image in comparison[kind][:LISTED]:
            names = [terminal.plain(classes[image[key]]) for key in ("label", "before", "after")]
            table.add_row(change, f"{image['index']}", *names)
    return table
