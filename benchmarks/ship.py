"""Makes a trained run a shipped model, and writes its card in docs/models.md: `python -m benchmarks.ship RUN NAME`

The weights are rounded to float16, unless that changes the label of a test image.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from neural_network import TwoLayerNN
from neural_network.data import Dataset, load
from neural_network.formats.model_file import save_model
from neural_network.formats.shipped_models import FOLDER
from neural_network.formats.tensor_file import read
from neural_network.inspection.report.configuration import command
from neural_network.runs.folder import load_run
from neural_network.runs.summary import EndedSummary, Metrics
from neural_network.support.atomic_files import atomic_write

from .accuracy import in_words
from .results_table import replace_part
from .worker import ROOT

DOCUMENT = ROOT / "docs" / "models.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the model file and its card."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ship", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument("name", metavar="NAME", help="of the shipped model, such as best-800")
    options = parser.parse_args(arguments)
    network, _, summary = load_run(options.run)
    dataset = load(summary.data.spec)
    path = FOLDER / f"{options.name}.safetensors"
    save(network, dataset, path)
    document = replace_part(DOCUMENT.read_text(), options.name, card(path, TwoLayerNN.load(path), summary, dataset))
    with atomic_write(DOCUMENT) as file:
        file.write(document.encode())
    sys.stdout.write(f"{path}\n{DOCUMENT}\n")


def save(network: TwoLayerNN, dataset: Dataset, path: Path) -> None:
    """Save `network` in float16, or as it is where that would change the label of a test image."""
    save_model(network, path, half=True)
    X = (dataset.test or dataset.train).X
    if (network.predict(X) != TwoLayerNN.load(path).predict(X)).any():
        save_model(network, path)


def card(path: Path, network: TwoLayerNN, summary: EndedSummary, dataset: Dataset) -> str:
    """Return the facts of a shipped model as a Markdown list."""
    tests = [*dataset.parts] or ([(dataset.name, dataset.test)] if dataset.test else [])
    lines = [
        *(f"`{each}`" for each in _commands(summary)),
        f"{summary.model.parameters:,} parameters, {path.stat().st_size:,} bytes ({_stored(path)}); SHA-256: "
        f"`{hashlib.sha256(path.read_bytes()).hexdigest()}`",
        *(_test_line(name, Metrics.of(network, *samples)) for name, samples in tests),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _commands(summary: EndedSummary) -> list[str]:
    """Return the command that trains the network, after those of the runs that it starts from."""
    if not (start := summary.settings.from_run):
        return [command(summary)]
    return [*(f"{each} --name {Path(start).name}" for each in _commands(load_run(start)[2])), command(summary)]


def _stored(path: Path) -> str:
    return f"{read(path)[1]['W1'].dtype}"


def _test_line(name: str, metrics: Metrics) -> str:
    return f"{name}: {in_words(round((1 - metrics.accuracy) * metrics.samples), metrics.samples)}"


if __name__ == "__main__":
    main()
