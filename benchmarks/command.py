"""The command `python -m benchmarks`."""

import itertools
import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neural_network.cli import terminal
from neural_network.cli.help import Command
from neural_network.cli.options import Data, Json
from neural_network.support.atomic_files import atomic_write
from neural_network.support.errors import InputError
from neural_network.support.progress import Progress

from .jobs import JOBS
from .peer_table import AGAINST, OURS, PEERS

if TYPE_CHECKING:
    from .benchmark import Benchmark
    from .job import Job

LONG = ("what", "the other peers")  # columns for which a terminal has no room

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)


@app.command(cls=Command)
def bench(
    jobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[JOB]...", help=f"All of them by default: {', '.join(JOBS)}.", show_default=False),
    ] = None,
    peers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help=f"Libraries to compare with: {', '.join(name for name in PEERS if name != OURS)}.",
            show_default="all that are installed",
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Another checkout of this project to compare with.", show_default=False),
    ] = None,
    data: Data = "auto",
    rounds: Annotated[int, typer.Option(min=1, help="How often each library is measured, in turn.")] = 7,
    quick: Annotated[
        bool, typer.Option("--quick", help="Use little data and two rounds: to see that it runs, not how fast.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Save the result to this file.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Measure the time of a step against hidden units and batch size, and draw it. Without a JOB, measure "
            "only that.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Measure how fast this package is, compared with each library that is installed and can do the same.

    Every library has two threads, the same data and the same initial weights. Each measurement is a process of its own,
    and the libraries take turns. Libraries whose results differ are excluded. Figures are medians, in seconds; those of
    the job memory are in bytes. Ctrl-C keeps what was measured.

    Examples:

      python -m benchmarks seed adam-128

      python -m benchmarks sgd-10 --peers torch,jax --json

      python -m benchmarks seed --against ../other-checkout --peers against

      python -m benchmarks --data mnist --output benchmarks/results/mine.json

      python -m benchmarks --plot cost.png
    """
    chosen = {name: JOBS[name] for name in jobs or ([] if plot else JOBS)}
    names = [name.strip() for part in peers or () for name in part.split(",")]
    for name in names:
        PEERS[name]  # an unknown one is refused now
    names = names or [name for name in PEERS if PEERS[name].usual]
    if against:
        if not (against / "src" / "neural_network" / "__init__.py").is_file():
            raise InputError(f"--against must be a checkout of this project, with src/neural_network, not {against}")
        names = [*dict.fromkeys([*names, AGAINST])]
    elif AGAINST in names:
        raise InputError(f"peer {AGAINST!r} needs --against PATH, another checkout of this project")

    from neural_network.data import load

    from .benchmark import Benchmark, sweep_jobs

    everything: dict[str, Job] = {**chosen, **(sweep_jobs() if plot else {})}
    if quick:
        everything, rounds = {name: job.quick() for name, job in everything.items()}, min(rounds, 2)
    with terminal.busy("reading the data"):
        dataset = load(data)
    if dataset.note:
        terminal.note(f"{dataset.note}; the speed is alike")

    benchmark = Benchmark(everything, names, rounds, against.resolve() if against else None)
    interrupted, done = False, itertools.count()
    try:
        with Progress("", benchmark.measurements()) as bar:
            benchmark.run(dataset, lambda what: bar.update(next(done), what))
    except KeyboardInterrupt:
        interrupted = True
    for note in benchmark.notes():
        terminal.note(note)
    _show(benchmark, output, plot, json)
    if interrupted:
        raise typer.Exit(130)


def _show(benchmark: "Benchmark", output: Path | None, plot: Path | None, json: bool) -> None:
    result = benchmark.result()
    if json:
        terminal.print_json(result)
    else:
        _print_tables(result)
    if output:  # last: where it cannot be written, the figures have been printed
        with atomic_write(output) as file:
            file.write((json_format.dumps(result, indent=1) + "\n").encode())
    if plot and "sweeps" in result:
        from neural_network.inspection.figures import save_figure

        from .plot import plot_sweeps

        save_figure(plot_sweeps(result["sweeps"]), plot)
    for path in (output, plot):
        if path and path.exists() and not json:
            typer.echo(path)


def _print_tables(result: dict[str, Any]) -> None:
    from .results_table import AGAINST_COLUMNS, COLUMNS, about, against_lines, lines, remarks

    console = terminal.console()
    shown = [number for number, column in enumerate(COLUMNS) if column not in LONG]
    short = [[line[number] for number in shown] for line in lines(result)]
    for columns, rows in (([COLUMNS[i] for i in shown], short), (AGAINST_COLUMNS, against_lines(result))):
        if rows:
            table = terminal.table(*columns)
            for row in rows:
                table.add_row(*row)
            console.print(table)
    for line in [*remarks(result), *([about(result)] if result["machine"] else [])]:
        console.print(line, markup=False)
