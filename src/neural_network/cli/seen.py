"""A data set as a model sees it: with the labels that the model's classes have."""

from typing import TYPE_CHECKING

from . import terminal

if TYPE_CHECKING:
    from ..data import Dataset
    from ..network import TwoLayerNN


def load_for(network: "TwoLayerNN", spec: str) -> "Dataset":
    """Return the data set that --data names, its labels those of `network`, and say what must be told of it.

    Raises what `data.load` raises, and InputError where the data have classes that the network does not know.
    """
    from ..data import load
    from ..data.classes import fit_classes

    with terminal.busy("reading the data"):
        dataset = fit_classes(load(spec), network.classes)
    if dataset.note:
        terminal.note(dataset.note)
    return dataset
