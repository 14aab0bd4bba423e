"""Contracts: what activations, initializers and optimizers must return or change, tried when they are registered.

A mistake in an extension is thus found before any data is read, and the error names the extension.
"""

import inspect
from typing import Any

import numpy as np

from .errors import InputError


def check_activation(name: str, activation: Any) -> None:
    """Raise InputError if g or g' does not return an array of the shape of its argument."""
    Z = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
    for symbol, function in (("g", activation.g), ("g_prime", activation.g_prime)):
        with np.errstate(all="ignore"):
            result = _call(f"{symbol} of activation {name!r}", function, Z)
        if np.shape(result) != Z.shape:
            raise InputError(
                f"{symbol} of activation {name!r} must return an array of the shape of Z, {Z.shape}, "
                f"not {np.shape(result)}"
            )


def check_initializer(name: str, initializer: Any) -> None:
    """Raise InputError if it does not return weights of the shape (fan_out, fan_in)."""
    weights = _call(f"initializer {name!r}", initializer, 3, 2, np.random.default_rng(0))
    if np.shape(weights) != (2, 3):
        raise InputError(
            f"initializer {name!r} must return weights of the shape (fan_out, fan_in), here (2, 3), "
            f"not {np.shape(weights)}"
        )


def check_optimizer(name: str, optimizer: Any) -> None:
    """Raise InputError if `update` does not take its arguments, or changes no parameter in two steps."""
    names = ("θ", "dθ", *optimizer.state_names)
    try:
        inspect.signature(optimizer.update).bind(None, *names)
    except TypeError as error:
        raise InputError(f"update of optimizer {name!r} is called with ({', '.join(names)}): {error}") from None
    if any(p.default is p.empty for p in inspect.signature(optimizer).parameters.values()):
        return  # it cannot be made from its name alone
    before = np.ones((2, 3))
    parameters = {"W": before.copy()}
    made = _call(f"optimizer {name!r}", optimizer)
    for _ in range(2):
        _call(f"optimizer {name!r}", made.step, parameters, {"W": np.linspace(0.5, 2, 6).reshape(2, 3)})
    if (parameters["W"] == before).all():
        raise InputError(
            f"optimizer {name!r} did not change the parameters: update must change θ in place (θ -= ...), not return it"
        )


def _call(what: str, function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception as error:
        raise InputError(f"{what} failed when it was tried: {type(error).__name__}: {error}") from error
