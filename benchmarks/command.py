"""`mnist-nn bench`: ours and every installed peer, job by job."""

import contextlib
import json as json_format
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neural_network.cli import terminal
from neural_network.cli.options import Data, Json
from neural_network.support.atomic_files import atomic_write

from .jobs import JOBS, Job
from .peers import OURS, PEERS

if TYPE_CHECKING:
    from .benchmark import Benchmark


WORDY = ("what", "the other peers")  # columns for which a terminal has no room


def bench(
    jobs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="JOB",
            help=f"All of them by default: {', '.join(JOBS)}.",
            autocompletion=lambda: list(JOBS),
            show_default=False,
        ),
    ] = None,
    peers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help=f"Whom to compare with: {', '.join(name for name in PEERS if name != OURS)}.",
            show_default="all that are installed",
        ),
    ] = None,
    data: Data = "auto",
    rounds: Annotated[int, typer.Option(min=1, help="How often everybody is measured, in turn.")] = 7,
    quick: Annotated[
        bool, typer.Option("--quick", help="Little data and two rounds: to see that it runs, not how fast.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Save the result there.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Measure the cost of a step against hidden units and batch size, and draw it. With no JOB named, "
            "only that.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Measure how fast this is, against each library that is installed and can do the same.

    Everybody has two threads, the same data and the same weights, and each measurement is a process of its own, in
    turn. Whoever does not compute the same is left out. Figures are medians, in seconds; those of the job memory are in
    bytes. Ctrl-C keeps what was measured.

    [bold]Examples[/bold]

      mnist-nn bench seed adam-128

      mnist-nn bench sgd-10 --peers torch,jax --json

      mnist-nn bench --data mnist --output benchmarks/results/mine.json

      mnist-nn bench --plot cost.png
    """
    chosen = {name: JOBS[name] for name in jobs or ([] if plot else JOBS)}
    names = [name.strip() for part in peers or () for name in part.split(",")]
    for name in names:
        PEERS[name]  # an unknown one is refused now

    from neural_network.data import load

    from .benchmark import Benchmark, sweep_jobs

    everything: dict[str, Job] = {**chosen, **(sweep_jobs() if plot else {})}
    if quick:
        everything, rounds = {name: job.quick() for name, job in everything.items()}, min(rounds, 2)
    with terminal.busy("reading the data"):
        dataset = load(data)
    if dataset.note:
        terminal.note(f"{dataset.note}; the speed is alike")

    usual = [name for name in PEERS if PEERS[name].usual]
    benchmark, interrupted = Benchmark(everything, names or usual, rounds), False
    try:
        with _progress(benchmark.measurements()) as watch:
            benchmark.run(dataset, watch)
    except KeyboardInterrupt:
        interrupted = True
    for note in benchmark.notes():
        terminal.note(note)
    _show(benchmark, output, plot, json)
    if interrupted:
        raise typer.Exit(130)


def _show(benchmark: "Benchmark", output: Path | None, plot: Path | None, json: bool) -> None:
    result = benchmark.result()
    if output:
        with atomic_write(output) as file:
            file.write((json_format.dumps(result, indent=1) + "\n").encode())
    if plot and "sweeps" in result:
        from neural_network.inspection.figures import save_figure

        from .plot import plot_sweeps

        save_figure(plot_sweeps(result["sweeps"]), plot)
    if json:
        terminal.print_json(result)
    else:
        _print_table(result)
        for path in (output, plot):
            if path and path.exists():
                typer.echo(path)


def _print_table(result: dict[str, Any]) -> None:
    from .results_table import COLUMNS, about, lines

    console = terminal.console()
    if result["jobs"]:
        table = terminal.table(*(column for column in COLUMNS if column not in WORDY))
        for line in lines(result):
            table.add_row(*(text for text, column in zip(line, COLUMNS, strict=True) if column not in WORDY))
        console.print(table)
    if result["machine"]:
        console.print(about(result), markup=False)


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal, and give a function that is told, before each of `total` pieces of work, what it is."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task, started = progress.add_task("", total=total), 0

        def watch(description: str) -> None:
            nonlocal started
            progress.update(task, description=description, completed=started)
            started += 1

        yield watch
