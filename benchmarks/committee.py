"""Lets several networks classify MNIST's test images together: `python -m benchmarks.committee RUN...`

The committee's probabilities are the mean of its members'. The result is written into docs/accuracy.md.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from neural_network import TwoLayerNN
from neural_network.data import load
from neural_network.runs.folder import model_file
from neural_network.support.atomic_files import atomic_write

from .accuracy import DOCUMENT, in_words
from .results_table import replace_part


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the committee's error, and write it into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.committee", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="runs or model files")
    parser.add_argument("--data", default="mnist", help="data set whose test images are classified")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    options = parser.parse_args(arguments)
    test = load(options.data).test
    if test is None:
        parser.error(f"{options.data} has no test images")
    networks = [TwoLayerNN.load(model_file(run)) for run in options.runs]
    wrong = int(np.count_nonzero(committee(networks, np.asarray(test.X)).argmax(axis=0) != test.Y))
    sizes = " or ".join(map(str, sorted({network.hidden_size for network in networks})))
    members = f"{len(networks)} networks with {sizes} hidden units"
    text = f"A committee of {members}, by the mean of their probabilities: {in_words(wrong, len(test.Y))}."
    document = replace_part(options.document.read_text(), "committee", text)
    with atomic_write(options.document) as file:
        file.write(document.encode())
    sys.stdout.write(f"{text}\n")


def committee(networks: Sequence[TwoLayerNN], X: np.ndarray) -> np.ndarray:
    """Return the mean probabilities (C, m) of the networks for each column of `X` (D, m)."""
    return np.mean([network.predict_proba(X) for network in networks], axis=0)


if __name__ == "__main__":
    main()
