"""The data set for a model: the one it was trained on unless --data names another, with the labels of its classes."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..functions.metrics import check_classes
from ..runs.folder import load_summary
from ..support.errors import InputError
from . import terminal

if TYPE_CHECKING:
    from ..data import Dataset
    from ..network import Network
    from ..support.picture_format import PictureFormat


def load_for(network: "Network", data: str | None, model: Path) -> "Dataset":
    """Return the data set of `load_data` with the labels of `network`, and print its note.

    Raises what `load_data` raises, and InputError if the data set has classes that the network does not know, or the
    network has too many classes.
    """
    from ..data.classes import fit_classes

    check_classes(network.output_size)
    with terminal.busy("reading the data"):
        dataset = fit_classes(load_data(data, model, network.picture_format), network.classes)
    if dataset.note:
        terminal.note(dataset.note)
    return dataset


def load_data(data: str | None, model: Path, form: "PictureFormat | None") -> "Dataset":
    """Return the data set that --data names or, for None, the one that the run or model file `model` was trained on.

    Pictures become inputs of the format `form`, which the run or the model has recorded.

    Raises what `data.load` raises; if the data of the run are not found, the InputError says that --data helps.
    """
    from ..data import load

    if data is not None:
        return load(data, form)
    spec = own_data(model)
    try:
        return load(spec, form)
    except (FileNotFoundError, InputError) as error:
        if spec == "auto":
            raise
        raise InputError(
            f"{error}; {model} was trained on these data: with --data, say where they are now, or name others"
        ) from error


def own_data(model: Path) -> str:
    """Return the --data option of the run in the folder `model`; for a model's file, which does not record it, auto."""
    return load_summary(model).data.spec if (model / "config.json").is_file() else "auto"
