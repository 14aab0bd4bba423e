"""The sum behind the number in a cell, term by term.

By `Z1 = W1 @ X + b1`, cell [3, 0] is the sum of W1[3, j] × X[j, 0] over all inputs j, and of b1[3]. That sum is read
from the syntax tree of the line, as the mathematics is: a matrix product has a term for every index that it sums over,
a factor beside it goes into each of them, and a function of its arguments is one term.
"""

import ast
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...support.errors import InputError
from .axes import Axes, infer, keeps_dimensions, summed_axis
from .expressions import UnreadableError, Values
from .notation import SIGN, Writer
from .recorder import Line
from .symbols import LATEX, UNICODE, Index, number

Cell = tuple[int, ...]


class Place(NamedTuple):
    """An input, a unit, a class or a sample: its axis (see axes.py) and its number."""

    axis: str | None
    number: int


class Factor(NamedTuple):
    """A number in a product: how it is written, and its value."""

    label: str
    value: float
    digits: str = ""  # of a fraction, such as 1/2


class Term(NamedTuple):
    """A product of factors; `place` is its position among the terms of a Σ."""

    factors: tuple[Factor, ...]
    place: Place | None = None

    @property
    def value(self) -> float:
        return math.prod(factor.value for factor in self.factors)

    @property
    def label(self) -> str:
        return " × ".join(factor.label for factor in self.factors).replace("-1 × ", "-", 1)


@dataclass(frozen=True, eq=False)
class Sum:
    """The sum behind one cell."""

    line: Line  # the line that computed it, in which this is `cell`
    cell: Cell
    name: str  # of the cell: "Z1[3, 0]"
    formula: str  # "Σⱼ W1[3, j] × X[j, 0] + b1[3]"
    latex: str  # cell and formula in LaTeX
    terms: list[Term]  # in the order of the formula
    total: float  # their sum, in float64
    value: float  # the value that the network computed, in its own precision
    inputs: list[Factor]  # the cells of the arguments on which the value of a function depends
    places: list[Place]  # the unit, input, class or sample of the cell


def explain_cell(line: Line, cell: Cell) -> Sum:
    """Return the sum behind a `cell`, such as (3, 400), of the array that a line computed; (3,) is enough for a column.

    Raises InputError where the array has no such cell.
    """
    shape = line.value.shape
    if len(cell) == len(shape) - 1 and shape[-1] == 1:
        cell = (*cell, 0)
    if len(cell) != len(shape) or not all(0 <= place < size for place, size in zip(cell, shape, strict=True)):
        last = [size - 1 for size in shape]
        raise InputError(f"{line.name} has no cell {[*cell]}; its cells are {[0] * len(shape)} to {last}")
    return _Reader(line).explain(cell)


