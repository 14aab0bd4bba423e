"""`mnist-nn train --from RUN|MODEL`: a new run that starts with the weights of another one, or of a model.

Its settings are those of that run, except where options say otherwise; a model brings only those of the network. Other
data must have the same classes.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.classes import fit_classes
from ...network import Network
from ...runs.folder import load_run, model_file
from ...support.errors import InputError
from ...support.picture_format import check_deskewed
from ...training.model import TwoLayerNN
from .given import fill_in, was_given

if TYPE_CHECKING:
    import typer

    from ...data import Dataset

OF_THE_NETWORK = ("hidden", "activation", "output", "loss")


def take_settings(context: "typer.Context", run: str) -> Network:
    """Return the network of a run or model, and fill in its settings and data wherever no option was given.

    Raises
    ------
    FileNotFoundError
        There is neither a run nor a model.
    InputError
        The run or model is not whole, or an option asks for another network.
    """
    options = context.params
    network: Network
    if model_file(run).parent == Path(run):
        network, _, summary = load_run(Path(run))
        settings = asdict(summary.settings)
        data = {"data": summary.data.spec, "validation": summary.data.validation}
    else:
        network, data = TwoLayerNN.load(run), {}
        settings = {
            "hidden": network.hidden_size,
            "activation": network.activation.name,
            "output": network.output,
            "loss": network.loss_function.name,
        }
    if options["seeds"] > 1:
        raise InputError(
            "--from goes with one network, not with --seeds: all of them would start with the same weights"
        )
    for name, value in settings.items():
        if name in OF_THE_NETWORK and was_given(context, name) and options[name] != value:
            raise InputError(f"--{name} is {options[name]}, but {value} in {run}: its weights fit no other network")
    settings.pop("from_run", None)
    fill_in(context, settings if was_given(context, "data") else settings | data)
    return network


def fit_dataset(dataset: "Dataset", start: Network) -> "Dataset":
    """Return the data set with the labels of the network that training starts with.

    Raises
    ------
    InputError
        It has other classes, or images of another size, or those of the network were deskewed, and these are not.
    """
    if len(dataset.train.X) != start.input_size:
        raise InputError(f"{dataset.name} has {len(dataset.train.X)} pixels, but the network {start.input_size} inputs")
    check_deskewed(start.picture_format, dataset.picture_format, "the network of --from")
    return fit_classes(dataset, start.classes)
