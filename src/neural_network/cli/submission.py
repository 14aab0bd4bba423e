"""Kaggle's submission file: a line for each image of test.csv, with its number, counted from 1, and its label."""

from collections.abc import Sequence
from pathlib import Path

from ..network import Network
from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from .dataset_for_model import read_rows_for

HEADER = "ImageId,Label"


def write_submission(network: Network, images: Sequence[str], output: Path) -> int:
    """Write the classes that a network predicts for the rows of the only file in `images`; return their number.

    Raises
    ------
    InputError
        `images` is not one CSV file other than `output`, or cannot be read, or does not fit the network.
    WorkError
        `output` cannot be written.
    """
    if [Path(path).suffix.lower() for path in images] != [".csv"]:
        raise InputError(
            "--output writes a submission for one CSV file: mnist-nn predict RUN test.csv --output FILE.csv"
        )
    if output.suffix.lower() != ".csv" or output.resolve() == Path(images[0]).resolve():
        raise InputError(f"--output must be the name of another file in .csv, not {output}")
    classes = [network.classes[label] for label in network.predict(read_rows_for(network, images[0]))]
    lines = [HEADER, *(f"{number},{name}" for number, name in enumerate(classes, start=1))]
    with atomic_write(output) as file:
        file.write("\n".join([*lines, ""]).encode())
    return len(classes)
