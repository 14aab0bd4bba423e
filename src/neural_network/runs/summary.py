"""The summary of a run: what config.json holds and `mnist-nn train --json` prints.

People edit config.json, and get it from others: `Summary.from_json` checks every value before anything uses it.
"""

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.preprocess import format_of
from ..network import Network
from ..support.byte_pixels import Inputs
from ..support.errors import DivergenceError, InputError
from ..support.json_schema import check_values, read_object
from ..support.picture_format import PictureFormat
from ..support.version import __version__
from ..training.history import History
from ..training.loop import measure
from .settings import Settings

if TYPE_CHECKING:
    from ..data import Dataset, Samples

MAX_PARTS = 8  # of a mixture of data sets: each may be as large as MNIST


@dataclass(frozen=True)
class Metrics:
    """Accuracy and mean loss, in nats, on a number of samples."""

    samples: int
    accuracy: float
    loss: float

    @staticmethod
    def of(network: Network, X: Inputs, Y: np.ndarray) -> "Metrics":
        """Return the metrics of a network on `X` (D, m) with labels `Y` (m,)."""
        loss, accuracy = measure(network, X, Y)
        return Metrics(len(Y), accuracy, loss)


@dataclass(frozen=True)
class DataSummary:
    """The data of a run: `spec` is its --data option or what `auto` found; the parts are numbers of samples.

    `pictures` is the format to which the run brings pictures; None where its inputs are none, or it is not recorded.
    """

    name: str
    source: str
    spec: str
    validation: int
    train: int | None = None  # these two are unknown where a run diverged with an earlier version
    test: int | None = None
    pictures: PictureFormat | None = None


@dataclass(frozen=True)
class ModelSummary:
    """The sizes of a network, its activation and its number of parameters."""

    input_size: int
    hidden_size: int
    output_size: int
    activation: str
    parameters: int

    @staticmethod
    def of(network: Network) -> "ModelSummary":
        """Return the summary of a network."""
        sizes = network.input_size, network.hidden_size, network.output_size
        return ModelSummary(*sizes, network.activation.name, sum(θ.size for θ in network.parameters.values()))


@dataclass(frozen=True)
class Duration:
    """How long a run trained. `planned_epochs` is None where an earlier version did not record it."""

    epochs: int
    steps: int
    seconds: float
    planned_epochs: int | None = None


@dataclass(frozen=True)
class Summary:
    """What is recorded of every run: its data, its settings as it began, and the versions of the software."""

    data: DataSummary
    settings: Settings
    software: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return {"data": asdict(self.data), "training": asdict(self.settings), "software": self.software}

    @staticmethod
    def from_json(values: Any) -> "EndedSummary | DivergedSummary":
        """Return the summary that `to_json` made this JSON object of. Earlier versions recorded less.

        Raises InputError where a value is missing, of another type, or impossible.
        """
        check_values(values, {}, "it")
        diverged = "diverged_at" in values
        data = read_object(DataSummary, values.get("data"), "data")
        check_values(values["data"], {} if diverged else {"train": int, "test": int}, "data")
        check_spec(data.spec)
        training = values.get("training")
        check_values(training, {"optimizer": str, "schedule": str, "seed": int, "epochs": int}, "training")
        begun = {setting.name: setting.default for setting in fields(Settings)}
        begun |= {name: value for name, value in training.items() if diverged or name in begun}
        begun["epochs"] = training.get("planned_epochs") or training["epochs"]
        common = data, Settings.from_json(begun), _read_software(values.get("software", {}))
        if diverged:
            check_values(values, {"diverged_at": int, "reason": str}, "it")
            return DivergedSummary(*common, values["diverged_at"], values["reason"], values.get("findings"))
        metrics = _read_metrics(values.get("metrics"), "metrics")
        if not metrics.get("train"):
            raise InputError("metrics has no train")
        return EndedSummary(
            *common,
            read_object(ModelSummary, values.get("model"), "model"),
            read_object(Duration, training, "training"),
            metrics,
            {name: row for name, row in _read_metrics(values.get("parts", {}), "parts").items() if row},
            bool(values.get("interrupted")),
            str(values.get("run", "")),
        )


@dataclass(frozen=True)
class DivergedSummary(Summary):
    """The summary of a run that diverged at a step, the reason in a sentence, and what the diagnosis found then.

    `findings` are JSON values (see inspection/diagnosis/finding.py), None where an earlier version recorded none.
    """

    diverged_at: int
    reason: str
    findings: Any = None

    def to_json(self) -> dict[str, Any]:
        values = super().to_json() | {"diverged_at": self.diverged_at, "reason": self.reason}
        return values if self.findings is None else values | {"findings": self.findings}


