"""A network and its optimizer as what another process can make them from: names, numbers and arrays."""

from typing import Any

from ..formats.model_file import configuration
from ..functions import activations, losses
from ..network import Network, Parameters
from . import optimizers
from .gradients import calls
from .optimizers import Optimizer

METHODS = {name: vars(Network)[name] for name in ("forward", "backward", "targets", "losses", "mean_loss")}
OURS = {id(value): value for module in (activations, losses, optimizers) for value in vars(module).values()}


def is_describable(network: Network, optimizer: Optimizer) -> bool:
    """Return whether another process, which knows this package only, would compute what this one computes.

    It would not show it, though: a network whose equations have a `print` or a `breakpoint()` is not describable.
    """
    parts = network.activation, network.output_function, network.loss_function, type(optimizer)
    return (
        not calls(network, "print", "breakpoint")
        and all(getattr(getattr(network, name), "__func__", None) is METHODS[name] for name in METHODS)
        and all(id(part) in OURS for part in parts)
        and all(isinstance(value, int | float) for name, value in vars(optimizer).items() if name != "state")
    )


def describe(network: Network, optimizer: Optimizer) -> dict[str, Any]:
    """Return the arguments of `make`, as JSON values."""
    options = {name: value for name, value in vars(optimizer).items() if name != "state"}
    options["learning_rate"] = float(optimizer.learning_rate)  # of which a schedule may have made a number of NumPy's
    return {"network": configuration(network), "optimizer": type(optimizer).__name__, "options": options}


def make(network: dict[str, Any], optimizer: str, options: dict[str, Any]) -> tuple[Network, Optimizer]:
    """Return a network and an optimizer of this description, whose arrays have no values yet."""
    made, moves = Network(**{**network, "initializer": "zeros"}), getattr(optimizers, optimizer)()
    vars(moves).update(options)
    moves.prepare(made.parameters)
    return made, moves


def arrays_of(network: Network, optimizer: Optimizer) -> Parameters:
    """Return all arrays that training changes: the parameters, and v of W1 as "vW1"."""
    owners = {"": network.parameters, **optimizer.state}
    return {kind + name: array for kind, arrays in owners.items() for name, array in arrays.items()}


def adopt(network: Network, optimizer: Optimizer, arrays: Parameters, *, copy: bool = False) -> None:
    """Let network and optimizer have these arrays, named as by `arrays_of`; `copy` gives them the values of theirs."""
    for name, array in arrays_of(network, optimizer).items() if copy else ():
        arrays[name][...] = array
    names = list(network.parameters)
    vars(network).update({name: arrays[name] for name in names})
    optimizer.state = {kind: {name: arrays[kind + name] for name in names} for kind in optimizer.state}
