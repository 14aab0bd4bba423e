"""A run small enough to be reported in a moment, with names that a page must escape, and its page in a browser."""

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data.dataset import Dataset, Samples
from neural_network.inspection.diagnosis import Finding
from neural_network.inspection.figures import RunData
from neural_network.inspection.report import Evaluated, Report, report_run
from neural_network.runs.settings import Settings
from neural_network.runs.snapshots import Snapshots
from neural_network.runs.summary import EndedSummary, summarize
from neural_network.training.monitor import Monitor

NAME = "<script>alert(1)</script> & sons"
CLASSES = ("<b>nought</b>", *"12345678", 'ni"ne')


def bars(rng: np.random.Generator, count: int, mislabelled: int = 0) -> Samples:
    """Noisy images in which class c is a bar at row 2c + 4; so many of them have the label of another class."""
    Y = rng.integers(0, 10, count)
    images = rng.uniform(0, 0.3, (count, 28, 28))
    images[np.arange(count), 2 * Y + 4, 4:24] += 0.6
    Y[:mislabelled] = (Y[:mislabelled] + rng.integers(1, 4, mislabelled)) % 10
    return Samples(np.ascontiguousarray(images.reshape(count, -1), np.float32).T, Y)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(hidden=16, epochs=12, batch_size=100, optimizer="adam", learning_rate=0.01, seed=3)


@pytest.fixture(scope="session")
def trained(settings: Settings) -> tuple[RunData, EndedSummary]:
    """The data of a run, and its summary."""
    rng = np.random.default_rng(0)
    dataset = Dataset("bars", "a folder", bars(rng, 1500), bars(rng, 300, mislabelled=40), CLASSES)
    samples, held_out = dataset.split(50)
    network = TwoLayerNN(784, 16, 10, seed=3)
    snapshots = Snapshots()
    history = settings.train(network, samples, held_out, callbacks=[Monitor(), snapshots], progress=False)
    parts = {"train": samples, "validation": held_out, "test": dataset.test}
    summary = summarize(network, history, settings, dataset, parts, "bars")
    return RunData(network, history, summary.settings, samples, dataset.test, CLASSES, snapshots), summary


@pytest.fixture(scope="session")
def reported(trained: tuple[RunData, EndedSummary]) -> Report:
    run, summary = trained
    findings = [Finding("dead-units", 7, "<i>5</i> of 16 units", "Try leaky-relu")]
    evaluated = Evaluated("bars", "a <folder>", "test", sha256={"test": "0" * 64})
    return report_run(NAME, run, summary, findings, evaluated, figures=["training_progress", "per_class"])


@pytest.fixture(scope="session")
def page_url(reported: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(reported.html, encoding="utf-8")
    return path.as_uri()