class _Reader:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.values = Values(line.operands)
        self.writer = Writer(line, values=self.values)

    def explain(self, cell: Cell) -> Sum:
        line, expression = self.line, self.line.statement.expression
        value = float(line.value[cell])
        kept = _kept(cell, line.value.shape, line.axes)
        name = UNICODE.cell(line.name, kept)
        inputs: list[Factor] = []
        try:
            terms = self.terms(expression, cell)
            formula = self.writer.write(expression, _text(cell))
            latex = Writer(line, LATEX, self.values).write(expression, _text(cell))
            if isinstance(expression, ast.Call):
                inputs = self.inputs(expression, cell)
        except UnreadableError:  # the whole line is one term
            formula = ast.unparse(expression)
            latex = rf"\verb|{formula}|"
            terms = [Term((Factor(formula, value),))]
        places = [Place(axis, at) for axis, at in zip(line.axes, cell, strict=True) if axis]
        latex = f"{LATEX.cell(LATEX.symbol(line.name), kept)} = {latex}"
        return Sum(line, cell, name, formula, latex, terms, math.fsum(t.value for t in terms), value, inputs, places)

    def terms(self, node: ast.expr, cell: Cell) -> list[Term]:
        """Return the terms that add up to a node's value at `cell`."""
        cell = _fitted(cell, self.values.shape(node))
        if self.values.is_operand(node):
            return self._whole(node, cell)
        match node:
            case ast.BinOp(op=op) if not (isinstance(op, ast.Mult) or self.values.shape(node)):
                return self._whole(node, cell)  # a number, such as 1/m
            case ast.Attribute(value=value, attr="T" | "mT"):
                return self.terms(value, cell[::-1])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negative(self.terms(operand, cell))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.terms(left, cell) + self.terms(right, cell)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.terms(left, cell) + _negative(self.terms(right, cell))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._multiplied(left, right, cell)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._matrix_product(left, right, cell)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                below = self._at(right, cell)
                factor = Factor(f"1/{self.writer.write(right, _text(cell), SIGN)}", 1 / below, f"1/{number(below)}")
                return [Term((*term.factors, factor), term.place) for term in self.terms(left, cell)]
            case ast.Call(func=ast.Attribute(value=value)) as call if (axis := summed_axis(call)) is not None:
                return self._sum(value, axis % len(self.values.shape(value)), keeps_dimensions(call), cell)
        return self._whole(node, cell)

    def inputs(self, call: ast.Call, cell: Cell) -> list[Factor]:
        """Return the cells of a function's arguments that its value at `cell` depends on."""
        reach = self.writer.reach(call)
        if reach == "all":
            return []
        length = self.values.shape(call)[0]
        cells = [cell] if reach == "cell" else [(row, *cell[1:]) for row in range(length)]
        return [factor for at in cells for argument in call.args for factor in self._whole(argument, at)[0].factors]

    def _whole(self, node: ast.expr, cell: Cell) -> list[Term]:
        """Return a node's value as one term."""
        shape = self.values.shape(node)
        cell = _fitted(cell, shape)
        factor = Factor(self.writer.write(node, _text(cell), SIGN), self._at(node, cell))
        match node:
            case ast.BinOp(left=ast.Constant(value=int(top)), op=ast.Div(), right=right) if not shape:
                factor = factor._replace(digits=f"{top}/{number(self._at(right, ()))}")
        return [Term((factor,))]

    def _multiplied(self, left: ast.expr, right: ast.expr, cell: Cell) -> list[Term]:
        """Return the terms of one side, each multiplied by the other side."""
        lefts, rights = self.terms(left, cell), self.terms(right, cell)
        if len(rights) == 1 or len(lefts) > 1:
            (beside,) = rights if len(rights) == 1 else self._whole(right, cell)
            return [Term(term.factors + beside.factors, term.place) for term in lefts]
        return [Term(lefts[0].factors + term.factors, term.place) for term in rights]

    def _matrix_product(self, left: ast.expr, right: ast.expr, cell: Cell) -> list[Term]:
        rank = len(self.values.shape(left))
        row, column = cell[: rank - 1], cell[rank - 1 :]
        axis = self._axes(left)[-1]
        terms = []
        for index in range(self.values.shape(left)[-1]):
            sides = [self.terms(left, (*row, index)), self.terms(right, (index, *column))]
            nodes = zip((left, right), ((*row, index), (index, *column)), sides, strict=True)
            (first,), (second,) = (side if len(side) == 1 else self._whole(node, at) for node, at, side in nodes)
            terms.append(Term(first.factors + second.factors, Place(axis, index)))
        return terms

    def _sum(self, node: ast.expr, axis: int, kept: bool, cell: Cell) -> list[Term]:
        terms = []
        for index in range(self.values.shape(node)[axis]):
            inner = self.terms(node, (*cell[:axis], index, *cell[axis + kept :]))
            terms += [term._replace(place=Place(self._axes(node)[axis], index)) for term in inner]
        return terms

    def _axes(self, node: ast.expr) -> Axes:
        return infer(node, self.line.operands, self.line.operand_axes)

    def _at(self, node: ast.expr, cell: Cell) -> float:
        value: Any = np.asarray(self.values[node])
        return float(value[_fitted(cell, value.shape)])


def _negative(terms: list[Term]) -> list[Term]:
    return [Term((Factor("-1", -1.0), *term.factors), term.place) for term in terms]


def _fitted(cell: Cell, shape: tuple[int, ...]) -> Cell:
    """Return the cell of an array of this shape that NumPy broadcasts to `cell` of a larger one."""
    last = cell[len(cell) - len(shape) :]
    return tuple(0 if size == 1 else place for place, size in zip(last, shape, strict=True))


def _text(cell: Cell) -> Index:
    return tuple(map(str, cell))


def _kept(cell: Cell, shape: tuple[int, ...], axes: Axes) -> Index:
    """Return a cell's index without the axes of length one that stand for nothing, as in b1[3]."""
    kept = [str(place) for place, size, axis in zip(cell, shape, axes, strict=True) if size > 1 or axis]
    return tuple(kept) or _text(cell)
