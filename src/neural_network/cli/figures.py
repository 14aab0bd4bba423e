"""`mnist-nn figures`: draw the figures of a run again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..metrics import confusion_matrix
from ..runs import load_run
from . import terminal
from .options import Json

if TYPE_CHECKING:
    from ..data import Samples
    from ..history import History
    from ..network import TwoLayerNN


def figures(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    data: Annotated[
        str | None, typer.Option(help="Another data set to draw predictions from.", show_default="that of the run")
    ] = None,
    json: Json = False,
) -> None:
    """Draw the figures of a run into its folder: training progress, predictions, hidden weights, confusion.

    [bold]Example[/bold]

      mnist-nn figures runs/first
    """
    from ..data import load

    network, history, summary = load_run(run)
    with terminal.busy("drawing"):
        dataset = load(data or summary["data"]["spec"])
        samples, held_out = dataset.split(summary["data"]["validation"])
        if dataset.note:
            terminal.note(dataset.note)
        paths = save_run_figures(run, network, history, dataset.test or held_out or samples)
    if json:
        terminal.print_json({"figures": [str(path) for path in paths]})
    else:
        for path in paths:
            typer.echo(path)


def save_run_figures(folder: Path, network: "TwoLayerNN", history: "History", samples: "Samples") -> list[Path]:
    """Draw the figures of a run, with predictions of `samples`, into the folder's `figures`; return their paths."""
    from .. import figures as draw

    X, Y = samples
    probabilities = network.predict_proba(X)
    counts = confusion_matrix(probabilities.argmax(axis=0), Y, network.output_size)
    drawn = {
        "training_progress": draw.training_progress(history),
        "sample_predictions": draw.sample_predictions(X, Y, probabilities),
        "hidden_weights": draw.hidden_weights(network.W1),
        "confusion": draw.confusion(counts),
    }
    return draw.save_figures(drawn, folder / "figures")
