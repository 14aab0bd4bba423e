"""Options and arguments that several commands share. Those of a network are the same wherever one is made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..functions.activations import ACTIVATIONS
from ..functions.initializers import INITIALIZERS
from ..functions.losses import LOSSES, OUTPUTS


def one_of(names: Iterable[str], what: str, panel: str) -> Any:
    """Return an option that takes a registered name: it lists the names, and completes them in the shell."""
    known = list(names)
    return typer.Option(
        help=f"{what}: {', '.join(known)}.",
        autocompletion=lambda: known,
        rich_help_panel=panel,
    )


DATA = (
    "auto, mnist, fashion-mnist, kmnist, synthetic, a folder of IDX files, or of pictures in a folder for each class, "
    "or a Kaggle train.csv; join several with +."
)
Data = Annotated[str, typer.Option("--data", metavar="NAME|PATH", help=DATA, rich_help_panel="Data")]
OwnData = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="NAME|PATH",
        help=DATA,
        show_default="that of the run; auto for a model file",
        rich_help_panel="Data",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model.safetensors file, or the folder of a run.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of everything random. The same seed gives the same bits.")]

Hidden = Annotated[int, typer.Option(min=1, help="Number of hidden units.", rich_help_panel="Network")]
Activation = Annotated[str, one_of(ACTIVATIONS, "Of the hidden layer", "Network")]
Initializer = Annotated[str, one_of(INITIALIZERS, "Of the weights", "Network")]
Output = Annotated[str, one_of(OUTPUTS, "The output layer", "Network")]
Loss = Annotated[str, one_of(LOSSES, "What is minimized", "Network")]
LabelSmoothing = Annotated[
    float, typer.Option(help="Share of each target that is spread over all classes.", rich_help_panel="Network")
]
