"""Exercise: momentum, by training/optimizers.py. Only W is compared: α may stand within the velocity."""

from typing import Any

import numpy as np

from ...training.optimizers import Optimizer, make_optimizer
from ..exercise import Check, Probe, mistake, steps
from ..outcomes import Parts
from ..worker import Previous


def _probes() -> list[Probe]:
    probes = []
    for what, shape, α, μ in [("in 4 steps", (3, 2), 0.1, 0.9), ("in 4 steps with other settings", (2, 4), 0.3, 0.5)]:
        W, gradients = draw(shape)
        calls: list[tuple[Any, ...]] = [(W, gradients[0], np.zeros(shape), α, μ)]
        calls += [(Previous(t, 0), gradients[t + 1], Previous(t, 1), α, μ) for t in range(3)]
        probes.append(Probe(what, calls, {"W": optimized(make_optimizer("momentum", α, momentum=μ), W, gradients)}))
    return probes


def draw(shape: tuple[int, ...]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return weights, and the gradients of four steps, which do not depend on the weights."""
    rng = np.random.default_rng(shape)
    return rng.standard_normal(shape), [rng.uniform(0.1, 1, shape) * rng.choice([-1, 1], shape) for _ in range(4)]


def optimized(optimizer: Optimizer, W: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
    """Return W after each step of an optimizer, stacked."""
    parameters, seen = {"W": W.copy()}, []
    for dW in gradients:
        optimizer.step(parameters, {"W": dW})
        seen.append(parameters["W"].copy())
    return np.stack(seen)


def _view(results: list[Any]) -> Parts:
    return {"W": steps("W", "v")(results)["W"]}


CHECKS = [Check("momentum_step", _probes, _view, in_place=(0, 2))]

V, W = "v := μ v + dW", "W := W - α v"
VELOCITY, STEP = "v = momentum * v + dW", "W = W - learning_rate * v"
MISTAKES = [
    mistake(
        "the velocity is a running mean: its gradient is multiplied by 1 - μ",
        V,
        VELOCITY,
        "v = momentum * v + (1 - momentum) * dW",
    ),
    mistake("the old velocity has no effect: this is plain gradient descent", V, VELOCITY, "v = dW"),
    mistake("the velocity keeps all of its past: μ is left out", V, VELOCITY, "v = v + dW"),
    mistake("μ multiplies the gradient, not the old velocity", V, VELOCITY, "v = v + momentum * dW"),
    mistake("μ and 1 - μ have changed places", V, VELOCITY, "v = (1 - momentum) * v + momentum * dW"),
    mistake(
        "μ multiplies velocity and gradient, and should multiply the velocity only",
        V,
        VELOCITY,
        "v = momentum * (v + dW)",
    ),
    mistake("the share that is kept is 1 - μ", V, VELOCITY, "v = (1 - momentum) * v + dW"),
    mistake("the velocity adds its gradient with the wrong sign of the past", V, VELOCITY, "v = dW - momentum * v"),
    mistake(
        "the learning rate is used twice, in the velocity and in the step",
        V,
        VELOCITY,
        "v = momentum * v + learning_rate * dW",
    ),
    mistake("the velocity takes up the weights, not the gradient", V, VELOCITY, "v = momentum * v + W"),
    mistake("the step goes uphill: one sign is wrong", W, STEP, "W = W + learning_rate * v"),
    mistake("the learning rate is left out", W, STEP, "W = W - v"),
    mistake("it is Nesterov's momentum, which looks ahead", W, STEP, "W = W - learning_rate * (dW + momentum * v)"),
    mistake("gradient and velocity are both added to the step", W, STEP, "W = W - learning_rate * (dW + v)"),
    mistake("the weights do not move", W, STEP, "W = W * 1.0"),
    mistake(
        "the step takes the old velocity: the new one must be computed first",
        "the new v comes first, and the step uses it",
        f"{VELOCITY}\n    {STEP}",
        f"{STEP}\n    {VELOCITY}",
    ),
    mistake(
        "the gradient is returned in the place of the velocity",
        "the new v is returned, since the next step needs it",
        "return W, v",
        "return W, dW",
    ),
    mistake(
        "velocity and weights have changed places in the result", "the order is W, v", "return W, v", "return v, W"
    ),
]
