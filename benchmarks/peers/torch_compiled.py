"""PyTorch with torch.compile, which makes one program, compiled from C++, of forward, loss and backward."""

from pathlib import Path

import numpy as np

from ..job import Training
from . import torch

OWN = ()


class Trainer(torch.Trainer):
    """The trainer of torch.py, compiled."""

    def __init__(self, training: Training, rows: np.ndarray, labels: np.ndarray) -> None:
        super().__init__(training, rows, labels, compiled=True)


class Predictor(torch.Predictor):
    """The predictor of torch.py, compiled."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, compiled=True)
