"""`mnist-nn explain`: one training step, line by line, in the terminal."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ...inspection.trace import worked_example
from ...network import Network
from ...runs.folder import load_summary
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.optimizers import OPTIMIZERS
from .. import terminal
from ..options import MODEL, Json, OwnData, Seed, one_of
from .inputs import read_batch, toy_batch

STEP = "The step"

# Settings of a run on which a step depends, besides its network.
OF_A_STEP = ("optimizer", "learning_rate", "l1", "l2", "dropout", "input_dropout", "max_norm", "clip", "augment")


def explain(
    model: Annotated[Path | None, typer.Argument(metavar="MODEL", help=MODEL, show_default=False)] = None,
    images: Annotated[
        list[str] | None,
        typer.Argument(metavar="[IMAGE]...", help="Pictures to train on, as for predict.", show_default=False),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(help="A test image of --data, counted from 0; repeat it for a batch.", show_default="the first"),
    ] = None,
    data: OwnData = None,
    label: Annotated[
        int | None, typer.Option(min=0, help="The true class of the pictures.", show_default="the predicted class")
    ] = None,
    cell: Annotated[
        str | None, typer.Option(metavar='"dW1[3, 400]"', help="Show the sum behind one number.", show_default=False)
    ] = None,
    example: Annotated[
        bool, typer.Option("--toy", help="The 2-2-2 network of docs/math_derivations.md instead of a MODEL.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print the equations, or the cell's sum, for TeX.")] = False,
    optimizer: Annotated[str, one_of(OPTIMIZERS, "The optimizer", STEP)] = "sgd",
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="The α of equation (11).", show_default="the optimizer's own, 0.1 for sgd", rich_help_panel=STEP
        ),
    ] = None,
    l2: Annotated[float, typer.Option(min=0, help="λ of λ/2 Σ w².", rich_help_panel=STEP)] = 0.0,
    dropout: Annotated[
        float, typer.Option(help="Share of hidden units that dropout sets to 0.", rich_help_panel=STEP)
    ] = 0.0,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Make one training step and show every line of it: its equation, its source, its shape and its values.

    The model file stays as it is.

    Examples:

      mnist-nn explain --toy

      mnist-nn explain runs/first --index 3

      mnist-nn explain runs/first seven.png --label 7 --optimizer adam

      mnist-nn explain runs/first --cell "dW1[3, 400]"
    """
    from ...inspection.trace import explain_cell, trace_step
    from .json_and_latex import as_json, as_latex, cell_as_latex

    if json and latex:
        raise InputError("choose --json or --latex; the JSON includes the LaTeX of every line")
    if example:
        if model or images or index or label is not None:
            raise InputError("--toy brings its own network and samples; leave out MODEL, IMAGE, --index and --label")
        if learning_rate is None and optimizer == "sgd":
            learning_rate = worked_example.LEARNING_RATE
    elif model is None:
        raise InputError("explain needs a model, e.g. mnist-nn explain runs/first, or --toy for a small example")
    settings = Settings(optimizer=optimizer, learning_rate=learning_rate, l2=l2, dropout=dropout, seed=seed)
    settings.check()
    wanted = _parse_cell(cell) if cell is not None else None

    if model:
        _note_other_settings(model, settings)
    batch = toy_batch() if example or model is None else read_batch(model, images or [], index or [], data, label)
    if images and label is None:
        terminal.note("without --label, the predicted class of a picture is taken for its true class")
    step = settings.make_optimizer()
    trace = trace_step(batch.network, batch.X, batch.Y, step, settings.make_callbacks(), seed=seed)
    found = None
    if wanted:
        name, place = wanted
        found = explain_cell(trace.find(name), place)
        for hidden in trace.hidden(name):
            terminal.note(f'{name} is computed by more than one line; --cell "{hidden}[...]" shows the one before')
    if json:
        terminal.print_json(as_json(batch, settings, step.learning_rate, trace, found))
    elif latex:
        typer.echo(cell_as_latex(found) if found else as_latex(trace.lines))
    else:
        from .terminal_view import TerminalView

        view = TerminalView(terminal.console(), trace, batch.names, batch.network.classes)
        if found:
            view.show_cell(found)
        else:
            probabilities = batch.network.predict_proba(batch.X)
            title = _title(batch.network, settings, step.learning_rate)
            view.show_step(title, probabilities.argmax(axis=0), probabilities.max(axis=0))


def _note_other_settings(model: Path, settings: Settings) -> None:
    """Print the settings of the run in the folder `model` that this step does not use."""
    if not (model / "config.json").is_file():
        return
    begun, now = asdict(load_summary(model).settings), asdict(settings)
    now["learning_rate"] = settings.make_optimizer().learning_rate
    differs = [f"{name.replace('_', ' ')} {begun[name]}" for name in OF_A_STEP if begun[name] not in (None, now[name])]
    if differs:
        terminal.note(f"{model} was trained with {', '.join(differs)}; this step uses the options given here")


def _parse_cell(text: str) -> tuple[str, tuple[int, ...]]:
    match = re.fullmatch(r"\s*(.+?)\s*\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]\s*", text)
    if not match:
        raise InputError(f'--cell must be a name with row and column, such as "dW1[3, 400]", not {text!r}')
    return match[1], tuple(int(place) for place in match[2].split(","))


def _title(network: Network, settings: Settings, learning_rate: float) -> str:
    sizes = f"{network.input_size}-{network.hidden_size}-{network.output_size}"
    extras = [f"{name} {value:g}" for name, value in (("L2", settings.l2), ("dropout", settings.dropout)) if value]
    parts = [sizes, network.activation.name, network.output, network.loss_function.name]
    return ", ".join([*parts, f"{settings.optimizer} with α = {learning_rate:g}", *extras])
