"""Where the command begins and ends: its list of sub-commands, and how errors become one line and an exit status.

0 done, 1 the work failed, 2 bad usage or bad input, 3 training diverged, 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from ..errors import DivergenceError, InputError
from ..version import __version__
from .check import check
from .data import data
from .evaluate import evaluate
from .figures import figures
from .predict import predict
from .train import train

UsageError: Any = typer.BadParameter.__base__  # wherever this Typer keeps its Click
DEBUG = "MNIST_NN_DEBUG"  # set it to see tracebacks

app = typer.Typer(
    name="mnist-nn",
    help="The network you can see through: train, use and inspect a two-layer neural network for MNIST.",
    epilog="Start with: mnist-nn train",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for command in (train, evaluate, predict, check, figures):
    app.command()(command)
app.add_typer(data, name="data")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mnist-nn {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """The network you can see through: train, use and inspect a two-layer neural network for MNIST."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with `arguments` (those of the process by default) and exit with its status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(arguments or ["--help"], standalone_mode=False, prog_name="mnist-nn") or 0
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has seen enough, as in `mnist-nn data list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        status, message = explain(error)
        sys.stderr.write(f"mnist-nn: {' '.join(message.split())}\n")
    sys.exit(status)


def explain(error: Any) -> tuple[int, str]:
    """Return the exit status and the line for an error."""
    if isinstance(error, UsageError):
        return 2, f"{error.format_message().rstrip('.')}. Try the same command with --help."
    if isinstance(error, DivergenceError):
        return 3, str(error)
    if isinstance(error, InputError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return 2, str(error)
    if isinstance(error, OSError | MemoryError | ImportError):
        return 1, str(error) or type(error).__name__
    return 1, f"internal error, please report it: {type(error).__name__}: {error} (traceback with {DEBUG}=1)"
