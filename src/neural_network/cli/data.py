"""`mnist-nn data`: list, download, generate, convert and show data sets."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import typer

from ..data.augment import AUGMENTATIONS, Augmentation
from ..data.sources import SOURCES
from ..support.errors import InputError
from ..support.picture_format import is_deskewed
from . import terminal
from .help import Command, Group
from .options import Data, Json, Seed, one_of

if TYPE_CHECKING:
    from ..data import Dataset, Samples
    from ..support.picture_format import Shape

app = typer.Typer(cls=Group, rich_markup_mode=None, help="List, download, generate, convert and show data sets.")


@app.command(name="list", cls=Command)
def list_data(json: Json = False) -> None:
    """List the data sets that have names, and the place of each on this machine."""
    from ..data import available

    entries = available()
    if json:
        terminal.print_json({"datasets": [entry._asdict() for entry in entries]})
        return
    table = terminal.table("name", "content", "found in", "published train", "test", words=3)
    for entry in entries:
        table.add_row(entry.name, entry.about, entry.place or "not here yet", f"{entry.train:,}", f"{entry.test:,}")
    terminal.console().print(table)


@app.command(name="download", cls=Command)
def download_data(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help=f"{', '.join(SOURCES)}.")],
    json: Json = False,
) -> None:
    """Download data sets into the cache, from the first mirror that works.

    Example:

      mnist-nn data download fashion-mnist
    """
    from ..data import fetch

    _print_places({name: str(fetch(name)) for name in names}, json)


@app.command(name="generate", cls=Command)
def generate_data(
    folder: Annotated[Path, typer.Option("--output", metavar="FOLDER", help="A new folder for the files.")],
    count: Annotated[int, typer.Option(min=1, help="Number of digits to train on.")] = 60_000,
    test: Annotated[int, typer.Option(min=1, help="Number of digits to test with, from other seeds.")] = 10_000,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Generate digits, and write them as the four IDX files of MNIST.

    Example:

      mnist-nn data generate --count 60000 --seed 0 --output digits
    """
    from ..data.builtin import make_digits, write_digits
    from ..data.new_directory import check_new

    folder = folder.expanduser()
    check_new(folder)
    write_digits(folder, *make_digits(count, test, seed))
    _print_places({"synthetic": str(folder)}, json)


@app.command(name="export", cls=Command)
def export_data(
    folder: Annotated[
        Path,
        typer.Option(
            "--output", metavar="FOLDER", help="A new folder for the files; with --format csv, FILE.csv for one file."
        ),
    ],
    data: Data = "auto",
    form: Annotated[Literal["idx", "csv", "png"], typer.Option("--format", help="Format of the files.")] = "idx",
    json: Json = False,
) -> None:
    """Write a data set as IDX files, as Kaggle's CSV, or as folders of PNG files.

    Example:

      mnist-nn data export --data synthetic --format csv --output digits

      mnist-nn data export --format csv --output data/train.csv
    """
    from ..data import FORMATS, load
    from ..data.export import is_csv_file
    from ..data.new_directory import check_new

    folder = folder.expanduser()
    if form != "csv" and is_csv_file(folder):
        raise InputError(f"--output {folder} is the name of a CSV file: give --format csv, or the name of a folder")
    check_new(folder)
    with terminal.busy("reading the data"):
        dataset = load(data)
    FORMATS[form](dataset, folder)
    _print_places({dataset.name: str(folder)}, json)


@app.command(name="show", cls=Command)
def show_data(
    data: Data = "auto",
    index: Annotated[int, typer.Option(min=0, help="Number of a training image to draw, from 0.")] = 0,
    augment: Annotated[str, one_of(AUGMENTATIONS, "Deform the image in --output", "Data")] = "none",
    path: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE.png",
            help="Draw some images of each class, or the deformed image.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show the number of samples of each class in a data set, and draw one of its images.

    Examples:

      mnist-nn data show --data mnist --index 7

      mnist-nn data show --data synthetic --output sheet.png

      mnist-nn data show --index 7 --augment strong --output deformed.png
    """
    from ..data import load

    if path:
        path = path.expanduser()
        _check_sheet(path)
    elif augment != "none":
        raise InputError(f"--augment {augment} needs --output, e.g. --output deformed.png")
    dataset = terminal.reading(lambda: load(data))
    X, Y = dataset.train
    if index >= len(Y):
        raise InputError(f"--index must be 0 to {len(Y) - 1} for {dataset.name}, not {index}")
    if path:
        _save_sheet(path, dataset, index, AUGMENTATIONS[augment])
    parts = {"train": dataset.train, "test": dataset.test}
    counts = {part: _count(samples, len(dataset.classes)) for part, samples in parts.items() if samples}
    if json:
        about = {"name": dataset.name, "source": dataset.source, "classes": dataset.classes}
        terminal.print_json({**about, "samples": counts})
        return
    table = terminal.table("class", *counts, title=f"{dataset.name} from {dataset.source}")
    for label, name in enumerate(dataset.classes):
        table.add_row(name, *(f"{count[label]:,}" for count in counts.values()))
    table.add_row("all", *(f"{sum(count):,}" for count in counts.values()))
    terminal.console().print(table)
    _draw(X[:, index], dataset.shape)
    if path:
        typer.echo(path)


def _print_places(places: dict[str, str], json: bool) -> None:
    """Print where each data set is now."""
    if json:
        terminal.print_json({"written": places})
    else:
        for name, place in places.items():
            typer.echo(f"{name}: {place}")


def _check_sheet(path: Path, dataset: "Dataset | None" = None) -> None:
    from ..inspection.figures import check_picture

    check_picture(path, dataset.source.split(" + ") if dataset else ())


def _save_sheet(path: Path, dataset: "Dataset", index: int, augmentation: Augmentation) -> None:
    from ..inspection.figures import contact_sheet, deformations, save_figure

    _check_sheet(path, dataset)
    X, Y = dataset.train
    if augmentation == Augmentation():
        save_figure(contact_sheet(X, Y, dataset.classes, shape=dataset.shape), path)
    else:
        deskew = is_deskewed(dataset.picture_format)
        save_figure(deformations(X[:, index], augmentation, shape=dataset.shape, deskew=deskew), path)


def _count(samples: "Samples", classes: int) -> list[int]:
    return np.bincount(samples.Y, minlength=classes).tolist()


def _draw(pixels: np.ndarray, shape: "Shape | None") -> None:
    """Draw an image, by default a square one, with a character for each two pixels, one above the other."""
    height, width = shape or (math.isqrt(len(pixels)),) * 2
    image = np.pad(pixels[: height * width].reshape(height, width), ((0, height % 2), (0, 0))) > 0.5
    for upper, lower in zip(image[::2], image[1::2], strict=True):
        typer.echo("".join(" ▄▀█"[2 * up + down] for up, down in zip(upper, lower, strict=True)).rstrip())
