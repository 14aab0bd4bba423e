"""JAX: the whole step, with batch and optimizer, is one compiled function that reuses the memory of its arguments.

The weights have our shapes, W1 (H, D) and W2 (C, H), which are faster on a processor than their transposes.
"""

from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

from ..job import Training

OWN = ()


def forward(θ: Any, X: Any) -> Any:
    """Return the logits (m, C) for pixels (m, D)."""
    return jax.nn.relu(X @ θ["W1"].T + θ["b1"]) @ θ["W2"].T + θ["b2"]


def loss(θ: Any, X: Any, Y: Any, smoothing: float) -> Any:
    """Return the mean cross-entropy."""
    logs = jax.nn.log_softmax(forward(θ, X))
    correct = jnp.take_along_axis(logs, Y[:, None], axis=1).mean()
    return -(1 - smoothing) * correct - smoothing * logs.mean()


def update(training: Training, θ: Any, state: Any, X: Any, Y: Any, rate: Any) -> Any:
    """Return parameters and optimizer's state after a step, and the loss before it."""
    value, gradients = jax.value_and_grad(loss)(θ, X, Y, training.label_smoothing)
    if training.optimizer == "sgd":
        return jax.tree.map(lambda θ, dθ: θ - rate * dθ, θ, gradients), state, value
    β1, β2, ε = 0.9, 0.999, 1e-8
    t, m, v = state
    t = t + 1
    m = jax.tree.map(lambda m, dθ: β1 * m + (1 - β1) * dθ, m, gradients)
    v = jax.tree.map(lambda v, dθ: β2 * v + (1 - β2) * dθ * dθ, v, gradients)
    c1, c2 = 1 / (1 - β1**t), 1 / (1 - β2**t)
    θ = jax.tree.map(lambda θ, m, v: θ - rate * (c1 * m) / (jnp.sqrt(c2 * v) + ε), θ, m, v)
    return θ, (t, m, v), value


@partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
def step(training: Training, θ: Any, state: Any, X: Any, Y: Any, indices: Any, rate: Any) -> Any:
    """Make a step on the samples `indices`."""
    return update(training, θ, state, X[indices], Y[indices], rate)


@partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
def full_step(training: Training, θ: Any, state: Any, X: Any, Y: Any, rate: Any) -> Any:
    """Make a step on all samples."""
    return update(training, θ, state, X, Y, rate)


class Trainer:
    """Parameters and optimizer's state, and a call of the compiled step for each batch."""

    def __init__(self, training: Training, rows: np.ndarray, labels: np.ndarray) -> None:
        self.training = training
        self.X, self.Y = jnp.asarray(rows), jnp.asarray(labels.astype(np.int32))

    def begin(self, parameters: dict[str, np.ndarray]) -> None:
        """Put the weights in, and reset the optimizer."""
        self.θ = {name: jnp.array(θ[:, 0] if name[0] == "b" else θ) for name, θ in parameters.items()}
        means = [jax.tree.map(jnp.zeros_like, self.θ) for _ in range(2)]
        self.state = () if self.training.optimizer == "sgd" else (jnp.float32(0), *means)

    def train(self, batches: np.ndarray | None, rates: np.ndarray) -> np.ndarray:
        """Make steps."""
        losses = []
        if batches is not None:
            batches = batches.astype(np.int32)
        for number, rate in enumerate(rates):
            if batches is None:
                self.θ, self.state, value = full_step(self.training, self.θ, self.state, self.X, self.Y, rate)
            else:
                self.θ, self.state, value = step(
                    self.training, self.θ, self.state, self.X, self.Y, batches[number], rate
                )
            losses.append(value)
        jax.block_until_ready(self.θ)
        return np.array([float(value) for value in losses])

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return the most probable classes."""
        return np.asarray(forward(self.θ, jnp.asarray(rows))).argmax(axis=1)


_probabilities: Any = jax.jit(lambda θ, X: jax.nn.softmax(forward(θ, X)))


class Predictor:
    """The compiled forward pass, from an array to an array."""

    def __init__(self, folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        self.θ = {name: jnp.asarray(θ[:, 0] if name[0] == "b" else θ) for name, θ in tensors.items()}

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(_probabilities(self.θ, rows))


COLD = """
import json, sys
import jax
import numpy as np
from safetensors.numpy import load_file

@jax.jit
def predict(p, X):
    A1 = jax.nn.relu(X @ p["W1"].T + p["b1"][:, 0])
    return jax.nn.softmax(A1 @ p["W2"].T + p["b2"][:, 0])

print(json.dumps(predict(load_file(sys.argv[1]), np.load(sys.argv[2])).tolist()))
"""
