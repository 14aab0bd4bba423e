"""The summary of a run: what `mnist-nn train --json` prints and config.json holds."""

import math
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from ..network import Network
from ..support.errors import DivergenceError
from ..support.version import __version__
from ..training.history import History
from .folder import Summary, measured
from .settings import Settings

if TYPE_CHECKING:
    from ..data import Dataset, Samples


def summarize(
    network: Network,
    history: History,
    settings: Settings,
    dataset: "Dataset",
    parts: "dict[str, Samples | None]",
    spec: str,
) -> Summary:
    """Return what is kept of a run, `spec` being the --data it was given, or the name of what `auto` found.

    Raises DivergenceError where the run diverged, or would have in the next step: where a loss is infinite or NaN.
    """
    rate = settings.make_optimizer().learning_rate
    if history.diverged_at:
        raise DivergenceError(history.diverged_at, "the loss or the parameters became infinite or NaN", rate)
    last = history.rows[-1]
    metrics = {part: measured(network, samples) for part, samples in parts.items()}
    for part, figures in metrics.items():
        if figures and not math.isfinite(figures["loss"]):
            error = DivergenceError(int(last["step"]), f"after it the {part} loss is {figures['loss']}", rate)
            error.history = history
            raise error
    return {
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "spec": spec,
            **{part: len(samples.Y) if samples else 0 for part, samples in parts.items()},
        },
        "model": {
            "input_size": network.input_size,
            "hidden_size": network.hidden_size,
            "output_size": network.output_size,
            "activation": network.activation.name,
            "parameters": sum(θ.size for θ in network.parameters.values()),
        },
        "training": {
            **asdict(settings),
            "learning_rate": rate,
            "epochs": len(history),
            "planned_epochs": settings.epochs,
            "steps": int(last["step"]),
            "seconds": last["seconds"],
        },
        "metrics": metrics,
        "software": software(),
        **({"parts": {name: measured(network, part) for name, part in dataset.parts}} if dataset.parts else {}),
        **({"interrupted": True} if history.interrupted else {}),
    }


def diverged_summary(
    error: DivergenceError, settings: Settings, dataset: "Dataset", spec: str, validation: int
) -> Summary:
    """Return what is kept of a run that diverged."""
    return {
        "data": {"name": dataset.name, "source": dataset.source, "spec": spec, "validation": validation},
        "training": asdict(settings),
        "diverged_at": error.step,
        "reason": str(error),
        "software": software(),
    }


def software() -> dict[str, str]:
    """Return the versions that the bits of a run depend on."""
    return {"mnist-nn": __version__, "NumPy": np.__version__, "Python": platform.python_version()}
