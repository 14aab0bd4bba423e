"""`mnist-nn explain`: one training step under glass, in the terminal."""

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
from ..options import Json, OwnData, Seed, one_of
from .inputs import read_batch, toy_batch

STEP = "The step"

# Settings of a run on which a step depends, besides its network.
OF_A_STEP = ("optimizer", "learning_rate", "l1", "l2", "dropout", "input_dropout", "max_norm", "clip", "augment")


def explain(
    model: Annotated[
        Path | None,
        typer.Argument(metavar="MODEL", help="A model.safetensors file, or the folder of a run.", show_default=False),
    ] = None,
    images: Annotated[
        list[str] | None,
        typer.Argument(metavar="[IMAGE]...", help="Pictures to learn from, as for predict.", show_default=False),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(help="A test image of --data, counted from 0; several are a batch.", show_default="the first"),
    ] = None,
    data: OwnData = None,
    label: Annotated[
        int | None,
        typer.Option(min=0, help="What the pictures show.", show_default="what the network reads in them"),
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option(metavar='"dW1[3, 400]"', help="Show the sum behind one number.", show_default=False),
    ] = None,
    example: Annotated[
        bool, typer.Option("--toy", help="The 2-2-2 network of docs/math_derivations.md instead of a MODEL.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print the equations, or the cell's sum, for TeX.")] = False,
    optimizer: Annotated[str, one_of(OPTIMIZERS, "What moves the parameters", STEP)] = "sgd",
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="The α of equation (11).", show_default="the optimizer's own, 0.1 for sgd", rich_help_panel=STEP
        ),
    ] = None,
    l2: Annotated[float, typer.Option(min=0, help="λ of λ/2 Σ w².", rich_help_panel=STEP)] = 0.0,
    dropout: Annotated[float, typer.Option(help="Share of hidden units silenced.", rich_help_panel=STEP)] = 0.0,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Make one training step and show every line of it: the equation, its source, its shape and its values.

    The model's file is not changed.

    Examples:

      mnist-nn explain --toy

      mnist-nn explain runs/first --index 3

      mnist-nn explain runs/first seven.png --label 7 --optimizer adam

      mnist-nn explain runs/first --cell "dW1[3, 400]"
    """
    from ...inspection.trace import explain_cell, trace_step
    from .json_and_latex import as_json, as_latex, cell_as_latex

    if json and latex:
        raise InputError("choose --json or --latex; the JSON has the LaTeX of every line in it")
    if example:
        if model or images or index or label is not None:
            raise InputError("--toy brings its own network and samples; leave out MODEL, IMAGE, --index and --label")
        if learning_rate is None and optimizer == "sgd":
            learning_rate = worked_example.LEARNING_RATE
    elif model is None:
        raise InputError("explain needs a model, e.g. mnist-nn explain runs/first, or --toy for one on paper")
    settings = Settings(optimizer=optimizer, learning_rate=learning_rate, l2=l2, dropout=dropout, seed=seed)
    settings.check()
    wanted = _parse_cell(cell) if cell is not None else None

    if model:
        _tell_what_differs(model, settings)
    batch = toy_batch() if example or model is None else read_batch(model, images or [], index or [], data, label)
    if images and label is None:
        terminal.note("without --label, a picture is taken to show what the network reads in it")
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
        from .terminal_view import Glass

        glass = Glass(terminal.console(), trace, batch.names, batch.network.classes)
        if found:
            glass.show_cell(found)
        else:
            probabilities = batch.network.predict_proba(batch.X)
            title = _title(batch.network, settings, step.learning_rate)
            glass.show_step(title, probabilities.argmax(axis=0), probabilities.max(axis=0))


def _tell_what_differs(model: Path, settings: Settings) -> None:
    """Where `model` is the folder of a run, say with which of its settings this step is not made."""
    if not (model / "config.json").is_file():
        return
    training, now = load_summary(model)["training"], asdict(settings)
    now["learning_rate"] = settings.make_optimizer().learning_rate
    begun = {name: training[name] for name in OF_A_STEP if training.get(name) not in (None, now[name])}
    differs = [f"{name.replace('_', ' ')} {value}" for name, value in begun.items()]
    if differs:
        terminal.note(f"{model} was trained with {', '.join(differs)}; this step is made as the options here say")


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
