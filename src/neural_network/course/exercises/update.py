"""Exercise: equation (11), by network.py."""

import numpy as np

from ...network import gradient_descent
from ..exercise import Check, Probe, mistake, named
from ..reference import make_network

NAMES = ("W1", "b1", "W2", "b2")


def _probes() -> list[Probe]:
    probes = []
    for what, sizes, α, dtype in [
        ("with learning rate 0.3", (5, 4, 3), 0.3, np.float64),
        ("with learning rate 0.01", (2, 3, 4), 0.01, np.float64),
        ("with arrays in float32", (4, 2, 3), 0.7, np.float32),
        ("with learning rate 2", (3, 4, 2), 2.0, np.float64),
    ]:
        parameters = make_network(*sizes, seed=4, dtype=dtype).parameters
        gradients = {name: θ[::-1] * 0.5 + 0.1 for name, θ in parameters.items()}
        moved = {name: θ.copy() for name, θ in parameters.items()}
        gradient_descent(moved, gradients, α)
        probes.append(Probe(what, [(parameters, gradients, α)], moved, 1, 1e-5 if dtype == np.float32 else 1e-8))
    return probes


CHECKS = [Check("update", _probes, named(*NAMES), in_place=(0,))]

RULE = "(11) θ := θ - α dθ, for all four parameters"
ALL = "θ - learning_rate * dθ"
MISTAKES = [
    mistake("the step goes uphill: the gradient is added", RULE, ALL, "θ + learning_rate * dθ"),
    mistake("the learning rate is left out", RULE, ALL, "θ - dθ"),
    mistake("the learning rate is left out, and the step goes uphill", RULE, ALL, "θ + dθ"),
    mistake("the gradient is divided by the learning rate", RULE, ALL, "θ - dθ / learning_rate"),
    mistake("nothing moves: the new values are not kept", RULE, ALL, "θ * 1.0"),
    mistake("the parameters are replaced by their step", RULE, ALL, "-learning_rate * dθ"),
    mistake("the parameters are replaced by the gradient times the learning rate", RULE, ALL, "learning_rate * dθ"),
    mistake("the parameters are multiplied into their step", RULE, ALL, "θ - learning_rate * dθ * θ"),
    mistake("the biases do not move", RULE, ALL, "θ - learning_rate * dθ * (name[0] == 'W')"),
    mistake("the weights do not move", RULE, ALL, "θ - learning_rate * dθ * (name[0] == 'b')"),
    mistake("the hidden layer does not move", RULE, ALL, "θ - learning_rate * dθ * (name[1] == '2')"),
    mistake("the output layer does not move", RULE, ALL, "θ - learning_rate * dθ * (name[1] == '1')"),
    mistake("the biases move uphill", RULE, ALL, "θ - learning_rate * dθ * (1 if name[0] == 'W' else -1)"),
    mistake("the learning rate is multiplied with the whole difference", RULE, ALL, "learning_rate * (θ - dθ)"),
    mistake("the learning rate shrinks the parameters, not the gradient", RULE, ALL, "learning_rate * θ - dθ"),
    mistake("only the sign of the gradient is used", RULE, ALL, "θ - learning_rate * np.sign(dθ)"),
    mistake("the learning rate is squared", RULE, ALL, "θ - learning_rate**2 * dθ"),
    mistake("the step is twice as long", RULE, ALL, "θ - 2 * learning_rate * dθ"),
    mistake(
        "it is a weighted mean of parameter and gradient", RULE, ALL, "(1 - learning_rate) * θ + learning_rate * dθ"
    ),
    mistake(
        "the parameters shrink as well: θ is multiplied by 1 - α",
        RULE,
        ALL,
        "(1 - learning_rate) * θ - learning_rate * dθ",
    ),
    mistake("the gradient is scaled to length 1", RULE, ALL, "θ - learning_rate * dθ / np.linalg.norm(dθ)"),
    mistake("the mean gradient of an array moves all its entries", RULE, ALL, "θ - learning_rate * dθ.mean()"),
    mistake("the gradients are returned", RULE, ALL, "dθ * 1.0"),
    mistake("the step is squared", RULE, ALL, "θ - learning_rate * dθ**2"),
    mistake("only W1 moves: the loop ends too early", RULE, ALL, "θ - learning_rate * dθ * (name == 'W1')"),
    mistake("the learning rate and the sign are left out: the gradient takes the parameter's place", RULE, ALL, "-dθ"),
]
