"""The list of commands, and the options before them."""

from typing import Annotated

import typer

from ..support.version import __version__
from .check import check
from .compare.command import compare
from .course import app as course
from .data import app as data
from .diagnose import diagnose
from .evaluate import evaluate
from .explain.command import explain
from .export import export
from .figures import figures
from .help import Command, Group
from .play import play
from .predict import predict
from .recipes import app as recipes
from .report import report
from .sweep.command import sweep
from .train.command import train

app = typer.Typer(
    name="mnist-nn",
    cls=Group,
    epilog="Start with: mnist-nn train",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)
for command in (train, evaluate, predict, check, explain, diagnose, figures, report, compare, sweep, export, play):
    app.command(cls=Command)(command)
app.add_typer(data, name="data")
app.add_typer(recipes, name="recipes")
app.add_typer(course, name="course")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mnist-nn {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
    plugin: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE.py|MODULE", help="Plugin to load before the command (see docs/extending.md)."),
    ] = None,
) -> None:
    """The network you can see through: train, use and inspect a two-layer neural network for MNIST."""
