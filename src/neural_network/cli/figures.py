"""`mnist-nn figures`: draw the figures of a run, by name, and its weights as a film."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..runs.folder import SNAPSHOTS, Summary, load_run
from ..runs.snapshots import Snapshots
from ..support.errors import InputError
from ..support.progress import Progress
from . import terminal
from .dataset_for_model import load_for
from .options import Json

if TYPE_CHECKING:
    from ..data import Dataset
    from ..inspection.figures import RunData
    from ..network import Network
    from ..training.history import History


def figures(
    run: Annotated[Path | None, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Draw only this one; may be repeated.", show_default=False)
    ] = None,
    animate: Annotated[
        Path | None,
        typer.Option(metavar="FILE.gif", help="Write the hidden weights' evolution as a film.", show_default=False),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="Another data set to draw predictions from.", show_default="that of the run")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the figures.")] = False,
    json: Json = False,
) -> None:
    """Draw the figures of a run into its folder: its training, its answers, its mistakes, its weights, its limits.

    Examples:

      mnist-nn figures --list

      mnist-nn figures runs/first

      mnist-nn figures runs/first --only mistakes --only landscape

      mnist-nn figures runs/first --animate weights.gif
    """
    from ..inspection.figures import FIGURES

    if show_list:
        _print_list(json)
        return
    if run is None:
        raise InputError("figures needs the folder of a run, such as runs/first; or --list")
    if animate is not None and animate.suffix.lower() != ".gif":
        raise InputError(f"--animate writes GIF files: expected a name that ends in .gif, not {animate}")
    for name in only or ():
        FIGURES[name]  # an unknown name is told before anything is read

    network, history, summary = load_run(run)
    snapshots = partial(Snapshots.load, run / SNAPSHOTS, network)
    paths: list[Path] = []
    if animate is not None:
        from ..inspection.figures import save_animation

        with terminal.busy("filming"):
            paths.append(save_animation(snapshots(), history, animate))
    if only or animate is None:
        paths += _draw(run, network, history, summary, snapshots, data, only)
    if json:
        terminal.print_json({"figures": [str(path) for path in paths]})
    else:
        for path in paths:
            typer.echo(path)


def _print_list(json: bool) -> None:
    from ..inspection.figures import FIGURES

    if json:
        terminal.print_json({"figures": [{"name": name, "about": FIGURES[name].about} for name in FIGURES]})
        return
    table = terminal.table("figure", "what it shows", words=2)
    for name in FIGURES:
        table.add_row(name, FIGURES[name].about)
    terminal.console().print(table)


def _draw(
    run: Path,
    network: "Network",
    history: "History",
    summary: Summary,
    snapshots: Callable[[], Snapshots],
    data: str | None,
    only: list[str] | None,
) -> list[Path]:
    """Draw the figures of these names, or all of them, into the run's folder; return their paths."""
    from ..inspection import figures as draw

    dataset = load_for(network, data, run)
    looked_at = run_data(network, history, summary, dataset, snapshots)
    names, paths = dict.fromkeys(only or draw.FIGURES), []
    with Progress("drawing", len(names)) as bar:
        for name, figure in draw.draw_figures(looked_at, names):
            if isinstance(figure, InputError):
                if only:
                    raise figure
                terminal.note(f"no {name}: {figure}")
            else:
                paths.append(draw.save_figure(figure, run / "figures" / f"{name}.png"))
            bar.advance()
    return paths


def run_data(
    network: "Network",
    history: "History",
    summary: Summary,
    dataset: "Dataset",
    snapshots: Snapshots | Callable[[], Snapshots],
) -> "RunData":
    """Return a run as its figures see it, with the data set's test samples, or else those that were held out."""
    from ..inspection.figures import RunData

    train, held_out = dataset.split(summary["data"]["validation"])
    judged_by = dataset.test or held_out or train
    return RunData(network, history, summary["training"], train, judged_by, dataset.classes, snapshots)


def save_run_figures(looked_at: "RunData", folder: Path) -> list[Path]:
    """Draw the figures that take no time into the run's `folder`; return their paths."""
    from ..inspection import figures as draw

    drawn = draw.draw_figures(looked_at, draw.QUICK)
    return [
        draw.save_figure(figure, folder / "figures" / f"{name}.png")
        for name, figure in drawn
        if not isinstance(figure, InputError)
    ]
