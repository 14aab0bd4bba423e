"""Options and arguments that several commands share.

Options without a panel of their own are those that people start with: --help shows them first.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..formats.shipped_models import SHIPPED
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
    "Data set: auto, mnist, fashion-mnist, kmnist, synthetic, a Kaggle train.csv, a folder of IDX files, or a folder "
    "with a sub-folder of pictures for each class; join several with +. deskewed:NAME shears digits upright and "
    "centers them, and transposed:NAME exchanges rows and columns."
)
Data = Annotated[str, typer.Option("--data", metavar="NAME|PATH", help=DATA)]
OwnData = Annotated[
    str | None,
    typer.Option("--data", metavar="NAME|PATH", help=DATA, show_default="that of the run; auto for a model file"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else on standard output.")]
MODEL = f"The folder of a run, a model.safetensors file, or a shipped model: {', '.join(SHIPPED)}."
Model = Annotated[Path, typer.Argument(metavar="MODEL", help=MODEL, show_default=False)]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Random seed; equal seeds give bit-identical results on one machine.")
]

Hidden = Annotated[int, typer.Option(min=1, help="Number of hidden units.")]
Activation = Annotated[str, one_of(ACTIVATIONS, "Activation of the hidden layer", "Network")]
Initializer = Annotated[str, one_of(INITIALIZERS, "Initial weights", "Network")]
Output = Annotated[str, one_of(OUTPUTS, "Output layer", "Network")]
Loss = Annotated[str, one_of(LOSSES, "Loss to minimize", "Network")]
LabelSmoothing = Annotated[
    float, typer.Option(help="Share of each target to spread over all classes.", rich_help_panel="Network")
]
