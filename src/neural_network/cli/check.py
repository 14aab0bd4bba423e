"""`mnist-nn check`: compare the gradients of `backward` with central differences of the loss."""

import math
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import typer

from ..inspection.gradient_check.check import TOLERANCE, GradientCheck, check_gradients
from ..inspection.gradient_check.survey import combinations, survey
from ..network import Network
from ..support.progress import Progress
from . import terminal
from .options import Activation, Hidden, Initializer, Json, LabelSmoothing, Loss, Output, Seed


def check(
    activation: Activation = "relu",
    initializer: Initializer = "he-normal",
    output: Output = "softmax",
    loss: Loss = "cross-entropy",
    label_smoothing: LabelSmoothing = 0.0,
    hidden: Hidden = 10,
    samples: Annotated[int, typer.Option(min=1, help="Number of random samples for the loss.")] = 16,
    everything: Annotated[
        bool, typer.Option("--all", help="Check every activation with every loss and regularizer, on small networks.")
    ] = False,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Compare the gradients of every parameter with central differences, in float64.

    Where a hidden unit crosses a kink of its activation there is no derivative: such entries are left out and counted.

    Examples:

      mnist-nn check

      mnist-nn check --activation tanh --hidden 32

      mnist-nn check --all
    """
    if everything:
        results = _survey(seed)
        name, worst = max(
            results.items(), key=lambda item: (item[1].failed, not item[1].passed, item[1].max_relative_error)
        )
        summary = {
            **_as_json(worst),
            "parameters_checked": sum(result.parameters_checked for result in results.values()),
            "kinks_left_out": sum(result.kinks_left_out for result in results.values()),
            "combinations": [{"name": name, **_as_json(result)} for name, result in results.items()],
        }
        line, where = f"{len(results)} combinations of activation, loss and regularizer; ", f"{name}: "
    else:
        network = Network(
            784,
            hidden,
            10,
            activation=activation,
            initializer=initializer,
            output=output,
            loss=loss,
            label_smoothing=label_smoothing,
            seed=seed,
        )
        worst = _check(network, samples, seed)
        summary, line, where = _as_json(worst), "", ""
    if json:
        terminal.print_json(summary)
    else:
        verdict = "passed"
        if worst.failed:
            verdict = f"FAILED: not below {TOLERANCE:g}; {where}{worst.worst}"
        elif not worst.passed:
            verdict = f"INCONCLUSIVE: {where}{worst.inconclusive}"
        typer.echo(
            f"{line}largest relative error {worst.max_relative_error:.2g} over "
            f"{summary['parameters_checked']:,} parameters ({summary['kinks_left_out']:,} left out at kinks): {verdict}"
        )
    if not worst.passed:
        raise typer.Exit(1)


def _check(network: Network, samples: int, seed: int) -> GradientCheck:
    rng = np.random.default_rng(seed)
    X, Y = rng.random((network.input_size, samples)), rng.integers(0, network.output_size, samples)
    with Progress("checking", sum(θ.size for θ in network.parameters.values())) as bar:
        return check_gradients(network, X, Y, on_entry=bar.advance)


def _survey(seed: int) -> dict[str, GradientCheck]:
    chosen = combinations()
    results = {}
    with Progress("checking", len(chosen)) as bar:
        for combination in chosen:
            results[combination.name] = survey(combination, seed)
            bar.advance()
    return results


def _as_json(result: GradientCheck) -> dict[str, Any]:
    error = result.max_relative_error
    finite = error if math.isfinite(error) else None  # JSON has no infinity
    return asdict(result) | {"max_relative_error": finite, "passed": result.passed}
