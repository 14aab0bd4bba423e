"""A network and its optimizer as what another process can make them from: names, numbers and arrays."""

from typing import Any

from .. import network as network_file
from ..formats.model_file import configuration
from ..functions import activations, losses
from ..network import Network, Parameters
from . import optimizers
from .optimizers import Optimizer


def _definitions() -> dict[tuple[str, str], Any]:
    """Return what modules of the package and their classes define, which a program may replace while it runs."""
    owners: list[Any] = [network_file, activations, losses, optimizers]
    values = [value for owner in owners for value in vars(owner).values() if isinstance(value, type)]
    owners += [kind for kind in values if kind.__module__ in {owner.__name__ for owner in owners}]
    found = {(repr(owner), name): value for owner in owners for name, value in vars(owner).items()}
    return {place: value for place, value in found.items() if not place[1].startswith("__")}


READ = _definitions()  # as the files have them
METHODS = "forward", "backward", "targets", "losses", "mean_loss"


def is_describable(network: Network, optimizer: Optimizer) -> bool:
    """Return whether another process, which knows this package only, would compute what this one computes."""
    now, known = _definitions(), {id(value) for value in READ.values()}
    parts = network.activation, network.output_function, network.loss_function, type(optimizer)
    return (
        now.keys() == READ.keys()
        and all(now[name] is value for name, value in READ.items())
        and all(getattr(getattr(network, name), "__func__", None) is vars(Network)[name] for name in METHODS)
        and all(id(part) in known for part in parts)
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
    """Return all arrays that training changes, always in the same order: the parameters, and v of W1 as "vW1"."""
    owners = {"": network.parameters} | {kind: optimizer.state[kind] for kind in optimizer.state_names}
    return {kind + name: arrays[name] for kind, arrays in owners.items() for name in network.parameters}


def adopt(network: Network, optimizer: Optimizer, arrays: Parameters, *, copy: bool = False) -> None:
    """Let network and optimizer have these arrays, named as by `arrays_of`; `copy` gives them the values of theirs."""
    for name, array in arrays_of(network, optimizer).items() if copy else ():
        arrays[name][...] = array
    names = list(network.parameters)
    vars(network).update({name: arrays[name] for name in names})
    optimizer.state = {kind: {name: arrays[kind + name] for name in names} for kind in optimizer.state}
