"""Forward passes: the numbers behind a prediction, from the pixels to the probabilities.

The equations are the lines of network.py, as the trace reads them. Two logits decide between the predicted class and
its rival; each is shown as a sum over the hidden units.
"""

from dataclasses import dataclass

import numpy as np
from latex2mathml.converter import convert
from markupsafe import Markup
from matplotlib import colormaps

from ...training.optimizers import SGD
from ..analysis.neighbors import confident_mistakes
from ..figures import RunData
from ..figures.style import DIVERGING
from ..trace import LATEX, equation, trace_step
from .embed import picture_uri
from .sprite import as_paper

MAX_PASSES = 24  # of a report
MAX_PIXELS = 250_000  # of their pictures, so that there are fewer of larger ones
MAX_UNITS = 12  # hidden units of a pass with a row of their own
MAX_CLASSES = 20  # of a pass: the most probable
MAX_UNIT_PIXELS = 32 * 32  # of a picture, to show what it contributes to each unit


@dataclass(frozen=True)
class Equation:
    """A line of network.py: its number, its mathematics as MathML, its source and place."""

    number: int
    mathematics: Markup
    source: str
    place: str


@dataclass(frozen=True)
class Unit:
    """A hidden unit: its pre-activation, its activation, and its terms in the logits of predicted class and rival.

    `terms` is a picture of the terms of W1 X: red pixels raise Z1, blue ones lower it.
    """

    number: int
    terms: str | None
    Z1: float
    A1: float
    for_predicted: float
    for_rival: float


@dataclass(frozen=True)
class Output:
    """A class with its logit and its probability."""

    name: str
    Z2: float
    A2: float
    role: str


@dataclass(frozen=True)
class Pass:
    """The forward pass of a sample. The rival is the true class, or the runner-up of a correct prediction.

    `others`, `bias` and `logits` are pairs, for the predicted class and its rival: the terms of the units without a
    row, b2, and Z2.
    """

    index: int
    label: str
    predicted: str
    rival: str
    confidence: float
    loss: float
    picture: str | None
    ink: int  # inputs that are not 0
    units: list[Unit]
    other_units: int
    others: tuple[float, float]
    bias: tuple[float, float]
    logits: tuple[float, float]
    outputs: list[Output]
    other_classes: int

    @property
    def wrong(self) -> bool:
        return self.label != self.predicted


def choose(run: RunData) -> np.ndarray:
    """Return the indices of the most confident mistakes, or without mistakes, of the least confident predictions."""
    most = min(MAX_PASSES, max(1, MAX_PIXELS // len(run.test[0])))
    mistakes = confident_mistakes(run.probabilities, run.test[1], most)
    return mistakes if len(mistakes) else np.argsort(run.probabilities.max(axis=0), kind="stable")[: most // 3 + 1]


def equations(run: RunData) -> list[Equation]:
    """Return the numbered lines of the forward pass, as they run for one sample."""
    X, Y = run.test
    trace = trace_step(run.network, X[:, [0]], Y[:1], SGD(1e-12))  # the step itself does not matter
    return [
        Equation(
            line.number,
            Markup(convert(equation(line, LATEX))),
            line.statement.source.strip(),
            f"network.py, line {line.statement.line}",
        )
        for line in trace.lines
        if line.number and line.function.endswith(".forward")
    ]


def forward_pass(run: RunData, index: int, pictures: np.ndarray | None) -> Pass:
    """Return the forward pass of a sample, with the numbers that the network computes for it alone.

    Parameters
    ----------
    pictures : array (m, height, width), optional
        The samples as pictures, if they are pictures.
    """
    network, names, label = run.network, run.full_names, int(run.test[1][index])
    x = run.test[0][:, [index]]  # an array, also where the pixels are bytes
    forward = network.forward(x)
    Z1, A1, Z2, A2 = (layer[:, 0] for layer in forward)
    ranking = np.argsort(-A2, kind="stable")
    predicted = int(ranking[0])
    rival = label if label != predicted else int(ranking[min(1, len(ranking) - 1)])
    pair = [predicted, rival]
    terms = network.W2[pair] * A1  # (2, H): the terms of Z2 = W2 A1 + b2
    order = np.argsort(-np.abs(terms[0] - terms[1]), kind="stable")
    shown, rest = order[:MAX_UNITS], order[MAX_UNITS:]
    small = pictures if pictures is not None and len(x) <= MAX_UNIT_PIXELS else None
    drawn = [None] * len(shown) if small is None else _draw_terms(network.W1[shown] * x[:, 0], small.shape[1:])
    kept = ranking[:MAX_CLASSES] if label in ranking[:MAX_CLASSES] else [*ranking[: MAX_CLASSES - 1], label]
    return Pass(
        index=int(index),
        label=names[label],
        predicted=names[predicted],
        rival=names[rival],
        confidence=float(A2[predicted]),
        loss=network.mean_loss(forward, run.test[1][index : index + 1]),
        picture=picture_uri(as_paper(pictures[index])) if pictures is not None else None,
        ink=int(np.count_nonzero(x)),
        units=[
            Unit(int(j), uri, float(Z1[j]), float(A1[j]), float(terms[0, j]), float(terms[1, j]))
            for j, uri in zip(shown, drawn, strict=True)
        ],
        other_units=len(rest),
        others=_pair(terms[:, rest].sum(axis=1, dtype=np.float64)),
        bias=_pair(network.b2[pair, 0]),
        logits=_pair(Z2[pair]),
        outputs=[
            Output(names[c], float(Z2[c]), float(A2[c]), _role(c == predicted, c == label)) for c in map(int, kept)
        ],
        other_classes=len(ranking) - len(kept),
    )


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _role(is_predicted: bool, is_label: bool) -> str:
    return " and ".join(word for word, holds in [("predicted", is_predicted), ("true", is_label)] if holds)


def _draw_terms(terms: np.ndarray, shape: tuple[int, ...]) -> list[str | None]:
    """Return the terms (n, D) of n sums as pictures in red and blue, on one scale."""
    scale = float(np.abs(terms).max(initial=0)) or 1.0
    colored = colormaps[DIVERGING](0.5 + 0.5 * terms / scale, bytes=True)[..., :3]
    return [picture_uri(picture.reshape(*shape, 3)) for picture in colored]
