"""PyTorch, as its users write it: modules, an optimizer, a loop; batches are gathered into a buffer that is made once.

Each optimizer has its fastest implementation for this network: fused for Adam, and one operation a tensor for SGD,
since putting four tensors in lists takes longer.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from neural_network.data.augment import AUGMENTATIONS

from ..job import DEFORMATION, Training
from ..worker import THREADS

OWN = ()
CHUNK = 256  # images deformed at a time: few enough for the processor's cache

torch.set_num_threads(THREADS)


class Trainer:
    """A network of two linear layers and its optimizer; `compiled` is for torch_compiled.py."""

    def __init__(self, training: Training, rows: np.ndarray, labels: np.ndarray, *, compiled: bool = False) -> None:
        self.training = training
        self.X, self.Y = torch.from_numpy(rows), torch.from_numpy(labels)
        self.model = nn.Sequential(nn.Linear(rows.shape[1], training.hidden), nn.ReLU(), nn.Linear(training.hidden, 10))
        criterion = nn.CrossEntropyLoss(label_smoothing=training.label_smoothing)

        def loss(X: Any, Y: Any) -> Any:
            return criterion(self.model(X), Y)

        self.loss: Callable[[Any, Any], Any] = torch.compile(loss, dynamic=False) if compiled else loss

    def begin(self, parameters: dict[str, np.ndarray]) -> None:
        """Put the weights in, and reset the optimizer."""
        first, last = self.model[0], self.model[2]
        with torch.no_grad():
            for θ, value in zip((first.weight, first.bias, last.weight, last.bias), parameters.values(), strict=True):
                θ.copy_(torch.from_numpy(value).reshape(θ.shape))
        θ, α = self.model.parameters(), self.training.learning_rate
        self.optimizer: Any = (
            torch.optim.SGD(θ, lr=α, foreach=False)
            if self.training.optimizer == "sgd"
            else torch.optim.Adam(θ, lr=α, fused=True)
        )

    def train(self, batches: np.ndarray | None, rates: np.ndarray) -> np.ndarray:
        """Make steps."""
        X, Y, losses = self.X, self.Y, []
        if batches is not None:
            indices = torch.from_numpy(batches)
            X, Y = torch.empty(batches.shape[1], X.shape[1]), torch.empty(batches.shape[1], dtype=Y.dtype)
        for step, rate in enumerate(rates.tolist()):
            if batches is not None:
                torch.index_select(self.X, 0, indices[step], out=X)
                torch.index_select(self.Y, 0, indices[step], out=Y)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(X, Y)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses).numpy()

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return the most probable classes."""
        with torch.inference_mode():
            return self.model(torch.from_numpy(rows)).argmax(dim=1).numpy()


class Predictor:
    """The forward pass without gradients, from an array to an array."""

    def __init__(self, folder: Path, *, compiled: bool = False) -> None:
        θ = load_file(folder / "model.safetensors")
        W1, b1, W2, b2 = θ["W1"], θ["b1"].flatten(), θ["W2"], θ["b2"].flatten()

        def forward(X: Any) -> Any:
            return torch.softmax(functional.linear(torch.relu(functional.linear(X, W1, b1)), W2, b2), dim=1)

        self.forward: Callable[[Any], Any] = torch.compile(forward, dynamic=False) if compiled else forward

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.forward(torch.from_numpy(rows)).numpy()


def augment(rows: np.ndarray, seed: int) -> np.ndarray:
    """Deform with grid_sample: an affine grid, plus noise blurred by two small matrix products."""
    bounds, side = AUGMENTATIONS[DEFORMATION], math.isqrt(rows.shape[1])
    images = torch.from_numpy(rows).reshape(-1, 1, side, side)
    generator = torch.Generator().manual_seed(seed)
    result = torch.empty_like(images)
    points = torch.arange(0, side, max(1, int(bounds.sigma / 2)))
    G = torch.exp(-0.5 * ((torch.arange(side)[:, None] - points) / bounds.sigma) ** 2)
    G = G / G.norm(dim=1, keepdim=True) * (math.sqrt(3) ** 0.5)
    pixels = 2 / side  # of the coordinates from -1 to 1
    G_scaled = G * (bounds.elastic * pixels)
    with torch.inference_mode():
        for start in range(0, len(images), CHUNK):
            chunk = images[start : start + CHUNK]
            m = len(chunk)
            u = torch.rand(m, 6, generator=generator) * 2 - 1
            turn = torch.deg2rad(bounds.rotation * u[:, 0])
            cos, sin, shear = torch.cos(turn), torch.sin(turn), bounds.shear * u[:, 3]
            matrix = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
            matrix = matrix @ torch.stack(
                [torch.stack([torch.ones(m), shear], 1), torch.tensor([0.0, 1.0]).expand(m, 2)], 1
            )
            inverse = torch.linalg.inv(matrix * (1 + bounds.scale * u[:, None, 1:3]))
            shift = -inverse @ (bounds.shift * pixels * u[:, 4:6, None])
            grid = functional.affine_grid(torch.cat([inverse, shift], 2), [m, 1, side, side], align_corners=False)
            noise = torch.rand(m, 2, len(points), len(points), generator=generator) * 2 - 1
            grid = grid + (G_scaled @ noise @ G.T).permute(0, 2, 3, 1)
            result[start : start + m] = functional.grid_sample(chunk, grid, align_corners=False)
    return result.reshape(rows.shape).numpy()


COLD = """
import json, sys
import numpy as np
import torch
from safetensors.torch import load_file

p = load_file(sys.argv[1])
with torch.inference_mode():
    A1 = torch.relu(torch.nn.functional.linear(torch.from_numpy(np.load(sys.argv[2])), p["W1"], p["b1"][:, 0]))
    print(json.dumps(torch.softmax(torch.nn.functional.linear(A1, p["W2"], p["b2"][:, 0]), 1).tolist()))
"""
