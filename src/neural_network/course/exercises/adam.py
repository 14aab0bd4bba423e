"""Exercise: Adam, by training/optimizers.py. Only W is compared."""

from typing import Any

import numpy as np

from ...training.optimizers import make_optimizer
from ..exercise import Check, Probe, mistake, steps
from ..outcomes import Parts
from ..worker import Previous
from .momentum import draw, optimized


def _probes() -> list[Probe]:
    """Make probes with an ε that is large enough to be seen."""
    probes = []
    for what, shape, α, β1, β2, ε in [
        ("in 4 steps", (3, 2), 0.1, 0.9, 0.99, 0.05),
        ("in 4 steps with other settings", (2, 4), 0.3, 0.6, 0.8, 0.1),
    ]:
        W, gradients = draw(shape)
        zeros = np.zeros(shape)
        calls: list[tuple[Any, ...]] = [(W, gradients[0], zeros, zeros, 1, α, β1, β2, ε)]
        calls += [
            (Previous(t, 0), gradients[t + 1], Previous(t, 1), Previous(t, 2), t + 2, α, β1, β2, ε) for t in range(3)
        ]
        optimizer = make_optimizer("adam", α, beta1=β1, beta2=β2, epsilon=ε)
        probes.append(Probe(what, calls, {"W": optimized(optimizer, W, gradients)}))
    return probes


def _view(results: list[Any]) -> Parts:
    return {"W": steps("W", "m", "v")(results)["W"]}


CHECKS = [Check("adam_step", _probes, _view, in_place=(0, 2, 3))]

