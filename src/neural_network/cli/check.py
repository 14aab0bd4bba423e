"""`mnist-nn check`: does backward compute the gradient of the loss that is printed?"""

from typing import Annotated

import numpy as np
import typer

from ..gradient_check import TOLERANCE, check_gradients
from ..network import TwoLayerNN
from . import output
from .options import ActivationName, Hidden, InitializerName, Json, RandomSeed


def check(
    activation: ActivationName = "relu",
    initializer: InitializerName = "he-normal",
    hidden: Hidden = 10,
    samples: Annotated[int, typer.Option(min=1, help="How many random samples to compute the loss on.")] = 16,
    seed: RandomSeed = 0,
    json: Json = False,
) -> None:
    """Compare the gradients of every parameter with central differences, in float64.

    Entries where a hidden unit crosses a kink of its activation have no derivative: they are left out and counted.

    [bold]Examples[/bold]

      mnist-nn check

      mnist-nn check --activation tanh --hidden 32
    """
    network = TwoLayerNN(784, hidden, 10, activation=activation, initializer=initializer, seed=seed)
    rng = np.random.default_rng(seed)
    X = rng.random((784, samples))
    Y = rng.integers(0, 10, samples)
    with output.progress_bar("checking", sum(θ.size for θ in network.parameters.values())) as advance:
        result = check_gradients(network, X, Y, on_entry=advance)
    if json:
        output.print_json(
            {
                "max_relative_error": result.max_relative_error,
                "parameters_checked": result.parameters_checked,
                "kinks_left_out": result.kinks_left_out,
                "passed": result.passed,
            }
        )
    else:
        verdict = "passed" if result.passed else f"FAILED: not below {TOLERANCE:g}; worst {result.worst}"
        typer.echo(
            f"largest relative error {result.max_relative_error:.2g} over {result.parameters_checked:,} parameters "
            f"({result.kinks_left_out} left out at kinks): {verdict}"
        )
    if not result.passed:
        raise typer.Exit(1)
