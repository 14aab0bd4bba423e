"""Records runs of recipes and writes the table of docs/accuracy.md: `python -m benchmarks.accuracy [RUN...]`

Each RUN is a folder of `mnist-nn recipes run NAME`. Its summary is saved in recipes/results, from where
`mnist-nn recipes list` and the table are made.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from neural_network.inspection.analysis.intervals import wilson
from neural_network.recipes import RECIPES, Recipe, find_recipe, recorded
from neural_network.recipes.results import RESULTS, check_run
from neural_network.runs.folder import load_run
from neural_network.support.atomic_files import atomic_write
from neural_network.support.errors import InputError

from .results_table import replace_part
from .worker import ROOT

DOCUMENT = ROOT / "docs" / "accuracy.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Record the runs, and write the table of all recorded ones."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of `mnist-nn recipes run NAME`")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    for run in options.runs:
        record(run, options.results)
    document = replace_part(options.document.read_text(), "table", table(options.results))
    with atomic_write(options.document) as file:
        file.write(document.encode())
    sys.stdout.write(f"{options.document}\n")


def record(run: Path, results: Path = RESULTS) -> None:
    """Save the summary of a run, without the paths of this machine. Raises InputError where it is of no recipe."""
    summary = load_run(run)[2]
    name = run.resolve().name.rpartition("-seed-")[0]
    if name not in RECIPES:
        raise InputError(f"{run} is not a run of `mnist-nn recipes run`: its name is not that of a recipe")
    check_run(find_recipe(name), summary)
    summary = replace(summary, run="", data=replace(summary.data, source=summary.data.name))
    with atomic_write(results / f"{name}-seed-{summary.settings.seed}.json") as file:
        file.write(json.dumps(summary.to_json(), indent=2).encode() + b"\n")


def table(results: Path = RESULTS) -> str:
    """Return the table of all recipes with recorded runs, as Markdown."""
    head = ["recipe", "published", "ours", "95 % interval", "seeds", "seconds", "source"]
    rows = [row for name in RECIPES if (row := _row(find_recipe(name), results))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def _row(recipe: Recipe, results: Path) -> list[str] | None:
    result = recorded(recipe, results)
    if result is None:
        return None
    published = recipe.published
    low, high = result.interval
    return [
        f"`{recipe.name}`: {recipe.title}",
        f"{published.error:.2f}" if published else "",
        str(result),
        f"{low:.2f} to {high:.2f}",
        f"{len(result.seeds)}",
        f"{result.seconds:.0f}",
        published.source if published else "",
    ]


def in_words(wrong: int, samples: int) -> str:
    """Return a number of wrong test images, the error in per cent, and Wilson's 95 % interval for it."""
    low, high = (100 * float(end) for end in wilson(wrong, samples))
    error = f"{100 * wrong / samples:.2f} % (95 % interval {low:.2f} to {high:.2f})"
    return f"{wrong} of {samples:,} test images wrong, {error}"


if __name__ == "__main__":
    main()