M, V = "m := β1 m + (1 - β1) dW", "v := β2 v + (1 - β2) dW²"
M_HAT, V_HAT, STEP = "m_hat = m / (1 - β1^t)", "v_hat = v / (1 - β2^t)", "W := W - α m_hat / (√v_hat + ε)"
MEAN, SQUARE = "beta1 * m + (1 - beta1) * dW\n", "beta2 * v + (1 - beta2) * dW**2"
HAT_M, HAT_V = "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)"
ALL = "learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)"
MISTAKES = [
    mistake("m is not corrected for its start at 0", M_HAT, HAT_M, "m_hat = m"),
    mistake("v is not corrected for its start at 0", V_HAT, HAT_V, "v_hat = v"),
    mistake(
        "neither m nor v is corrected for its start at 0", f"{M_HAT}, {V_HAT}", HAT_M, "m_hat = m", HAT_V, "v_hat = v"
    ),
    mistake("β1^t is a product, not a power", M_HAT, "beta1**t", "beta1 * t"),
    mistake("β2^t is a product, not a power", V_HAT, "beta2**t", "beta2 * t"),
    mistake("m is corrected by 1 - β1 in every step: the power t is missing", M_HAT, "beta1**t", "beta1"),
    mistake("v is corrected by 1 - β2 in every step: the power t is missing", V_HAT, "beta2**t", "beta2"),
    mistake(
        "m and v are corrected by 1 - β in every step: the power t is missing",
        f"{M_HAT}, {V_HAT}",
        "beta1**t",
        "beta1",
        "beta2**t",
        "beta2",
    ),
    mistake("m is corrected with β2", M_HAT, "beta1**t", "beta2**t"),
    mistake("v is corrected with β1", V_HAT, "beta2**t", "beta1**t"),
    mistake(
        "the corrections have changed places: β2 for m, and β1 for v",
        f"{M_HAT}, {V_HAT}",
        HAT_M,
        "m_hat = m / (1 - beta2**t)",
        HAT_V,
        "v_hat = v / (1 - beta1**t)",
    ),
    mistake("m is multiplied by its correction, not divided", M_HAT, "m / (1", "m * (1"),
    mistake("v is multiplied by its correction, not divided", V_HAT, "v / (1", "v * (1"),
    mistake(
        "both corrections multiply, and should divide", f"{M_HAT}, {V_HAT}", "m / (1", "m * (1", "v / (1", "v * (1"
    ),
    mistake(
        "the steps are counted from 2: t is one too large",
        "t is the number of the step, counted from 1",
        HAT_M,
        "t = t + 1\n    m_hat = m / (1 - beta1**t)",
    ),
    mistake(
        "the steps are counted from 0: t is one too small, and the first step divides by 0",
        "t is the number of the step, counted from 1",
        HAT_M,
        "t = t - 1\n    m_hat = m / (1 - beta1**t)",
    ),
    mistake("the gradient is not multiplied by 1 - β1", M, MEAN, "beta1 * m + dW\n"),
    mistake("the square is not multiplied by 1 - β2", V, SQUARE, "beta2 * v + dW**2"),
    mistake(
        "neither the gradient nor its square is multiplied by 1 - β",
        f"{M}, {V}",
        MEAN,
        "beta1 * m + dW\n",
        SQUARE,
        "beta2 * v + dW**2",
    ),
    mistake("β1 and 1 - β1 have changed places", M, MEAN, "(1 - beta1) * m + beta1 * dW\n"),
    mistake("β2 and 1 - β2 have changed places", V, SQUARE, "(1 - beta2) * v + beta2 * dW**2"),
    mistake("v is the mean of the gradient, not of its square", V, "dW**2", "dW"),
    mistake("v is the mean of the gradient's absolute value, not of its square", V, "dW**2", "np.abs(dW)"),
    mistake("v is the mean of m², not of dW²", V, "dW**2", "m**2"),
    mistake("m is computed with β2", M, MEAN, "beta2 * m + (1 - beta2) * dW\n"),
    mistake("v is computed with β1", V, SQUARE, "beta1 * v + (1 - beta1) * dW**2"),
    mistake("m forgets nothing: the old mean is not multiplied by β1", M, MEAN, "m + (1 - beta1) * dW\n"),
    mistake("v forgets nothing, as in AdaGrad", V, SQUARE, "v + dW**2"),
    mistake("m is the gradient of this step only", M, MEAN, "dW\n"),
    mistake("v is the square of this step's gradient only", V, SQUARE, "dW**2"),
    mistake("the step goes uphill", STEP, "W - learning_rate", "W + learning_rate"),
    mistake("the root is missing", STEP, "np.sqrt(v_hat)", "v_hat"),
    mistake("ε stands within the root", STEP, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),
    mistake("ε is left out", STEP, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat)"),
    mistake(
        "ε is added to the quotient: brackets are missing",
        STEP,
        ALL,
        "learning_rate * (m_hat / np.sqrt(v_hat) + epsilon)",
    ),
    mistake(
        "ε is added to the step: brackets are missing", STEP, ALL, "learning_rate * m_hat / np.sqrt(v_hat) + epsilon"
    ),
    mistake("ε is squared within the root", STEP, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon**2)"),
    mistake(
        "ε is not corrected together with v",
        STEP,
        ALL,
        "learning_rate * m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + epsilon)",
    ),
    mistake("the learning rate is left out", STEP, ALL, "m_hat / (np.sqrt(v_hat) + epsilon)"),
    mistake("the step uses the gradient in the place of m_hat, as RMSprop does", STEP, "* m_hat", "* dW"),
    mistake("the step does not divide by the root: it is momentum", STEP, ALL, "learning_rate * m_hat"),
    mistake(
        "m_hat is returned in the place of m",
        "m and v are kept as they are; m_hat and v_hat are for the step only",
        "return W, m, v",
        "return W, m_hat, v",
    ),
    mistake(
        "v_hat is returned in the place of v",
        "m and v are kept as they are; m_hat and v_hat are for the step only",
        "return W, m, v",
        "return W, m, v_hat",
    ),
    mistake(
        "m_hat and v_hat are returned in the place of m and v",
        "m and v are kept as they are; m_hat and v_hat are for the step only",
        "return W, m, v",
        "return W, m_hat, v_hat",
    ),
    mistake("m and v have changed places in the result", "the order is W, m, v", "return W, m, v", "return W, v, m"),
    mistake(
        "m and v are forgotten after each step",
        "the new m and v are returned, since the next step needs them",
        "return W, m, v",
        "return W, 0 * m, 0 * v",
    ),
    mistake(
        "β1 and β2 have changed places everywhere",
        f"{M}, {V}",
        MEAN,
        "beta2 * m + (1 - beta2) * dW\n",
        SQUARE,
        "beta1 * v + (1 - beta1) * dW**2",
        "beta1**t",
        "beta2**t",
        HAT_V,
        "v_hat = v / (1 - beta1**t)",
    ),
    mistake("the gradient is multiplied by β1, not by 1 - β1", M, MEAN, "beta1 * m + beta1 * dW\n"),
    mistake("the square is multiplied by β2, not by 1 - β2", V, SQUARE, "beta2 * v + beta2 * dW**2"),
    mistake("v forgets nothing: the old mean is not multiplied by β2", V, SQUARE, "v + (1 - beta2) * dW**2"),
    mistake(
        "ε multiplies the root, and should be added to it", STEP, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat) * epsilon"
    ),
]
