"""Lets several networks classify MNIST's test images together: `python -m benchmarks.committee RUN...`

The committee's probabilities are the mean of its members'. Networks of deskewed images get them deskewed. The result is
written into docs/accuracy.md.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from neural_network import TwoLayerNN
from neural_network.data import Samples, load
from neural_network.data.image_changes import deskew_for
from neural_network.runs.folder import model_file
from neural_network.support.atomic_files import atomic_write
from neural_network.support.picture_format import PictureFormat

from .accuracy import DOCUMENT, in_words
from .results_table import replace_part


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the committee's error, and write it into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.committee", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="runs or model files")
    parser.add_argument("--data", default="mnist", help="data set whose test images are classified")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    options = parser.parse_args(arguments)
    networks = [TwoLayerNN.load(model_file(run)) for run in options.runs]
    Y = _test(options.data).Y
    P = np.mean([network.predict_proba(images_for(network, options.data)) for network in networks], axis=0)
    wrong = int(np.count_nonzero(P.argmax(axis=0) != Y))
    sizes = " or ".join(map(str, sorted({network.hidden_size for network in networks})))
    members = f"{len(networks)} networks with {sizes} hidden units"
    text = f"A committee of {members}, by the mean of their probabilities: {in_words(wrong, len(Y))}."
    document = replace_part(options.document.read_text(), "committee", text)
    with atomic_write(options.document) as file:
        file.write(document.encode())
    sys.stdout.write(f"{text}\n")


def images_for(network: TwoLayerNN, data: str) -> np.ndarray:
    """Return the test images (D, m) of a data set as this network needs them."""
    return np.asarray(_test(data, network.picture_format).X)


@cache
def _test(data: str, form: PictureFormat | None = None) -> Samples:
    test = deskew_for(form, load(data, form)).test
    if test is None:
        raise SystemExit(f"{data} has no test images")
    return test


if __name__ == "__main__":
    main()
