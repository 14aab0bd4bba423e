"""`mnist-nn predict`: classify pictures, or rows of a data set."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from ..data.images import SUFFIXES
from ..formats.shipped_models import EVERYDAY, SHIPPED
from ..network import Network
from ..runs.folder import model_file
from ..support.arguments import check_inputs
from ..support.errors import InputError
from ..training.model import TwoLayerNN
from . import terminal
from .dataset_for_model import load_for, read_rows_for
from .options import MODEL, Json, OwnData
from .submission import write_submission

if TYPE_CHECKING:
    from ..data.normalize import Normalized
    from ..support.picture_format import PictureFormat

MAX_ROWS = 100  # of the table: a terminal takes long to lay out thousands


def predict(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL] [IMAGE]...",
            help=f"{MODEL} By default {EVERYDAY}. Then pictures of any size (PNG, JPEG, GIF, BMP, TIFF, WebP), a "
            "test.csv, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(help="Read this test image of --data, counted from 0; may be repeated.", show_default=False),
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
        typer.Option(metavar="FILE.png", help="Draw how the first picture becomes an input.", show_default=False),
    ] = None,
    digits: Annotated[
        bool, typer.Option("--digits", help="Read numbers: all digits of each picture, from left to right.")
    ] = False,
    json: Json = False,
) -> None:
    """Classify pictures, and print the probabilities of the classes.

    Examples:

      mnist-nn predict seven.png

      mnist-nn predict runs/first seven.png photo.jpg

      mnist-nn predict runs/first price.jpg --digits

      mnist-nn predict runs/first photo.jpg --show-steps steps.png

      mnist-nn predict runs/first --index 0 --index 1

      mnist-nn predict runs/first test.csv --json

      mnist-nn predict runs/first test.csv --output submission.csv
    """
    model, images = _split(words or [])
    file = model_file(model)
    if bool(images) == bool(index):
        raise InputError("predict needs either pictures or --index, e.g. mnist-nn predict seven.png")
    if images == (words or []):
        terminal.note(f"with the shipped model {EVERYDAY}")
    first = next((path for path in images if not _is_csv(path)), None)
    if show_steps and not first:
        raise InputError("--show-steps needs a picture, e.g. mnist-nn predict MODEL photo.jpg --show-steps steps.png")
    if show_steps:
        from ..inspection.figures import check_picture

        check_picture(show_steps, [*images, file])
    network = TwoLayerNN.load(file)
    if digits and (index or output or any(map(_is_csv, images))):
        raise InputError("--digits is for pictures, e.g. mnist-nn predict MODEL price.jpg --digits")
    if digits and picture_format(network).fit == "frame":
        raise InputError(f"--digits needs a model of the digits 0 to 9, but this one has {', '.join(network.classes)}")
    if output:
        count = write_submission(network, images, output)
        if json:
            terminal.print_json({"written": str(output), "rows": count})
        else:
            typer.echo(f"{output}: {count:,} labels")
        return

    predictions: list[dict[str, Any]] = []
    if index:
        predictions = _classify(network, *read_rows(network, model, data, index)[:2])
    for path in images:
        steps = show_steps if path == first else None
        try:
            if digits:
                predictions.append(_read_number(network, path, steps))
            else:
                predictions += _classify(network, *read_picture(path, network, steps))
        except (InputError, FileNotFoundError, IsADirectoryError, PermissionError) as error:
            predictions.append({"image": path, "error": str(error)})  # the other pictures are read nevertheless
    errors = [prediction["error"] for prediction in predictions if "error" in prediction]
    read = [prediction for prediction in predictions if "error" not in prediction]
    if json:
        terminal.print_json({"predictions": predictions})
    elif read and digits:
        _print_numbers(read)
    elif read:
        _print_table(read, network.classes)
    for message in errors:
        terminal.complain(message)
    if errors:
        raise typer.Exit(2)


def _split(words: list[str]) -> tuple[Path, list[str]]:
    """Return the model and the pictures: where the first word is a picture, the model is the shipped one for them."""
    if words and not _is_picture(words[0]):
        return Path(words[0]), words[1:]
    return SHIPPED[EVERYDAY], words


def _is_picture(word: str) -> bool:
    """Return whether a word names pictures: by its suffix, or, without one, as a file that begins unlike a model."""
    path = Path(word)
    if word == "-" or _is_csv(word) or path.suffix.lower() in SUFFIXES:
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(9)[8:] != b"{"  # the header, JSON, comes after eight bytes for its length


def _is_csv(path: str) -> bool:
    return Path(path).suffix.lower() == ".csv"


def _classify(network: Network, names: list[str], X: np.ndarray) -> list[dict[str, Any]]:
    """Return the prediction for each column of `X` (D, m)."""
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


def _read_number(network: Network, path: str, show_steps: Path | None) -> dict[str, Any]:
    """Return the predictions for all digits of a picture."""
    from ..data.preprocess import fit_digits

    X = _read_columns(path, network, fit_digits, show_steps)
    digits = [
        {name: value for name, value in each.items() if name != "image"}
        for each in _classify(network, [path] * X.shape[1], X)
    ]
    return {"image": path, "count": len(digits), "number": "".join(each["class"] for each in digits), "digits": digits}


def read_picture(path: str, network: Network, show_steps: Path | None = None) -> tuple[list[str], np.ndarray]:
    """Return the name and the column of X (D, m) of a picture, or those of every row of a test.csv."""
    from ..data.preprocess import fit_picture

    if _is_csv(path):
        X = read_rows_for(network, path)
        return [f"{path}, row {row}" for row in range(1, X.shape[1] + 1)], X
    return [path], _read_columns(path, network, lambda picture, form: [fit_picture(picture, form)], show_steps)


def _read_columns(
    path: str,
    network: Network,
    fit: "Callable[[np.ndarray, PictureFormat], list[Normalized]]",
    show_steps: Path | None,
) -> np.ndarray:
    """Return the inputs X (D, m) that `fit` makes of the picture at `path`.

    The steps are drawn even where they find no digit: then they show why.
    """
    from ..data.find_ink import NoDigitError
    from ..data.normalize import SeveralDigitsError
    from ..data.preprocess import read_picture

    form = picture_format(network)
    picture = read_picture(sys.stdin.buffer if path == "-" else path)
    try:
        fitted = fit(picture, form)
    except NoDigitError as error:
        _draw_steps(show_steps, error.steps, picture)
        hint = "; predict --digits reads all of them" if isinstance(error, SeveralDigitsError) else ""
        raise InputError(f"{path}: {error}{hint}") from error
    _draw_steps(show_steps, fitted[0].steps, picture)
    return np.stack([each.image.ravel() for each in fitted], axis=1).astype(np.float32) / 255


def picture_format(network: Network) -> "PictureFormat":
    """Return the format to which pictures are brought for a network. Raises InputError where it is unknown."""
    from ..data.preprocess import default_format

    form = network.picture_format or default_format(network.input_size, network.classes)
    if form is None:
        raise InputError(
            f"the model has {network.input_size} inputs, and does not record which height and width of a picture that "
            "is; give it the rows of a CSV file, or --index"
        )
    return form


def _draw_steps(path: Path | None, steps: Sequence[tuple[str, np.ndarray]], original: np.ndarray) -> None:
    if path:
        from ..inspection.figures import normalization_steps, save_figure

        save_figure(normalization_steps(steps, original), path)


def read_rows(
    network: Network, model: Path, data: str | None, indices: list[int]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return names, images X (D, m) and labels Y (m,) of some of a data set's test images, labelled as in `network`.

    `model` is the file or run of the network, and `data` the value of --data; see `load_data`.
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
        table.add_row(prediction["image"], classes[best], f"{p[best]:.1%}", others)
    terminal.console().print(table)
    if len(predictions) > MAX_ROWS:
        more = f"and {len(predictions) - MAX_ROWS:,} more: --json prints all of them, and --output writes their labels"
        terminal.console().print(more, markup=False)


def _print_numbers(predictions: list[dict[str, Any]]) -> None:
    table = terminal.table("image", "number", "digit by digit")
    for prediction in predictions:
        each = (f"{digit['class']} ({max(digit['probabilities']):.1%})" for digit in prediction["digits"])
        table.add_row(prediction["image"], prediction["number"], ", ".join(each))
    terminal.console().print(table)
