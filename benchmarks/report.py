"""Writes the tables of docs/benchmarks.md, and its figure, from saved results: `python -m benchmarks.report FILE...`

The jobs and sweeps of later files take the place of those of the same name in earlier ones.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neural_network.inspection.figures import save_figure
from neural_network.support.atomic_files import atomic_write

from .plot import plot_sweeps
from .results_table import against_lines, against_markdown, lines, markdown, replace_part
from .worker import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
FIGURE = ROOT / "docs" / "images" / "step_cost.png"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the tables and the figure for which the files have results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("results", nargs="+", type=Path, help="files that `python -m benchmarks --output` wrote")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    parser.add_argument("--figure", type=Path, default=FIGURE)
    options = parser.parse_args(arguments)

    results = [json.loads(path.read_text()) for path in options.results]
    document = options.document.read_text()
    for name, rows, write in (("table", lines, markdown), ("against", against_lines, against_markdown)):
        if merged := _merge([result for result in results if rows(result)]):
            document = replace_part(document, name, write(merged))
    with atomic_write(options.document) as file:
        file.write(document.encode())
    sys.stdout.write(f"{options.document}\n")
    sweeps: dict[str, Any] = {}
    for result in results:
        sweeps |= result.get("sweeps", {})
    if sweeps:
        sys.stdout.write(f"{save_figure(plot_sweeps(sweeps), options.figure)}\n")


def _merge(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all jobs, with the machine of the first result."""
    jobs = {name: job for result in results for name, job in result["jobs"].items()}
    return {"machine": results[0]["machine"], "jobs": jobs} if results else {}


if __name__ == "__main__":
    main()
