"""Runs that begin with a trained model: a file, or one of those that come with the package."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ...formats.model_file import load_model
from ...formats.shipped_models import SHIPPED
from ...runs.settings import Settings
from ...support.arguments import shown
from ...support.errors import InputError
from ...support.picture_format import check_deskewed
from ...training.model import TwoLayerNN
from .data import SessionData
from .job import Job

OF_THE_MODEL = ("activation", "initializer", "output", "loss", "label_smoothing")


def job_of_model(network: TwoLayerNN, settings: Settings, data: SessionData) -> Job:
    """Return the job that trains a loaded network further on `data`; raises InputError where it does not fit them."""
    expected = len(data.train.X), len(data.classes)
    if (network.input_size, network.output_size) != expected:
        raise InputError(
            f"the model has {network.input_size} inputs and {network.output_size} classes; {data.name} has "
            f"{expected[0]} and {expected[1]}: choose the data it was trained on"
        )
    check_deskewed(network.picture_format, data.picture_format, "the model")
    model = {
        "hidden": network.hidden_size,
        "activation": network.activation.name,
        "initializer": network.initializer,
        "output": network.output,
        "loss": network.loss_function.name,
        "label_smoothing": network.label_smoothing,
    }
    parameters = {name: θ.astype("float32") for name, θ in network.parameters.items()}
    data = replace(data, picture_format=network.picture_format or data.picture_format)
    return Job(Settings(**{**asdict(settings), **model}), data, parameters)


def job_of_shipped(name: str, settings: Settings, data: SessionData, given: Mapping[str, Any]) -> Job:
    """Return the job that trains a shipped model further on `data`.

    Raises InputError where there is no such model, it does not fit the data, or settings that are `given` are not its.
    """
    if name not in SHIPPED:
        raise InputError(f"from must be one of {', '.join(SHIPPED)}, not {shown(name)}")
    job = job_of_model(load_model(SHIPPED[name], TwoLayerNN), settings, data)
    for each in ("hidden", *OF_THE_MODEL):
        wanted, own = getattr(settings, each), getattr(job.settings, each)
        if each in given and wanted != own:
            raise InputError(f"the {each} of {name} is {own}, not {wanted}: leave out {each} or from")
    return replace(job, model=name)
