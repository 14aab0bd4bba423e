"""`mnist-nn train`: data in, a trained network and a table of figures out."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..network import TwoLayerNN
from ..optimizers import SGD
from ..runs import Summary, new_run_folder, save_run
from ..training import measure
from . import output
from .figures import save_run_figures
from .options import ActivationName, Data, Hidden, InitializerName, Json, RandomSeed

if TYPE_CHECKING:
    from ..data import Samples

# What the original of this network reached on Kaggle's MNIST with the default settings and weights uniform in ±0.5.
PUBLISHED = {"train": {"accuracy": 0.852, "loss": 0.45}, "validation": {"accuracy": 0.844, "loss": 0.48}}


def train(
    data: Data = "auto",
    validation: Annotated[
        int, typer.Option(min=0, help="Hold out this many of the first training samples.", rich_help_panel="Data")
    ] = 1000,
    hidden: Hidden = 10,
    activation: ActivationName = "relu",
    initializer: InitializerName = "he-normal",
    epochs: Annotated[
        int, typer.Option(min=1, help="How often every sample is used.", rich_help_panel="Training")
    ] = 500,
    learning_rate: Annotated[float, typer.Option(help="The α of equation (11).", rich_help_panel="Training")] = 0.1,
    batch_size: Annotated[
        int | None,
        typer.Option(min=1, help="Samples a step.", show_default="all of them", rich_help_panel="Training"),
    ] = None,
    seed: RandomSeed = 0,
    name: Annotated[
        str | None,
        typer.Option(help="The run is saved in runs/NAME.", show_default="date and time", rich_help_panel="Saving"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run.", rich_help_panel="Saving")] = False,
    figures: Annotated[bool, typer.Option(help="Save figures too.", rich_help_panel="Saving")] = True,
    json: Json = False,
) -> None:
    """Train a network, print its results, and save it in runs/NAME.

    By default, 10 hidden units learn in 500 steps of full-batch gradient descent, learning rate 0.1.

    Ctrl-C stops the training and keeps what was learnt.

    [bold]Examples[/bold]

      mnist-nn train

      mnist-nn train --hidden 128 --batch-size 64 --epochs 10

      mnist-nn train --data data/train.csv --seed 1 --name first
    """
    from ..data import load

    folder = new_run_folder(name, overwrite)
    optimizer = SGD(learning_rate)
    with output.busy("reading the data"):
        dataset = load(data)
    samples, held_out = dataset.split(validation)
    network = TwoLayerNN(
        len(samples.X),
        hidden,
        len(dataset.classes),
        activation=activation,
        initializer=initializer,
        seed=seed,
    )
    if dataset.note:
        output.note(dataset.note)
    history = network.train(
        *samples,
        epochs=epochs,
        optimizer=optimizer,
        batch_size=batch_size,
        validation=held_out,
    )
    parts = {"train": samples, "validation": held_out, "test": dataset.test}
    summary = {
        "data": {
            "spec": data,
            "name": dataset.name,
            "source": dataset.source,
            **{part: len(them.Y) if them else 0 for part, them in parts.items()},
        },
        "model": {
            "input_size": network.input_size,
            "hidden_size": network.hidden_size,
            "output_size": network.output_size,
            "activation": network.activation.name,
            "initializer": network.initializer,
            "parameters": sum(θ.size for θ in network.parameters.values()),
        },
        "training": {
            "epochs": len(history),
            "steps": int(history.rows[-1]["step"]),
            "seconds": history.rows[-1]["seconds"],
            "optimizer": "sgd",
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "seed": seed,
        },
        "metrics": {part: _measure(network, them) for part, them in parts.items()},
        "run": str(folder),
    }
    save_run(folder, network, history, summary)
    if figures:
        with output.busy("drawing the figures"):
            save_run_figures(folder, network, history, dataset.test or held_out or samples)
    if json:
        output.print_json(summary)
    else:
        _print_table(summary)
    if dataset.note:
        output.note(dataset.note)
    if history.interrupted:
        output.note(f"interrupted in epoch {len(history)} of {epochs}: what was learnt until then is saved in {folder}")
        raise typer.Exit(130)


def _measure(network: TwoLayerNN, samples: "Samples | None") -> dict[str, float] | None:
    if samples is None:
        return None
    loss, accuracy = measure(network, *samples)
    return {"accuracy": accuracy, "loss": loss}


def _print_table(summary: Summary) -> None:
    data, training = summary["data"], summary["training"]
    published = PUBLISHED if data["name"] == "mnist" else {}
    columns = ["", "samples", "accuracy", "loss", *(["published accuracy", "loss"] if published else [])]
    table = output.table(*columns, title=f"{data['name']} from {data['source']}")
    for part, figures in summary["metrics"].items():
        if figures:
            row = [part, f"{data[part]:,}", f"{figures['accuracy']:.2%}", f"{figures['loss']:.4f}"]
            if published:
                row += [f"{p['accuracy']:.1%}", f"{p['loss']:.2f}"] if (p := published.get(part)) else ["", ""]
            table.add_row(*row)
    console = output.console()
    console.print(table)
    console.print(
        f"{summary['model']['parameters']:,} parameters, {training['steps']:,} steps in {training['seconds']:.1f} s; "
        f"saved in {summary['run']}",
        markup=False,
        soft_wrap=True,
    )
