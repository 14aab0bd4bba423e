"""The data set for a model: the one it was trained on unless --data names another, with the labels of its classes."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..functions.metrics import check_classes
from ..runs.folder import load_summary
from ..support.arguments import check_inputs
from ..support.errors import InputError
from . import terminal

if TYPE_CHECKING:
    from ..data import Dataset
    from ..network import Network
    from ..support.picture_format import PictureFormat


def load_for(network: "Network", data: str | None, model: Path, form: "PictureFormat | None" = None) -> "Dataset":
    """Return the data set of `load_data` with the labels of `network`, and print its note.

    `form` takes the place of the network's own picture format.

    Raises what `load_data` raises, and InputError if the data set has classes that the network does not know, or the
    network has too many classes.
    """
    from ..data.classes import fit_classes

    check_classes(network.output_size)
    form = form or network.picture_format
    return terminal.reading(lambda: fit_classes(load_data(data, model, form), network.classes))


def load_data(data: str | None, model: Path, form: "PictureFormat | None") -> "Dataset":
    """Return the data set that --data names or, for None, the one that the run or model file `model` was trained on.

    Pictures become inputs of the format `form`, which the run or the model has recorded; a network of deskewed images
    gets the images of any data set deskewed.

    Raises what `data.load` raises; if the data of the run are not found, the InputError says that --data helps.
    """
    from ..data import load
    from ..data.image_changes import deskew_for

    if data is not None:
        return deskew_for(form, load(data, form))
    spec = own_data(model)
    try:
        return deskew_for(form, load(spec, form))
    except (FileNotFoundError, InputError) as error:
        if spec == "auto":
            raise
        raise InputError(
            f"{error}; {model} was trained on these data: with --data, say where they are now, or name others"
        ) from error


def read_rows_for(network: "Network", path: str) -> np.ndarray:
    """Return the inputs X (D, m) in the rows of a test.csv."""
    from ..data import read_test_csv
    from ..data.image_changes import deskew_rows

    X = check_inputs(read_test_csv(path), network.input_size, network.dtype, path)
    return deskew_rows(network.picture_format, X)


def own_data(model: Path) -> str:
    """Return the --data option of the run in the folder `model`; for a model's file, which does not record it, auto."""
    return load_summary(model).data.spec if (model / "config.json").is_file() else "auto"
