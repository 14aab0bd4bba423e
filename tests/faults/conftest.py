"""Data that the command is run on, in folders of their own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from neural_network.data.idx import write_idx


@pytest.fixture(scope="session")
def random_images(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    """Make a folder with so many random images to train on and to test with, in data/."""

    def make(train: int, test: int) -> Path:
        folder = tmp_path_factory.mktemp("home")
        rng = np.random.default_rng(0)
        (folder / "data").mkdir()
        for split, count in (("train", train), ("t10k", test)):
            images, labels = rng.integers(0, 256, (count, 28, 28)), rng.integers(0, 10, count)
            write_idx(folder / f"data/{split}-images-idx3-ubyte", images.astype(np.uint8))
            write_idx(folder / f"data/{split}-labels-idx1-ubyte", labels.astype(np.uint8))
        return folder

    return make
