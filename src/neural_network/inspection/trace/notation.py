"""An expression of Python as mathematics: `1 / m * dZ2 @ A1.T` is 1/m dZ2 A1ᵀ, in Unicode or in LaTeX.

The mathematics is written from the syntax tree of the line that ran. With an index, the same walk writes the sum behind
one cell: Σₛ dZ2[0, s] × A1[3, s].
"""

import ast

import numpy as np

from .axes import LETTERS, SPARE_LETTERS, infer, keeps_dimensions, summed_axis
from .expressions import UnreadableError, Values
from .recorder import Line
from .symbols import UNICODE, Index, Latex, Unicode

SUM, PRODUCT, ENTRYWISE, SIGN, POWER, ATOM = range(6)  # precedence of a piece of mathematics


def equation(line: Line, signs: Unicode = UNICODE, *, named: bool = False) -> str:
    """Return a line as mathematics, such as "Z1 = W1 X + b1"; `signs` is UNICODE or LATEX.

    With `named`, a line that runs for each parameter has the names of that one: W1 := W1 - α dW1, not θ := θ - α dθ.
    """
    writer = Writer(line, signs, named=named)
    target, expression = line.statement.target, line.statement.expression
    if line.statement.in_place and isinstance(target, ast.Subscript) and ast.unparse(target) not in line.names:
        target = target.value  # v[...] is all of v
    relation = " := " if line.statement.in_place else " = "
    try:
        return writer.write(target) + relation + writer.write(expression)
    except UnreadableError:
        return ast.unparse(target) + relation + ast.unparse(expression)


