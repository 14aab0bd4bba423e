"""The learner's network beside the reference: both trained on the same data with the same settings."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..data import Dataset
from ..support.errors import WorkError
from ..training.model import TwoLayerNN
from . import runner
from .catalog import find_exercise
from .outcomes import Malformed, as_array, split
from .worker import Stored, decode

HIDDEN, EPOCHS, BATCH, RATE = 32, 3, 64, 0.1
LIMIT = 900.0  # seconds
MEMORY = 4 * 2**30


@dataclass(frozen=True)
class Comparison:
    """Accuracies (0 to 1) on the test images, and the seconds of training."""

    data: str
    settings: str
    learner_accuracy: float
    learner_seconds: float
    reference_accuracy: float
    reference_seconds: float


def beside_reference(folder: Path, dataset: Dataset) -> Comparison:
    """Train the learner's network, from exercise 19, and the reference.

    Raises WorkError where the learner's functions do not give a network.
    """
    X, labels = dataset.train
    test_X, test_labels = dataset.test if dataset.test is not None else dataset.train
    X, test_X = np.asarray(X, np.float32), np.asarray(test_X, np.float32)
    classes = int(max(labels.max(), test_labels.max())) + 1
    module = find_exercise("network").module
    with tempfile.TemporaryDirectory() as temporary:
        stored = []
        for name, array in (("X", np.ascontiguousarray(X)), ("labels", labels), ("test", np.ascontiguousarray(test_X))):
            np.save(path := Path(temporary) / f"{name}.npy", array)
            stored.append(Stored(str(path)))
        call = (stored[0], stored[1], HIDDEN, classes, EPOCHS, BATCH, RATE, np.random.default_rng(0))
        started = time.perf_counter()
        parameters = _call(folder, module, "fit", call)
        seconds = time.perf_counter() - started
        try:
            split(parameters, ("W1", "b1", "W2", "b2"))
            predicted = as_array(_call(folder, module, "predict", (parameters, stored[2])), "the classes")
        except Malformed as malformed:
            raise WorkError(f"your network {malformed}") from None
    started = time.perf_counter()
    network = TwoLayerNN(len(X), HIDDEN, classes, seed=0)
    network.train(X, labels, epochs=EPOCHS, batch_size=BATCH, learning_rate=RATE, progress=False)
    return Comparison(
        dataset.name,
        f"{HIDDEN} hidden units, {EPOCHS} epochs, batches of {BATCH}, learning rate {RATE:g}",
        float(np.mean(predicted == test_labels)),
        seconds,
        network.evaluate(test_X, test_labels),
        time.perf_counter() - started,
    )


def _call(folder: Path, module: str, function: str, arguments: tuple[Any, ...]) -> Any:
    """Return what one call of the learner's function gives. Raises WorkError."""
    loaded, reports = runner.run(folder, module, [runner.Call(function, [arguments], LIMIT)], memory=MEMORY)
    report = reports[0] if reports else loaded
    if "results" not in report:
        what = report.get("raised") or next(iter(report), "nothing")
        raise WorkError(f"your function {function} did not return: {what} {report.get('message', '')}".rstrip())
    return decode(report["results"][0])
