"""Exercise: the gradient check, by inspection/gradient_check/."""

import numpy as np

from ...inspection.gradient_check.common_mistakes import relative_errors
from ..exercise import Check, Probe, mistake, named
from ..worker import Cubic

H = 1e-4


def _difference_probes() -> list[Probe]:
    """Make probes with a loss whose derivative is known: Σ a w³ + (Σ b w)² has 3 a w² + 2 b Σ b w."""
    rng = np.random.default_rng(7)
    probes = []
    for what, shape, h in [
        ("for an array of shape (3, 4)", (3, 4), H),
        ("for one weight", (1, 1), H),
        ("for an array of shape (5,)", (5,), 2 * H),
    ]:
        a, b, W = (rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape) for _ in range(3))
        probes.append(Probe(what, [(Cubic(a, b), W, h)], {"slope": 3 * a * W**2 + 2 * b * (b * W).sum()}, 1, 1e-6))
    return probes


def _error_probes() -> list[Probe]:
    rng = np.random.default_rng(8)
    probes = []
    for what, shape in [("for arrays of shape (3, 4)", (3, 4)), ("for arrays of shape (5, 1)", (5, 1))]:
        analytic = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
        numeric = analytic * (1 + rng.uniform(-0.2, 0.2, shape))
        if shape == (3, 4):
            analytic[1, 1] = numeric[1, 1] = 0
            analytic[2, 0] *= -1
        else:
            numeric[2] = 1.4 * analytic[2]
        expected = relative_errors(analytic, numeric).max()
        probes.append(Probe(what, [(analytic, numeric)], {"error": np.array(expected)}))
    return probes


CHECKS = [
    Check("numerical_gradient", _difference_probes, named("slope")),
    Check("relative_error", _error_probes, named("error")),
]

SLOPE = "dL/dw ≈ (L(w + h) - L(w - h)) / 2h, for one weight at a time"
ERROR = "the largest |a - n| / (|a| + |n|)"
DIFFERENCE, SIZE = "difference = np.abs(analytic - numeric)", "size = np.abs(analytic) + np.abs(numeric)"
QUOTIENT = "np.max(difference / np.maximum(size, 1e-300))"
MISTAKES = [
    mistake("the difference is divided by h: it reaches over 2h", SLOPE, "/ (2 * h)", "/ h"),
    mistake(
        "the difference is one-sided, so that its error is of the order h, not h²",
        SLOPE,
        "W[index] = old - h",
        "W[index] = old",
        "/ (2 * h)",
        "/ h",
    ),
    mistake(
        "the difference is one-sided, to the left", SLOPE, "W[index] = old + h", "W[index] = old", "/ (2 * h)", "/ h"
    ),
    mistake(
        "the weight is moved to one side only, and the difference divided by 2h: from w + h it is 2h to the other side",
        SLOPE,
        "W[index] = old - h",
        "W[index] = old",
    ),
    mistake("the sign is wrong: the losses are subtracted in the wrong order", SLOPE, "above - below", "below - above"),
    mistake("the losses are added", SLOPE, "above - below", "above + below"),
    mistake("the difference is not divided", SLOPE, " / (2 * h)", ""),
    mistake("the difference is divided by 2 only", SLOPE, "/ (2 * h)", "/ 2"),
    mistake("the difference is divided by 2 and multiplied by h: brackets are missing", SLOPE, "/ (2 * h)", "/ 2 * h"),
    mistake(
        "only the second loss is divided: brackets around the difference are missing",
        SLOPE,
        "(above - below) / (2 * h)",
        "above - below / (2 * h)",
    ),
    mistake("the difference is divided by h²", SLOPE, "/ (2 * h)", "/ h**2"),
    mistake(
        "all weights are moved at once, so that every slope is the sum of all",
        SLOPE,
        "W[index] = old + h\n        above = loss(W)\n        W[index] = old - h\n        below = loss(W)",
        "above = loss(W + h)\n        below = loss(W - h)",
    ),
    mistake(
        "a weight is not set back before the next one is moved",
        SLOPE,
        "        W[index] = old\n        slopes",
        "        slopes",
    ),
    mistake(
        "it is the second difference, which measures the curvature",
        SLOPE,
        "(above - below) / (2 * h)",
        "(above - 2 * loss(W) + below) / h**2",
    ),
    mistake(
        "only one number is returned, the slope of the last weight", SLOPE, "return slopes", "return slopes[index]"
    ),
    mistake(
        "the loop ends after the first weight: `return` stands within it",
        SLOPE,
        "    return slopes",
        "        return slopes",
    ),
    mistake(
        "weights are multiplied by 1 ± h, not moved by h", SLOPE, "old + h", "old * (1 + h)", "old - h", "old * (1 - h)"
    ),
    mistake("it is the absolute error", ERROR, QUOTIENT, "np.max(difference)"),
    mistake(
        "it is the mean error: one wrong entry among many would not be seen",
        ERROR,
        QUOTIENT,
        "np.mean(difference / np.maximum(size, 1e-300))",
    ),
    mistake("it is the sum of the errors", ERROR, QUOTIENT, "np.sum(difference / np.maximum(size, 1e-300))"),
    mistake("it is the smallest error", ERROR, QUOTIENT, "np.min(difference / np.maximum(size, 1e-300))"),
    mistake(
        "there is an error for each entry: the largest is still to be taken",
        ERROR,
        QUOTIENT,
        "difference / np.maximum(size, 1e-300)",
    ),
    mistake(
        "the difference has a sign, and negative ones are not seen",
        ERROR,
        DIFFERENCE,
        "difference = analytic - numeric",
    ),
    mistake("the difference is divided by |a| alone", ERROR, SIZE, "size = np.abs(analytic)"),
    mistake("the difference is divided by |n| alone", ERROR, SIZE, "size = np.abs(numeric)"),
    mistake(
        "the difference is divided by the larger of |a| and |n|, not by their sum",
        ERROR,
        SIZE,
        "size = np.maximum(np.abs(analytic), np.abs(numeric))",
    ),
    mistake(
        "the difference is divided by |a + n|, which is small where the signs differ",
        ERROR,
        SIZE,
        "size = np.abs(analytic + numeric)",
    ),
    mistake("the difference is squared", ERROR, DIFFERENCE, "difference = (analytic - numeric) ** 2"),
    mistake(
        "where both entries are 0, it is 0 / 0, not a number",
        "where both entries are 0, the error is 0",
        QUOTIENT,
        "np.max(difference / size)",
    ),
    mistake(
        "norms of the whole arrays are compared: one wrong small entry would not be seen",
        ERROR,
        QUOTIENT,
        "np.linalg.norm(analytic - numeric) / (np.linalg.norm(analytic) + np.linalg.norm(numeric))",
    ),
    mistake(
        "norms of the whole arrays are compared, divided by one of them",
        ERROR,
        QUOTIENT,
        "np.linalg.norm(analytic - numeric) / np.linalg.norm(analytic)",
    ),
    mistake(
        "the largest difference is divided by the largest size: they belong to different entries",
        ERROR,
        QUOTIENT,
        "np.max(difference) / np.max(size)",
    ),
    mistake(
        "all weights are moved at once: there is one number, the sum of all slopes",
        SLOPE,
        "return slopes",
        "return (loss(W + h) - loss(W - h)) / (2 * h)",
    ),
    mistake(
        "a whole row is moved at once: every single weight needs a slope of its own",
        SLOPE,
        "np.ndindex(W.shape)",
        "range(len(W))",
        "old = W[index]",
        "old = W[index].copy()",
    ),
]
