"""Forward passes: how the network came to an answer, with its own numbers from the pixels to the probabilities.

The equations are those of the lines that run, as the trace reads them from network.py. Two sums decide between the
answer and its rival, and each is shown as it is added up: unit by unit, what it said times what it weighs.
"""

import math
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

MOST = 24  # passes of a report
ROOM = 250_000  # pixels of their pictures, which leaves fewer of larger ones
UNITS = 12  # hidden units of a pass that have a row of their own
CLASSES = 20  # classes of a pass: the most probable
SMALL = 32 * 32  # pixels: of larger pictures it is not shown what each unit saw


@dataclass(frozen=True)
class Equation:
    """A line of network.py: its number, its mathematics as MathML, its source and place, the shape of its value."""

    number: int
    mathematics: Markup
    source: str
    place: str
    shape: str


@dataclass(frozen=True)
class Unit:
    """A hidden unit: its sum and its answer, and what it adds to the sums of the answer and of its rival.

    `seen` is a picture of W1 X before it is summed: which pixels spoke for the unit, red, and which against it, blue.
    """

    number: int
    seen: str | None
    Z1: float
    A1: float
    for_answer: float
    for_rival: float


@dataclass(frozen=True)
class Output:
    """A class with its sum and its probability."""

    name: str
    Z2: float
    A2: float
    verdict: str


@dataclass(frozen=True)
class Pass:
    """The forward pass of a sample. The rival is the right class, or the second most probable where that was it.

    `others`, `bias` and `sums` are pairs, for the answer and for its rival: what the units without a row add, b2, Z2.
    """

    index: int
    label: str
    answer: str
    rival: str
    sure: float
    loss: float
    picture: str | None
    ink: int  # inputs that are not 0
    units: list[Unit]
    other_units: int
    others: tuple[float, float]
    bias: tuple[float, float]
    sums: tuple[float, float]
    outputs: list[Output]

    @property
    def wrong(self) -> bool:
        return self.label != self.answer


def choose(run: RunData) -> np.ndarray:
    """Return the indices of the surest mistakes, or where there are none, of the answers that were least sure."""
    most = min(MOST, max(1, ROOM // len(run.test[0])))
    mistakes = confident_mistakes(run.probabilities, run.test[1], most)
    return mistakes if len(mistakes) else np.argsort(run.probabilities.max(axis=0), kind="stable")[: most // 3 + 1]


def equations(run: RunData) -> list[Equation]:
    """Return the numbered lines of the forward pass, as they run for one sample."""
    X, Y = run.test
    trace = trace_step(run.network, X[:, [0]], Y[:1], SGD(1e-12))  # the step that follows is of no interest
    return [
        Equation(
            line.number,
            Markup(convert(equation(line, LATEX))),
            line.statement.source.strip(),
            f"network.py, line {line.statement.line}",
            " × ".join(map(str, line.value.shape)),
        )
        for line in trace.lines
        if line.number and line.function.endswith(".forward")
    ]


def forward_pass(run: RunData, names: list[str], index: int, pictures: np.ndarray | None) -> Pass:
    """Return the forward pass of a sample, the numbers as the network computes them for it alone.

    Parameters
    ----------
    names : list of str
        Of the classes.
    pictures : array (m, height, width), optional
        The samples as pictures, where they are some.
    """
    network, label = run.network, int(run.test[1][index])
    x = run.test[0][:, [index]]  # an array, of pixels that stay bytes too
    forward = network.forward(x)
    Z1, A1, Z2, A2 = (layer[:, 0] for layer in forward)
    ranking = np.argsort(-A2, kind="stable")
    answer = int(ranking[0])
    rival = label if label != answer else int(ranking[min(1, len(ranking) - 1)])
    pair = [answer, rival]
    said = network.W2[pair] * A1  # (2, H): the terms of Z2 = W2 A1 + b2
    order = np.argsort(-np.abs(said[0] - said[1]), kind="stable")
    shown, rest = order[:UNITS], order[UNITS:]
    is_small = pictures is not None and len(x) <= SMALL
    seen = _seen(network.W1[shown] * x[:, 0]) if is_small else [None] * len(shown)
    kept = ranking[:CLASSES] if label in ranking[:CLASSES] else [*ranking[: CLASSES - 1], label]
    return Pass(
        index=int(index),
        label=names[label],
        answer=names[answer],
        rival=names[rival],
        sure=float(A2[answer]),
        loss=network.mean_loss(forward, run.test[1][index : index + 1]),
        picture=picture_uri(as_paper(pictures[index])) if pictures is not None else None,
        ink=int(np.count_nonzero(x)),
        units=[
            Unit(int(j), uri, float(Z1[j]), float(A1[j]), float(said[0, j]), float(said[1, j]))
            for j, uri in zip(shown, seen, strict=True)
        ],
        other_units=len(rest),
        others=_pair(said[:, rest].sum(axis=1, dtype=np.float64)),
        bias=_pair(network.b2[pair, 0]),
        sums=_pair(Z2[pair]),
        outputs=[
            Output(names[c], float(Z2[c]), float(A2[c]), _verdict(c == answer, c == label)) for c in map(int, kept)
        ],
    )


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _verdict(is_answer: bool, is_label: bool) -> str:
    return " and ".join(word for word, holds in [("the answer", is_answer), ("the right one", is_label)] if holds)


def _seen(terms: np.ndarray) -> list[str | None]:
    """Return the terms (n, D) of n sums as square pictures in red and blue, all on one scale."""
    scale = float(np.abs(terms).max(initial=0)) or 1.0
    colored = colormaps[DIVERGING](0.5 + 0.5 * terms / scale, bytes=True)[..., :3]
    side = math.isqrt(terms.shape[1])
    return [picture_uri(picture.reshape(side, side, 3)) for picture in colored]
