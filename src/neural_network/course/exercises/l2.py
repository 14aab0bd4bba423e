"""Exercise: L2 regularization, by training/regularizers.py."""

import numpy as np

from ...training.regularizers import L2
from ..exercise import Check, Probe, mistake, named
from ..reference import make_network
from .update import NAMES

Arrays = dict[str, np.ndarray]


def _cases() -> list[tuple[str, Arrays, Arrays, float]]:
    cases = []
    for what, sizes, λ in [("with λ = 0.1", (5, 4, 3), 0.1), ("with λ = 3", (2, 3, 4), 3.0)]:
        parameters = make_network(*sizes, seed=4).parameters
        gradients = {name: θ[::-1] * 0.5 + 0.1 for name, θ in parameters.items()}
        cases.append((what, parameters, gradients, λ))
    return cases


def _penalty_probes() -> list[Probe]:
    return [
        Probe(what, [(parameters, λ)], {"penalty": np.array(L2(λ).total(parameters))})
        for what, parameters, _, λ in _cases()
    ]


def _gradient_probes() -> list[Probe]:
    probes = []
    for what, parameters, gradients, λ in _cases():
        expected = dict(gradients)
        for name in ("W1", "W2"):
            expected[name] = gradients[name] + L2(λ).gradient(parameters[name])
        probes.append(Probe(what, [(gradients, parameters, λ)], expected))
    return probes


CHECKS = [
    Check("l2_penalty", _penalty_probes, named("penalty")),
    Check("add_l2", _gradient_probes, named(*NAMES), in_place=(0,)),
]

PENALTY = "penalty = λ/2 (Σ W1² + Σ W2²)"
GRADIENT = "the gradient of each weight is increased by the derivative of λ/2 w²; biases are left alone"
CHOSEN, TOTAL = 'name in ("W1", "W2")', "strength / 2 * total"
DECAY, ADDED = "strength * parameters[key]", 'dθ + decay if key[0] == "W" else dθ'
MISTAKES = [
    mistake("the factor 1/2 is missing", PENALTY, TOTAL, "strength * total"),
    mistake("λ is left out", PENALTY, TOTAL, "total / 2"),
    mistake("both λ and 1/2 are left out", PENALTY, TOTAL, "total"),
    mistake("λ is squared", PENALTY, TOTAL, "strength**2 / 2 * total"),
    mistake("the biases are penalized, too", PENALTY, CHOSEN, "name"),
    mistake(
        "the biases are penalized, too, and the factor 1/2 is missing",
        PENALTY,
        CHOSEN,
        "name",
        TOTAL,
        "strength * total",
    ),
    mistake("only W1 is penalized", PENALTY, CHOSEN, 'name == "W1"'),
    mistake("only W2 is penalized", PENALTY, CHOSEN, 'name == "W2"'),
    mistake("the squares are missing: weights of opposite sign cancel", PENALTY, "np.sum(θ**2)", "np.sum(θ)"),
    mistake("it is the sum of absolute values, as in L1", PENALTY, "np.sum(θ**2)", "np.sum(np.abs(θ))"),
    mistake(
        "it is the sum of absolute values with the factor λ: the L1 penalty",
        PENALTY,
        "np.sum(θ**2)",
        "2 * np.sum(np.abs(θ))",
    ),
    mistake("the sum is squared, not each weight", PENALTY, "np.sum(θ**2)", "np.sum(θ) ** 2"),
    mistake("it is the length of the weights, the root of the sum", PENALTY, "np.sum(θ**2)", "np.sqrt(np.sum(θ**2))"),
    mistake("it is the mean of the squares, not their sum", PENALTY, "np.sum(θ**2)", "np.mean(θ**2)"),
    mistake("the penalty has the wrong sign", PENALTY, TOTAL, "-strength / 2 * total"),
    mistake(
        "the gradient is twice what it should be: the factor 1/2 of the penalty has taken the 2 away",
        GRADIENT,
        DECAY,
        "2 * strength * parameters[key]",
    ),
    mistake("the gradient is half of what it should be", GRADIENT, DECAY, "strength / 2 * parameters[key]"),
    mistake("the penalty's gradient has lost λ", GRADIENT, DECAY, "parameters[key]"),
    mistake("the penalty's gradient has λ twice", GRADIENT, DECAY, "strength**2 * parameters[key]"),
    mistake("the penalty's gradient is λ sign(w), as in L1", GRADIENT, DECAY, "strength * np.sign(parameters[key])"),
    mistake("the penalty's gradient is λ for every weight", GRADIENT, DECAY, "strength"),
    mistake(
        "the penalty itself is added, not its derivative",
        GRADIENT,
        DECAY,
        "strength / 2 * np.sum(parameters[key] ** 2)",
    ),
    mistake("the squared weights are added, not the weights", GRADIENT, DECAY, "strength * parameters[key] ** 2"),
    mistake(
        "half of the squared weights is added: the derivative is still to be taken",
        GRADIENT,
        DECAY,
        "strength / 2 * parameters[key] ** 2",
    ),
    mistake("the biases decay, too", GRADIENT, ADDED, "dθ + decay"),
    mistake("the sign is wrong: weights would grow", GRADIENT, ADDED, 'dθ - decay if key[0] == "W" else dθ'),
    mistake(
        "the gradient of the loss is lost: the penalty's should be added to it",
        GRADIENT,
        ADDED,
        'decay if key[0] == "W" else dθ',
    ),
    mistake("nothing is added", GRADIENT, ADDED, "dθ"),
    mistake("the gradient is multiplied, not added to", GRADIENT, ADDED, 'dθ * decay if key[0] == "W" else dθ'),
    mistake("the decay takes the gradients, not the weights", GRADIENT, DECAY, "strength * dθ"),
    mistake("only the hidden layer's weights decay", GRADIENT, ADDED, 'dθ + decay if key == "W1" else dθ'),
    mistake("only the output layer's weights decay", GRADIENT, ADDED, 'dθ + decay if key == "W2" else dθ'),
    mistake("the biases decay, and the weights do not", GRADIENT, ADDED, 'dθ + decay if key[0] == "b" else dθ'),
]
