"""`mnist-nn figures`: draw the figures of a run, and an animation of its weights."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..runs.folder import SNAPSHOTS, load_run
from ..runs.snapshots import Snapshots
from ..support.errors import InputError
from ..support.picture_format import shape_of
from ..support.progress import Progress
from . import terminal
from .dataset_for_model import load_for
from .options import Json

if TYPE_CHECKING:
    from ..inspection.figures import RunData


def figures(
    run: Annotated[Path | None, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Draw only this figure; repeatable.", show_default=False)
    ] = None,
    animate: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.gif", help="Write an animation of the hidden weights during training.", show_default=False
        ),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="The data set to draw predictions for.", show_default="that of the run")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the figures.")] = False,
    json: Json = False,
) -> None:
    """Draw the figures of a run into its folder: training, predictions, mistakes, weights, robustness.

    Examples:

      mnist-nn figures --list

      mnist-nn figures runs/first

      mnist-nn figures runs/first --only mistakes --only landscape

      mnist-nn figures runs/first --animate weights.gif
    """
    from ..inspection.figures import FIGURES, RunData, save_animation

    if show_list:
        _print_list(json)
        return
    if run is None:
        raise InputError("figures needs the folder of a run, such as runs/first, or --list")
    if animate is not None and animate.suffix.lower() != ".gif":
        raise InputError(f"--animate writes a GIF file: its name must end in .gif, not {animate}")
    for name in only or ():
        FIGURES[name]  # an unknown name is an error before anything is read

    network, history, summary = load_run(run)
    snapshots = partial(Snapshots.load, run / SNAPSHOTS, network)
    paths: list[Path] = []
    if animate is not None:
        with terminal.busy("animating"):
            paths.append(save_animation(snapshots(), history, animate, shape_of(network.picture_format)))
    if only or animate is None:
        run_data = RunData.of(network, history, summary, load_for(network, data, run), snapshots)
        paths += _draw(run_data, run / "figures", only)
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


def _draw(run_data: "RunData", folder: Path, only: list[str] | None) -> list[Path]:
    """Draw the figures of these names, or all of them, into `folder`, and return their paths."""
    from ..inspection.figures import FIGURES, draw_figures, save_figure

    names, paths = dict.fromkeys(only or FIGURES), []
    with Progress("drawing", len(names)) as bar:
        for name, figure in draw_figures(run_data, names):
            if isinstance(figure, InputError):
                if only:
                    raise figure
                terminal.note(f"no {name}: {figure}")
            else:
                paths.append(save_figure(figure, folder / f"{name}.png"))
            bar.advance()
    return paths
