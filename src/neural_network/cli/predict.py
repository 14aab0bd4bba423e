"""`mnist-nn predict`: read digits from pictures, or from the rows of a data set."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ..network import Network
from ..runs.folder import model_file
from ..support.arguments import check_inputs
from ..support.errors import InputError
from ..training.model import TwoLayerNN
from . import terminal
from .dataset_for_model import load_for
from .options import Json, Model, OwnData
from .submission import write_submission

MAX_ROWS = 100  # of the table: a terminal takes long to lay out thousands


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
    data: OwnData = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Write the labels of a test.csv as Kaggle's submission file.", show_default=False
        ),
    ] = None,
    show_steps: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw how the first picture is normalized.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Tell what each picture shows, and how sure the network is.

    Examples:

      mnist-nn predict runs/first seven.png photo.jpg

      mnist-nn predict runs/first photo.jpg --show-steps steps.png

      mnist-nn predict runs/first --index 0 --index 1

      mnist-nn predict runs/first test.csv --json

      mnist-nn predict runs/first test.csv --output submission.csv
    """
    if bool(images) == bool(index):
        raise InputError("predict needs either pictures or --index, e.g. mnist-nn predict MODEL seven.png")
    first = next((path for path in images or [] if not _is_csv(path)), None)
    if show_steps and not first:
        raise InputError("--show-steps needs a picture, e.g. mnist-nn predict MODEL photo.jpg --show-steps steps.png")
    if show_steps:
        from ..inspection.figures import check_picture

        check_picture(show_steps, [*(images or []), model_file(model)])
    network = TwoLayerNN.load(model_file(model))
    if output:
        count = write_submission(network, images or [], output)
        if json:
            terminal.print_json({"written": str(output), "rows": count})
        else:
            typer.echo(f"{output}: {count:,} labels")
        return

    def label(names: list[str], X: np.ndarray) -> list[dict[str, Any]]:
        probabilities = network.predict_proba(check_inputs(X, network.input_size, network.dtype, "the pictures"))
        return [
            {
                "image": name,
                "label": int(p.argmax()),
                "class": network.classes[p.argmax()],
                "probabilities": [float(value) for value in p],
            }
            for name, p in zip(names, probabilities.T, strict=True)
        ]

    predictions: list[dict[str, Any]] = []
    if index:
        predictions = label(*read_rows(network, model, data, index)[:2])
    for path in images or []:
        try:
            names, X = read_picture(path, network.classes, show_steps if path == first else None)
        except (InputError, FileNotFoundError, IsADirectoryError, PermissionError) as error:
            predictions.append({"image": path, "error": str(error)})  # which keeps no other from being read
        else:
            predictions += label(names, X)
    errors = [prediction["error"] for prediction in predictions if "error" in prediction]
    if json:
        terminal.print_json({"predictions": predictions})
    elif len(errors) < len(predictions):
        _print_table([prediction for prediction in predictions if "error" not in prediction], network.classes)
    for complaint in errors:
        terminal.complain(complaint)
    if errors:
        raise typer.Exit(2)


def _is_csv(path: str) -> bool:
    return Path(path).suffix.lower() == ".csv"


def read_picture(path: str, classes: tuple[str, ...], show_steps: Path | None = None) -> tuple[list[str], np.ndarray]:
    """Return name and column of X (D, m) of a picture for these classes, or those of every row of a test.csv."""
    from ..data import read_test_csv

    if _is_csv(path):
        X: np.ndarray = read_test_csv(path)
        return [f"{path}, row {row}" for row in range(1, X.shape[1] + 1)], X
    return [path], _read_pixels(path, classes, show_steps).reshape(-1, 1).astype(np.float32) / 255


def _read_pixels(path: str, classes: tuple[str, ...], show_steps: Path | None) -> np.ndarray:
    """Return the pixels, uint8 (28, 28), that a network for these classes is shown of the picture at `path`.

    The steps to them are drawn even where they find no digit, which is when they are looked at.
    """
    from ..data.find_ink import NoDigitError
    from ..data.images import read_image
    from ..data.normalize import LARGEST
    from ..data.preprocess import fit_picture

    picture = read_image(sys.stdin.buffer if path == "-" else path, enough=2 * LARGEST)
    try:
        fitted = fit_picture(picture, classes)
    except NoDigitError as error:
        _draw_steps(show_steps, error.steps, picture)
        raise InputError(f"{path}: {error}") from error
    _draw_steps(show_steps, fitted.steps, picture)
    return fitted.image


def _draw_steps(path: Path | None, steps: Sequence[tuple[str, np.ndarray]], original: np.ndarray) -> None:
    if path:
        from ..inspection.figures import normalization_steps, save_figure

        save_figure(normalization_steps(steps, original), path)


def read_rows(
    network: Network, model: Path, data: str | None, indices: list[int]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return names, images X (D, m) and labels Y (m,), as `network` has them, of some of a data set's test images.

    `model` is where the network comes from, and `data` what --data names; see `load_data`.
    """
    dataset = load_for(network, data, model)
    X, Y = dataset.test or dataset.train
    for index in indices:
        if not 0 <= index < X.shape[1]:
            raise InputError(f"--index must be 0 to {X.shape[1] - 1} for {dataset.name}, not {index}")
    return [f"{dataset.name}[{index}]" for index in indices], X[:, indices], Y[indices]


def _print_table(predictions: list[dict[str, Any]], classes: tuple[str, ...]) -> None:
    table = terminal.table("image", "label", "probability", "next best")
    for prediction in predictions[:MAX_ROWS]:
        p = prediction["probabilities"]
        best, *rest = sorted(range(len(p)), key=p.__getitem__, reverse=True)
        others = ", ".join(f"{classes[label]} ({p[label]:.1%})" for label in rest[:2])
        words = terminal.plain(prediction["image"]), terminal.plain(classes[best])
        table.add_row(*words, f"{p[best]:.1%}", terminal.plain(others))
    terminal.console().print(table)
    if len(predictions) > MAX_ROWS:
        more = f"and {len(predictions) - MAX_ROWS:,} more: --json prints all of them, and --output writes their labels"
        terminal.console().print(more, markup=False)
