"""A data set as a model sees it: its run's own unless --data names another, with the labels of the model's classes."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..functions.metrics import check_classes
from ..runs.folder import load_summary
from ..support.errors import InputError
from . import terminal

if TYPE_CHECKING:
    from ..data import Dataset
    from ..network import Network


def load_for(network: "Network", data: str | None, model: Path) -> "Dataset":
    """Return what `load_data` does, its labels those of `network`, and say what must be told of it.

    Raises what `load_data` raises, and InputError where the data have classes unknown to the
    network, or it has too many.
    """
    from ..data.classes import fit_classes

    check_classes(network.output_size)
    with terminal.busy("reading the data"):
        dataset = fit_classes(load_data(data, model), network.classes)
    if dataset.note:
        terminal.note(dataset.note)
    return dataset


def load_data(data: str | None, model: Path) -> "Dataset":
    """Return the data set that --data names; where it names none, that of `model`, a run's folder or a model's file.

    Raises what `data.load` raises; where a run's own data are not found, InputError says that --data helps.
    """
    from ..data import load

    if data is not None:
        return load(data)
    spec = own_data(model)
    try:
        return load(spec)
    except (FileNotFoundError, InputError) as error:
        if spec == "auto":
            raise
        raise InputError(
            f"{error}; {model} learnt from these data: --data says where they are now, or names others"
        ) from error


def own_data(model: Path) -> str:
    """Return what --data was for the run in the folder `model`; of a model's file alone nobody knows: auto."""
    return str(load_summary(model)["data"]["spec"]) if (model / "config.json").is_file() else "auto"
