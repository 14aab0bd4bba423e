"""PyTorch with torch.compile: forward, loss and backward become one program, which a C++ compiler translates."""

from pathlib import Path

import numpy as np

from neural_network.runs.settings import Settings

from . import torch

OWN = ()


class Trainer(torch.Trainer):
    """The trainer of torch.py, compiled."""

    def __init__(self, settings: Settings, rows: np.ndarray, labels: np.ndarray) -> None:
        super().__init__(settings, rows, labels, compiled=True)


class Predictor(torch.Predictor):
    """The predictor of torch.py, compiled."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, compiled=True)
