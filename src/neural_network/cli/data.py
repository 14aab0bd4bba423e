"""`mnist-nn data`: which data sets there are, how to get them, and what they look like."""

import math
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from ..errors import InputError
from . import terminal
from .options import Data, Json

if TYPE_CHECKING:
    from ..data import Samples

data = typer.Typer()


@data.callback(invoke_without_command=True)
def data_command(context: typer.Context) -> None:
    """List, download and look at data sets."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@data.command(name="list")
def list_data(json: Json = False) -> None:
    """List the data sets that have names, and where each is found on this machine."""
    from ..data import available

    entries = available()
    if json:
        terminal.print_json({"datasets": [entry._asdict() for entry in entries]})
        return
    table = terminal.table("name", "what", "found in", "train", "test", words=3)
    for entry in entries:
        table.add_row(entry.name, entry.about, entry.place or "not here yet", f"{entry.train:,}", f"{entry.test:,}")
    terminal.console().print(table)


@data.command(name="download")
def download_data(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="mnist, fashion-mnist, kmnist.")],
    json: Json = False,
) -> None:
    """Download data sets into the cache, trying one mirror after the other.

    [bold]Example[/bold]

      mnist-nn data download fashion-mnist
    """
    from ..data.download import cache_folder, download
    from ..data.sources import SOURCES

    folders = {}
    for source in [SOURCES[name] for name in names]:
        folders[source.name] = str(cache_folder() / source.name)
        download(source, cache_folder() / source.name)
    if json:
        terminal.print_json({"downloaded": folders})
    else:
        for name, folder in folders.items():
            typer.echo(f"{name}: {folder}")


@data.command(name="show")
def show_data(
    data: Data = "auto",
    index: Annotated[int, typer.Option(help="A training image to draw, counted from 0.")] = 0,
    json: Json = False,
) -> None:
    """Show how many samples of each class a data set has, and draw one of its images.

    [bold]Example[/bold]

      mnist-nn data show --data mnist --index 7
    """
    from ..data import load

    with terminal.busy("reading the data"):
        dataset = load(data)
    if not 0 <= index < len(dataset.train.Y):
        raise InputError(f"--index must be 0 to {len(dataset.train.Y) - 1} for {dataset.name}, not {index}")
    parts = {"train": dataset.train, "test": dataset.test}
    counts = {part: _count(samples, len(dataset.classes)) for part, samples in parts.items() if samples}
    if json:
        terminal.print_json(
            {"name": dataset.name, "source": dataset.source, "classes": dataset.classes, "samples": counts}
        )
        return
    table = terminal.table("class", *counts, title=f"{dataset.name} from {dataset.source}")
    for label, name in enumerate(dataset.classes):
        table.add_row(name, *(f"{count[label]:,}" for count in counts.values()))
    table.add_row("all", *(f"{sum(count):,}" for count in counts.values()))
    terminal.console().print(table)
    _draw(dataset.train.X[:, index])


def _count(samples: "Samples", classes: int) -> list[int]:
    return np.bincount(samples.Y, minlength=classes).tolist()


def _draw(pixels: np.ndarray) -> None:
    """Draw a square image with a character for every two pixels above each other."""
    side = math.isqrt(len(pixels))
    image = np.pad(pixels[: side**2].reshape(side, side), ((0, side % 2), (0, 0))) > 0.5
    for upper, lower in zip(image[::2], image[1::2], strict=True):
        typer.echo("".join(" ▄▀█"[2 * up + down] for up, down in zip(upper, lower, strict=True)).rstrip())
