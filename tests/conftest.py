"""What many tests need: small data, a small network, and the real MNIST where there is one."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # scikit-learn then makes one more of its checks

from neural_network import TwoLayerNN

# Shells start programs in the background with Ctrl-C ignored, which the processes that tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("busy machine", deadline=None)
hypothesis.settings.load_profile("busy machine")


@pytest.fixture(scope="session", autouse=True)
def one_blas_thread_at_most() -> Iterator[None]:
    """Hold the BLAS at one thread, as training does: two threads take longer for the small products of the tests."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """150 samples of three classes with four features, like Fisher's irises: X (4, 150), Y (150,)."""
    Y = np.repeat([0, 1, 2], 50)
    centers = np.array([[0.2, 0.8, 0.5], [0.7, 0.2, 0.6], [0.1, 0.5, 0.9], [0.4, 0.4, 0.1]])
    X = (centers[:, Y] + rng.normal(0, 0.1, (4, 150))).astype(np.float32)
    return X, Y


@pytest.fixture
def network() -> TwoLayerNN:
    """A float64 network with 4 inputs, 5 hidden units and 3 classes."""
    return TwoLayerNN(4, 5, 3, seed=1, dtype=np.float64)


@pytest.fixture(scope="session")
def real_mnist() -> Path:
    """The folder of the real MNIST files, where MNIST_NN_DATA names one."""
    folder = os.environ.get("MNIST_NN_DATA")
    if not folder:
        pytest.skip("needs the real MNIST: set MNIST_NN_DATA to the folder of its four files")
    return Path(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's own Chromium; nothing is downloaded."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("needs a browser: no chromium, chromium-browser or google-chrome on the PATH")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def axe() -> str:
    """The source of axe-core, as a package brings it along."""
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
