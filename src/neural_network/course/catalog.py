"""All exercises, in the order of the course."""

from functools import cache
from types import ModuleType

from ..support.registry import Registry
from .exercise import Exercise, make
from .exercises import (
    adam,
    cross_entropy,
    dropout,
    forward,
    gradient_check,
    hidden_error,
    hidden_gradients,
    initialization,
    l2,
    mini_batches,
    momentum,
    network,
    one_hot,
    output_error,
    output_gradients,
    relu,
    softmax,
    training_loop,
    update,
)

MODULES: tuple[ModuleType, ...] = (
    one_hot,
    relu,
    softmax,
    cross_entropy,
    forward,
    output_error,
    output_gradients,
    hidden_error,
    hidden_gradients,
    update,
    training_loop,
    mini_batches,
    gradient_check,
    initialization,
    momentum,
    adam,
    dropout,
    l2,
    network,
)


@cache
def exercises() -> Registry[Exercise]:
    """Return the exercises by name, in their order."""
    registry: Registry[Exercise] = Registry("exercise")
    for number, module in enumerate(MODULES, start=1):
        name = module.__name__.rpartition(".")[2]
        registry.register(name, make(number, name, module))
    return registry


def find_exercise(name: str) -> Exercise:
    """Return an exercise by its name, its file or its number. Raises InputError, which names the nearest."""
    name = str(name).removesuffix(".py").removesuffix(".ipynb")
    for exercise in ordered():
        if name in (exercise.module, str(exercise.number), f"{exercise.number:02}"):
            return exercise
    return exercises()[name]


def ordered() -> list[Exercise]:
    """Return the exercises in their order."""
    return [exercises()[name] for name in exercises()]
