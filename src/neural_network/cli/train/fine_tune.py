"""`mnist-nn train --from RUN`: a new run that starts with the weights of another one.

Its settings are those of that run, except where options say otherwise. Other data must have the same classes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.classes import fit_classes
from ...network import Network
from ...runs.folder import load_run
from ...support.errors import InputError
from .given import fill_in, was_given

if TYPE_CHECKING:
    import typer

    from ...data import Dataset

OF_THE_NETWORK = ("hidden", "activation", "output", "loss")


def take_settings(context: "typer.Context", run: str) -> Network:
    """Return the network of a run, and fill in its settings and data wherever no option was given.

    Raises
    ------
    InputError
        There is no whole run there, or an option asks for another network.
    """
    network, _, summary = load_run(Path(run))
    options = context.params
    if options["seeds"] > 1:
        raise InputError(
            "--from goes with one network, not with --seeds: all of them would start with the same weights"
        )
    settings = asdict(summary.settings)
    for name, value in settings.items():
        if name in OF_THE_NETWORK and was_given(context, name) and options[name] != value:
            raise InputError(f"--{name} is {options[name]}, but {value} in {run}: its weights fit no other network")
    del settings["from_run"]
    if not was_given(context, "data"):
        settings |= {"data": summary.data.spec, "validation": summary.data.validation}
    fill_in(context, settings)
    return network


def fit_dataset(dataset: "Dataset", start: Network) -> "Dataset":
    """Return the data set with the labels of the network that training starts with.

    Raises
    ------
    InputError
        It has other classes, or images of another size.
    """
    if len(dataset.train.X) != start.input_size:
        raise InputError(f"{dataset.name} has {len(dataset.train.X)} pixels, but the network {start.input_size} inputs")
    return fit_classes(dataset, start.classes)


def copy_weights(start: Network, network: Network) -> None:
    """Give a network the parameters of another one of the same sizes."""
    for name, parameter in network.parameters.items():
        parameter[...] = start.parameters[name]