@dataclass(frozen=True)
class EndedSummary(Summary):
    """The summary of a run that ended with a network; `parts` are the data sets of a mixture."""

    model: ModelSummary
    duration: Duration
    metrics: Mapping[str, Metrics | None]
    parts: Mapping[str, Metrics] = field(default_factory=dict)
    interrupted: bool = False
    run: str = ""  # its folder

    def to_json(self) -> dict[str, Any]:
        values = super().to_json()
        values["training"] |= asdict(self.duration)
        values |= {"model": asdict(self.model), "metrics": _to_json(self.metrics)}
        optional = {"parts": _to_json(self.parts), "interrupted": self.interrupted, "run": self.run}
        return values | {name: value for name, value in optional.items() if value}

    def check_model(self, network: Network) -> None:
        """Raise InputError where the summary is of a network of other sizes."""
        there = asdict(ModelSummary.of(network))
        for name, value in asdict(self.model).items():
            if name != "activation" and value != there[name]:
                raise InputError(f"{name} is {value}, but {there[name]} in the model beside it")


def check_spec(spec: str) -> None:
    """Raise InputError where the data are a mixture of too many parts."""
    if spec.count("+") >= MAX_PARTS:
        raise InputError(f"data {spec!r} have more than {MAX_PARTS} parts")


def _read_software(values: Any) -> dict[str, str]:
    check_values(values, {}, "software")
    check_values(values, dict.fromkeys(values, str), "software")
    return dict(values)


def _read_metrics(values: Any, where: str) -> dict[str, Metrics | None]:
    check_values(values, {}, where)
    check_values({name: name for name in values}, dict.fromkeys(values, str), where)
    metrics = {name: None if row is None else read_object(Metrics, row, name) for name, row in values.items()}
    for name, row in metrics.items():
        if row and not 0 <= row.accuracy <= 1:
            raise InputError(f"accuracy of {name} cannot be {row.accuracy!r}")
    return metrics


def _to_json(metrics: Mapping[str, Metrics | None]) -> dict[str, Any]:
    return {name: row and asdict(row) for name, row in metrics.items()}


def summarize(
    network: Network,
    history: History,
    settings: Settings,
    dataset: "Dataset",
    parts: "Mapping[str, Samples | None]",
    spec: str,
    run: str = "",
) -> EndedSummary:
    """Return the summary of a run in the folder `run`, whose `parts` are "train", "validation" and "test".

    Raises DivergenceError where the run diverged, or would have in the next step: where a loss is infinite or NaN.
    """
    rate = settings.make_optimizer().learning_rate
    if history.diverged_at:
        raise DivergenceError(history.diverged_at, "the loss or the parameters became infinite or NaN", rate)
    last = history.rows[-1]
    metrics = {part: samples and Metrics.of(network, *samples) for part, samples in parts.items()}
    for part, row in metrics.items():
        if row and not math.isfinite(row.loss):
            error = DivergenceError(int(last["step"]), f"after it the {part} loss is {row.loss}", rate)
            error.history = history
            raise error
    counts = {part: len(samples.Y) if samples else 0 for part, samples in parts.items()}
    return EndedSummary(
        DataSummary(dataset.name, dataset.source, spec, **counts, pictures=network.picture_format),
        replace(settings, learning_rate=rate),
        software(),
        ModelSummary.of(network),
        Duration(len(history), int(last["step"]), last["seconds"], settings.epochs),
        metrics,
        {name: Metrics.of(network, *samples) for name, samples in dataset.parts},
        history.interrupted,
        run,
    )


def diverged_summary(
    error: DivergenceError, settings: Settings, dataset: "Dataset", spec: str, validation: int, findings: Any = None
) -> DivergedSummary:
    """Return the summary of a run that diverged, with findings as JSON values."""
    train, test = len(dataset.train.Y) - validation, len(dataset.test.Y) if dataset.test else 0
    data = DataSummary(dataset.name, dataset.source, spec, validation, train, test, format_of(dataset))
    return DivergedSummary(data, settings, software(), error.step, str(error), findings)


def check_recordable(settings: Settings, dataset: "Dataset", spec: str, validation: int) -> None:
    """Raise InputError before the training if the summary of the run would be refused when it is read.

    The name of a data folder may have control characters in it, and a number may be larger than any that is read.
    """
    planned = diverged_summary(DivergenceError(1, "", 1.0), settings, dataset, spec, validation)
    try:
        Summary.from_json(json.loads(json.dumps(planned.to_json())))
    except InputError as error:
        raise InputError(f"the run could not be read again: {error}; choose plain names, and numbers < 2^128") from None


def software() -> dict[str, str]:
    """Return the versions that the bits of a run depend on."""
    return {"mnist-nn": __version__, "NumPy": np.__version__, "Python": platform.python_version()}