class Writer:
    """Writes parts of a line's expression, whole or at one cell."""

    def __init__(
        self, line: Line, signs: Unicode = UNICODE, values: Values | None = None, *, named: bool = False
    ) -> None:
        self.line, self.signs, self.named = line, signs, named
        self.values = values or Values(line.operands)

    def write(self, node: ast.expr, index: Index | None = None, least: int = SUM) -> str:
        """Return a node as mathematics; with an index, such as ("3", "j"), at that cell.

        It is put in parentheses where its precedence is below `least`.
        """
        text, precedence = self._write(node, index)
        return text if precedence >= least else self.signs.grouped(text)

    def _write(self, node: ast.expr, index: Index | None) -> tuple[str, int]:
        signs = self.signs
        if self.values.is_operand(node):
            return self._operand(node, index), ATOM
        match node:
            case ast.Constant(value=value):
                return str(value), ATOM
            case ast.Attribute(value=value, attr="T" | "mT"):
                if index:
                    return self._write(value, index[::-1])
                return signs.transposed(self.write(value, None, ATOM)), ATOM
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return "-" + self.write(operand, index, SIGN), SIGN
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                sign = " - " if isinstance(op, ast.Sub) else " + "
                return self.write(left, index, SUM) + sign + self.write(right, index, PRODUCT), SUM
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._product(left, right, index), PRODUCT
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._entrywise(left, right, index)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                simple = isinstance(left, ast.Constant) and self.values.is_operand(right)
                top = self.write(left, index, SUM if isinstance(signs, Latex) else PRODUCT)
                bottom = self.write(right, index, SUM if isinstance(signs, Latex) else SIGN)
                return signs.fraction(top, bottom, simple), ATOM if simple else PRODUCT
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return signs.power(self.write(left, index, ATOM), self.write(right, None, SUM)), POWER
            case ast.Call() as call:
                return self._call(call, index)
            case ast.Name(id=name):
                return signs.symbol(name), ATOM
        return ast.unparse(node), SUM

    def _operand(self, node: ast.expr, index: Index | None) -> str:
        key = ast.unparse(node)
        value = self.values[node]
        name = key
        if key in self.line.names and (index or self.named or not isinstance(node, ast.Name)):
            name = self.line.names[key]
        name = self.signs.symbol(name.removeprefix("self.").rpartition(".")[2] if key == name else name)
        if index is None or not np.ndim(value):
            return name
        axes = self.line.operand_axes.get(key, ("?",) * np.ndim(value))
        at = zip(index[-np.ndim(value) :], np.shape(value), axes, strict=True)
        kept = tuple(place for place, size, axis in at if size > 1 or axis)
        return self.signs.cell(name, kept) if kept else name

    def _product(self, left: ast.expr, right: ast.expr, index: Index | None) -> str:
        if index is None:
            return self.signs.beside(self.write(left, None, PRODUCT), self.write(right, None, SIGN))
        match left:  # a number before a matrix product goes before its sum
            case ast.BinOp(left=number, op=ast.Mult(), right=matrix) if not self._rank(number):
                return self._times(self.write(number, None, SIGN), self._product(matrix, right, index))
        letter = self._letter(left, -1, index)
        row, column = index[: self._rank(left) - 1], index[len(index) - self._rank(right) + 1 :]
        first, second = self.write(left, (*row, letter), SIGN), self.write(right, (letter, *column), SIGN)
        return self.signs.total(letter) + self._times(first, second)

    def _times(self, left: str, right: str) -> str:
        return self.signs.beside(left, right) if isinstance(self.signs, Latex) else left + self.signs.times + right

    def _entrywise(self, left: ast.expr, right: ast.expr, index: Index | None) -> tuple[str, int]:
        if self._rank(left) and self._rank(right):
            texts = [self.write(part, index, ENTRYWISE) for part in (left, right)]
            return (self.signs.times if index else self.signs.entrywise).join(texts), ENTRYWISE
        first, second = self.write(left, index, PRODUCT), self.write(right, index, PRODUCT)
        return self._times(first, second) if index else self.signs.beside(first, second), PRODUCT

    def _call(self, call: ast.Call, index: Index | None) -> tuple[str, int]:
        signs = self.signs
        if (axis := summed_axis(call)) is not None and isinstance(call.func, ast.Attribute):
            inner = call.func.value
            rank = self._rank(inner)
            axis %= rank
            letter = self._letter(inner, axis, index)
            outer = index or (signs.everything,) * rank
            places = (*outer[:axis], letter, *outer[axis + (keeps_dimensions(call) or index is None) :])
            summed = self.write(inner, places, SIGN) if index else signs.cell(self.write(inner, None, ATOM), places)
            return signs.total(letter) + summed, PRODUCT
        if isinstance(call.func, ast.Attribute) and call.func.attr == "sqrt" and len(call.args) == 1:
            text, precedence = self._write(call.args[0], index)
            return signs.under_root(text, precedence == ATOM), POWER
        name = signs.function(self._function_name(call.func))
        if index is None:
            return f"{name}({', '.join(self.write(argument) for argument in call.args)})", ATOM
        reach = self.reach(call)
        if reach == "cell":
            arguments = [self.write(argument, index if self._rank(argument) else None) for argument in call.args]
            return f"{name}({', '.join(arguments)})", ATOM
        column = (signs.everything, *index[1:]) if reach == "column" else None
        arguments = [self.write(argument, column) for argument in call.args]
        return signs.cell(f"{name}({', '.join(arguments)})", index[:1] if reach == "column" else index), ATOM

    def _function_name(self, function: ast.expr) -> str:
        """Return a function's own name, except where the formula calls it by one letter, such as g."""
        written = ast.unparse(function).rpartition(".")[2]
        own = getattr(self.values[function], "__name__", "")
        if len(written.removesuffix("_prime")) == 1 or not own.isidentifier():
            return written
        return str(own)

    def _letter(self, node: ast.expr, axis: int, index: Index | None) -> str:
        """Return the index that runs over an axis: that of the derivation, or an unused letter."""
        own = LETTERS[infer(node, self.line.operands, self.line.operand_axes)[axis]]
        return next(letter for letter in (own, *SPARE_LETTERS) if letter not in (index or ()))

    def _rank(self, node: ast.expr) -> int:
        return len(self.values.shape(node))

    def reach(self, call: ast.Call) -> str:
        """Return what a cell of a function's value depends on: "cell" (the same of its arguments), "column" or "all".

        This is found by experiment: whatever depends on NaN becomes NaN.
        """
        first: tuple[int | slice, ...] = (0,) * len(self.values.shape(call))
        with np.errstate(all="ignore"):
            if self._is_known_from(call, first):
                return "cell"
            return "column" if first and self._is_known_from(call, (slice(None), *first[1:])) else "all"

    def _is_known_from(self, call: ast.Call, seen: tuple[int | slice, ...]) -> bool:
        """Return whether the first cell of a function's value is known when only `seen` is known of its arguments."""
        shape, arguments = self.values.shape(call), []
        for argument in call.args:
            value = self.values[argument]
            if isinstance(value, np.ndarray):
                if value.shape != shape or value.dtype.kind != "f":
                    return False
                poisoned = np.full_like(value, np.nan)
                poisoned[seen] = value[seen]
                value = poisoned
            arguments.append(value)
        try:
            result = self.values.call(call, arguments)
        except (UnreadableError, ArithmeticError, LookupError, TypeError, ValueError):
            return False
        return not np.isnan(np.asarray(result).flat[0])
