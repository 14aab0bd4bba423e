"""Write the table of docs/benchmarks.md, and its figure, from a saved result.

    mnist-nn bench --data mnist --output benchmarks/results/mine.json
    mnist-nn bench --data mnist --plot cost.png --output benchmarks/results/mine-sweeps.json
    python benchmarks/report.py benchmarks/results/mine.json benchmarks/results/mine-sweeps.json

Later files add to earlier ones: their jobs and sweeps take the place of those of the same name.
"""

import argparse
import json
from pathlib import Path

from neural_network.inspection.figures import save_figure

from .plot import plot_sweeps
from .results_table import markdown, replace_part

DOCS = Path(__file__).parents[1] / "docs"

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("results", nargs="+", type=Path, help="files that `mnist-nn bench --output` wrote")
parser.add_argument("--document", type=Path, default=DOCS / "benchmarks.md")
parser.add_argument("--figure", type=Path, default=DOCS / "images" / "benchmarks.png")
arguments = parser.parse_args()

machines, jobs, sweeps = [], {}, {}
for path in arguments.results:
    result = json.loads(path.read_text())
    machines.append(result["machine"])
    jobs |= result["jobs"]
    sweeps |= result.get("sweeps", {})

if jobs:
    document = replace_part(arguments.document.read_text(), "table", markdown({"machine": machines[0], "jobs": jobs}))
    arguments.document.write_text(document)
    print(arguments.document)
if sweeps:
    print(save_figure(plot_sweeps(sweeps), arguments.figure))
