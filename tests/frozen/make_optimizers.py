"""Make optimizers.json: where PyTorch's optimizers arrive after 1, 10 and 100 steps on the gradients given here.

Run it as `python tests/frozen/make_optimizers.py` with PyTorch installed. The tests compare our optimizers with the
file, so that they need no PyTorch, and with PyTorch itself where it is there.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FROZEN = Path(__file__).with_name("optimizers.json")
STEPS = (1, 10, 100)  # after which the parameters are recorded
RATE_DROP = 50  # the learning rate is divided by ten after this step, as a schedule would do

BETAS = {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.01}
TORCH_BETAS = {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.01}


class Case(NamedTuple):
    """The same optimizer twice: ours by name and options (no learning rate: the default), PyTorch's by class."""

    name: str
    learning_rate: float | None
    options: dict[str, float]
    torch_class: str
    torch_options: dict[str, Any]


CASES = {
    "sgd": Case("sgd", None, {}, "SGD", {"lr": 0.1}),
    "momentum": Case("momentum", None, {}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    "momentum 0.5": Case("momentum", 0.2, {"momentum": 0.5}, "SGD", {"lr": 0.2, "momentum": 0.5}),
    "nesterov": Case("nesterov", None, {}, "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "nesterov 0.5": Case("nesterov", 0.2, {"momentum": 0.5}, "SGD", {"lr": 0.2, "momentum": 0.5, "nesterov": True}),
    "adagrad": Case("adagrad", None, {}, "Adagrad", {}),
    "adagrad 0.1": Case("adagrad", 0.1, {"epsilon": 0.01}, "Adagrad", {"lr": 0.1, "eps": 0.01}),
    "rmsprop": Case("rmsprop", None, {}, "RMSprop", {"lr": 0.001, "alpha": 0.9}),
    "rmsprop 0.1": Case("rmsprop", 0.1, {"beta": 0.99, "epsilon": 0.1}, "RMSprop", {"lr": 0.1, "eps": 0.1}),
    "adam": Case("adam", None, {}, "Adam", {}),
    "adam 0.1": Case("adam", 0.1, BETAS, "Adam", TORCH_BETAS),
    "amsgrad": Case("amsgrad", None, {}, "Adam", {"amsgrad": True}),
    "amsgrad 0.1": Case("amsgrad", 0.1, BETAS, "Adam", {**TORCH_BETAS, "amsgrad": True}),
    "adamw": Case("adamw", None, {}, "AdamW", {}),
    "adamw 0.1": Case("adamw", 0.1, {**BETAS, "weight_decay": 0.3}, "AdamW", {**TORCH_BETAS, "weight_decay": 0.3}),
}


def problem() -> tuple[dict[str, np.ndarray], list[dict[str, np.ndarray]]]:
    """Return parameters and 100 gradients: noise around a slope that fades, and one entry whose gradient is 0.

    RandomState, unlike newer generators, promises the same numbers in every version of NumPy.
    """
    rng = np.random.RandomState(0)
    shapes = {"W1": (3, 4), "b1": (3, 1), "W2": (2, 3), "b2": (2, 1)}
    parameters = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    slope = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    gradients = []
    for t in range(max(STEPS)):
        gradients.append({n: (slope[n] + rng.standard_normal(shapes[n])) * np.exp(-t / 15) for n in shapes})
        gradients[-1]["W1"][0, 0] = 0  # a pixel that is always black
    return parameters, gradients


def torch_run(case: Case) -> dict[str, dict[str, list[list[float]]]]:
    """Return PyTorch's parameters after each of STEPS, by step and name."""
    import torch

    parameters, gradients = problem()
    tensors = {name: torch.tensor(θ, requires_grad=True) for name, θ in parameters.items()}
    biases: dict[str, Any] = {"params": [tensors["b1"], tensors["b2"]]}
    if case.torch_class == "AdamW":
        biases["weight_decay"] = 0.0
    weights = {"params": [tensors["W1"], tensors["W2"]]}
    optimizer = getattr(torch.optim, case.torch_class)([weights, biases], **case.torch_options)
    recorded = {}
    for t, gradient in enumerate(gradients, start=1):
        for name, tensor in tensors.items():
            tensor.grad = torch.tensor(gradient[name])
        optimizer.step()
        if t in STEPS:
            recorded[str(t)] = {name: tensor.tolist() for name, tensor in tensors.items()}
        if t == RATE_DROP:
            for group in optimizer.param_groups:
                group["lr"] /= 10
    return recorded


if __name__ == "__main__":
    import torch

    lines = [f'"{name}": {json.dumps(torch_run(case))}' for name, case in CASES.items()]
    source = f'"made by": "tests/frozen/make_optimizers.py with PyTorch {torch.__version__}"'
    FROZEN.write_text("{\n" + ",\n".join([source, *lines]) + "\n}\n", encoding="utf-8")
