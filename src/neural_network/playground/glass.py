"""One training step under glass: its lines in order, with the mathematics, the source and the values of each.

The step is recorded by inspection/trace as it runs, so nothing is computed here. Equal arrays are kept once: the W1
that equation (1) reads is the W1 that equation (11) changes.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..inspection.trace import Factor, Line, Term, Trace, explain_cell, longhand, trace_step
from ..network import Network
from ..runs.settings import Settings
from ..support.errors import InputError
from ..support.source_module import original_line
from ..training.optimizers import Optimizer
from ..training.schedules import LearningRate
from .mathematics import mathml

PACKAGE = Path(__file__).parents[1]
MAX_SAMPLES = 64  # of a step
MAX_TERMS = 12  # of a sum that are listed one by one

PHASES = {"forward": "forward", "backward": "backward", "targets": "backward", "on_batch": "forward"}  # by function


@dataclass(frozen=True)
class Operand:
    """A value that a line uses: how it is written there, its name, and the index of its array, or a number's value.

    A function has neither; `source` is its code.
    """

    written: str
    name: str
    array: int | None = None
    number: float | None = None
    place: str = ""
    source: str = ""


@dataclass(frozen=True)
class Row:
    """A line that ran: its equation, source and place, the index of the array that it made, and what it used.

    `original` is what the source was before an experiment edited it, and empty otherwise.
    """

    index: int
    phase: str  # forward, backward or update
    number: int | None
    name: str
    mathml: str
    source: str
    place: str
    function: str
    array: int
    before: int | None  # the index of the previous value, where the line changed it in place
    operands: list[Operand]
    original: str


@dataclass(frozen=True, eq=False)
class Array:
    """An array of the step, and which of its axes are inputs (D), units (H), classes (C) or samples (m)."""

    name: str
    value: np.ndarray
    axes: tuple[str | None, ...]


@dataclass(frozen=True, eq=False)
class Glass:
    """A recorded step."""

    rows: list[Row]
    arrays: list[Array]
    loss: float
    loss_after: float


@dataclass(frozen=True)
class TermOfCell:
    """A term of a sum: how it is written, its factors and its value, and the input, unit, class or sample it is of."""

    label: str
    factors: list[tuple[str, float]]
    value: float
    axis: str | None
    number: int | None


@dataclass(frozen=True)
class CellSum:
    """The sum behind a cell.

    A few terms are in the order of the formula. Of many, the largest are listed; `rest` is the sum of the others, and
    `rest_count` their number, of which `rest_zeros` are 0. `longhand` is the whole sum in numbers, where it is short.
    `inputs` are what a function's value depends on, where the line is a function and no sum. `map` has all terms of a Σ
    over inputs, for a picture of them.
    """

    name: str
    formula: str
    longhand: str
    terms: list[TermOfCell]
    rest: float
    rest_count: int
    rest_zeros: int
    inputs: list[tuple[str, float]]
    total: float
    value: float
    map: list[float]


def record(
    network: Network, X: np.ndarray, Y: np.ndarray, settings: Settings, optimizer: Optimizer | None = None
) -> Trace:
    """Make the step of a run with these settings on the batch `X` (D, m), `Y` (m,), and record it.

    An `optimizer` that has made steps before continues from them, with the learning rate that it has; by default a new
    one begins. Dropout and augmentation are drawn anew. Raises InputError for more than MAX_SAMPLES, and what
    `trace_step` raises.
    """
    if X.shape[1] > MAX_SAMPLES:
        raise InputError(f"a step under glass has at most {MAX_SAMPLES} samples, not {X.shape[1]:,}")
    callbacks = [each for each in settings.make_callbacks() if not isinstance(each, LearningRate)]
    return trace_step(network, X, Y, optimizer or settings.make_optimizer(), callbacks, seed=settings.seed)


def describe(trace: Trace) -> Glass:
    """Return the rows and arrays of a recorded step."""
    return _Describer(trace).describe()


class _Describer:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.arrays: list[Array] = []
        self._known: dict[tuple[object, ...], int] = {}

    def describe(self) -> Glass:
        rows = [self._row(index, line) for index, line in enumerate(self.trace.lines)]
        return Glass(rows, self.arrays, self.trace.loss, self.trace.loss_after)

    def _row(self, index: int, line: Line) -> Row:
        operands = [self._operand(line, key, value) for key, value in line.operands.items()]
        target = next((each for each in operands if line.before is not None and each.name == line.name), None)
        statement = line.statement
        return Row(
            index,
            PHASES.get(line.function.rpartition(".")[2], "update"),
            line.number,
            line.name,
            mathml(line),
            statement.source.strip(),
            f"{_place(statement.file)}:{statement.line}",
            line.function,
            self._array(line.name, line.value, line.axes),
            target.array if target else None,
            operands,
            original_line(statement.file, statement.line),
        )

    def _operand(self, line: Line, key: str, value: object) -> Operand:
        name = line.names.get(key, key)
        if isinstance(value, np.ndarray) and value.ndim:
            axes = line.operand_axes.get(key, (None,) * value.ndim)
            return Operand(key, name, array=self._array(name, value, axes))
        if isinstance(value, int | float | np.number):
            return Operand(key, name, number=float(value))
        if inspect.isfunction(value):
            return Operand(key, name, place=_place(value.__code__.co_filename, value), source=_source(value))
        return Operand(key, name)

    def _array(self, name: str, value: np.ndarray, axes: tuple[str | None, ...]) -> int:
        key = name, axes, value.shape, value.tobytes()
        if key not in self._known:
            self._known[key] = len(self.arrays)
            self.arrays.append(Array(name, value, axes))
        return self._known[key]


def _place(file: str, function: Callable[..., object] | None = None) -> str:
    """Return a file, and the line at which a function begins, relative to the package where it is inside of it."""
    path = Path(file)
    written = str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else path.name
    return f"{written}:{function.__code__.co_firstlineno}" if function else written


def _source(function: Callable[..., object]) -> str:
    """Return the source of a function, empty where it cannot be read."""
    try:
        return textwrap.dedent(inspect.getsource(function)).strip().rstrip(",")
    except (OSError, TypeError):
        return ""


def cell_sum(trace: Trace, index: int, cell: tuple[int, ...]) -> CellSum:
    """Return the sum behind a cell of the array that line `index` computed.

    Raises InputError where there is no such line or cell.
    """
    if not 0 <= index < len(trace.lines):
        raise InputError(f"the step has the lines 0 to {len(trace.lines) - 1}, not {index}")
    found = explain_cell(trace.lines[index], cell)
    shown, rest = found.terms, []  # in the order of the formula
    if len(shown) > MAX_TERMS + 1:
        largest_first = sorted(shown, key=lambda term: -abs(term.value))
        shown, rest = largest_first[:MAX_TERMS], largest_first[MAX_TERMS:]
    over_inputs = [term for term in found.terms if term.place and term.place.axis == "D"]
    return CellSum(
        found.name,
        found.formula,
        longhand(found) if len(found.terms) <= MAX_TERMS else "",
        [_term(term) for term in shown],
        float(np.sum([term.value for term in rest])),
        len(rest),
        sum(term.value == 0 for term in rest),
        _written(found.inputs),
        found.total,
        found.value,
        [term.value for term in over_inputs],
    )


def _term(term: Term) -> TermOfCell:
    axis, number = term.place or (None, None)
    return TermOfCell(term.label, _written(term.factors), term.value, axis, number)


def _written(factors: Iterable[Factor]) -> list[tuple[str, float]]:
    """Return how each factor is written, and its value."""
    return [(factor.label, factor.value) for factor in factors]
