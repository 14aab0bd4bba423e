"""`mnist-nn predict`: read digits from pictures, or from the rows of a data set."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ..arguments import check_inputs
from ..errors import InputError
from ..network import TwoLayerNN
from ..runs import model_file
from . import terminal
from .options import Data, Json, Model


def predict(
    model: Model,
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[IMAGE]...",
            help="PNG or JPEG pictures of any size, dark on light or the reverse; a test.csv; - for standard input.",
            show_default=False,
        ),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(help="A test image of --data, counted from 0; may be given several times.", show_default=False),
    ] = None,
    data: Data = "auto",
    show_steps: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw how the first picture is normalized.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Tell which digit each picture shows, and how sure the network is.

    [bold]Examples[/bold]

      mnist-nn predict runs/first seven.png photo.jpg

      mnist-nn predict runs/first photo.jpg --show-steps steps.png

      mnist-nn predict runs/first --index 0 --index 1

      mnist-nn predict runs/first test.csv --json
    """
    if bool(images) == bool(index):
        raise InputError("predict needs either pictures or --index, e.g. mnist-nn predict MODEL seven.png")
    if show_steps and not images:
        raise InputError("--show-steps needs a picture, e.g. mnist-nn predict MODEL photo.jpg --show-steps steps.png")
    network = TwoLayerNN.load(model_file(model))
    names, X = read_pictures(images, show_steps) if images else read_rows(data, index or [])[:2]
    probabilities = network.predict_proba(check_inputs(X, network.input_size, network.dtype, "the pictures"))
    predictions = [
        {"image": name, "label": int(p.argmax()), "probabilities": [float(value) for value in p]}
        for name, p in zip(names, probabilities.T, strict=True)
    ]
    if json:
        terminal.print_json({"predictions": predictions})
    else:
        _print_table(predictions)


def read_pictures(paths: list[str], show_steps: Path | None = None) -> tuple[list[str], np.ndarray]:
    """Return a name and a column of X (D, m) for every picture, and for every row of a test.csv."""
    from ..data import read_test_csv

    names: list[str] = []
    columns: list[np.ndarray] = []
    for path in paths:
        if Path(path).suffix.lower() == ".csv":
            X: np.ndarray = read_test_csv(path)
            names += [f"{path}, row {row}" for row in range(1, X.shape[1] + 1)]
        else:
            X = _read_digit(path, show_steps).reshape(-1, 1).astype(np.float32) / 255
            show_steps = None
            names.append(path)
        columns.append(X)
    return names, np.concatenate(columns, axis=1)


def _read_digit(path: str, show_steps: Path | None) -> np.ndarray:
    """Return the picture at `path`, - for standard input, in MNIST's format: uint8 (28, 28), bright on dark.

    A picture of 28×28 pixels is taken to have that format already, once it is bright on dark. The steps of the
    normalization are drawn even where they find no digit, which is when they are looked at.
    """
    from ..data.drawing import has_ink, normalize
    from ..data.images import read_image
    from ..data.paper import NoDigitError

    picture = read_image(sys.stdin.buffer if path == "-" else path)
    if picture.shape == (28, 28) and has_ink(picture):
        _draw_steps(show_steps, [], picture)
        return 255 - picture if np.median(picture) > 127 else picture
    try:
        normalized = normalize(picture)
    except NoDigitError as error:
        _draw_steps(show_steps, error.steps, picture)
        raise InputError(f"{path}: {error}") from error
    _draw_steps(show_steps, normalized.steps, picture)
    return normalized.image


def _draw_steps(path: Path | None, steps: Sequence[tuple[str, np.ndarray]], original: np.ndarray) -> None:
    if path:
        from ..figures import normalization_steps, save_figure

        save_figure(normalization_steps(steps, original), path)


def read_rows(data: str, indices: list[int]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return names, images X (D, m) and labels Y (m,) of some of a data set's test images."""
    from ..data import load

    with terminal.busy("reading the data"):
        dataset = load(data)
    if dataset.note:
        terminal.note(dataset.note)
    X, Y = dataset.test or dataset.train
    for index in indices:
        if not 0 <= index < X.shape[1]:
            raise InputError(f"--index must be 0 to {X.shape[1] - 1} for {dataset.name}, not {index}")
    return [f"{dataset.name}[{index}]" for index in indices], X[:, indices], Y[indices]


def _print_table(predictions: list[dict[str, Any]]) -> None:
    table = terminal.table("image", "label", "probability", "next best")
    for prediction in predictions:
        p = prediction["probabilities"]
        best, *rest = sorted(range(len(p)), key=p.__getitem__, reverse=True)
        others = ", ".join(f"{label} ({p[label]:.1%})" for label in rest[:2])
        table.add_row(prediction["image"], str(best), f"{p[best]:.1%}", others)
    terminal.console().print(table)
