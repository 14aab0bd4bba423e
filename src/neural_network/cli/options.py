"""Options and arguments that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..activations import ACTIVATIONS
from ..initializers import INITIALIZERS
from ..registry import Registry


def known(registry: Registry[Any]) -> Callable[[str], str]:
    """Return a check that a name is registered, made before any data is read."""

    def check(name: str) -> str:
        registry[name]
        return name

    return check


Data = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="NAME|PATH",
        help="auto, mnist, fashion-mnist, kmnist, synthetic, a folder of IDX files or a Kaggle train.csv; "
        "join several with +.",
        rich_help_panel="Data",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model.safetensors file, or the folder of a run.", show_default=False)
]
Hidden = Annotated[int, typer.Option("--hidden", min=1, help="Number of hidden units.", rich_help_panel="Network")]
ActivationName = Annotated[
    str,
    typer.Option(
        "--activation",
        help=f"Of the hidden layer: {', '.join(ACTIVATIONS)}.",
        autocompletion=lambda: list(ACTIVATIONS),
        callback=known(ACTIVATIONS),
        rich_help_panel="Network",
    ),
]
InitializerName = Annotated[
    str,
    typer.Option(
        "--initializer",
        help=f"Of the weights: {', '.join(INITIALIZERS)}.",
        autocompletion=lambda: list(INITIALIZERS),
        callback=known(INITIALIZERS),
        rich_help_panel="Network",
    ),
]
RandomSeed = Annotated[
    int, typer.Option("--seed", min=0, help="Of everything random. The same seed gives the same bits.")
]
