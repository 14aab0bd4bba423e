"""The operands of an expression, and the values of its parts.

Before a line runs, the values that it uses are copied: its operands. From them, any part of its expression can be
computed later from the syntax tree, even where the line has changed its operands since.
"""

import ast
import builtins
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.MatMult: operator.matmul,
    ast.Pow: operator.pow,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class UnreadableError(Exception):
    """An expression of a kind that cannot be computed here, such as a comprehension."""


def read(node: ast.expr, local: Mapping[str, Any], world: Mapping[str, Any]) -> tuple[ast.expr, Any]:
    """Follow a name with its attributes and indices, `a.b[c]`, to its value, but not into an array.

    Returns the last node of this kind and its value: for `dZ2.sum`, that is `dZ2`.
    """
    match node:
        case ast.Name(id=name):
            for names in (local, world, vars(builtins)):
                if name in names:
                    return node, names[name]
        case ast.Attribute(value=inner, attr=attr):
            reached, value = read(inner, local, world)
            return (reached, value) if isinstance(value, np.ndarray) else (node, getattr(value, attr))
        case ast.Subscript(value=inner, slice=index):
            reached, value = read(inner, local, world)
            if isinstance(value, np.ndarray):
                return reached, value
            return node, value[index.value if isinstance(index, ast.Constant) else read(index, local, world)[1]]
    raise UnreadableError(ast.unparse(node))


def operands(expression: ast.expr, local: Mapping[str, Any], world: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operands of an expression, not yet copied, by how they are written in it."""
    found: dict[str, Any] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            try:
                reached, value = read(node, local, world)
            except (UnreadableError, AttributeError, LookupError, TypeError):
                pass
            else:
                found[ast.unparse(reached)] = value
                if reached is node:
                    return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(expression)
    return found


class Values:
    """The values of an expression's parts, computed from its operands when needed."""

    def __init__(self, operands: Mapping[str, Any]) -> None:
        self.operands = operands
        self._known: dict[int, tuple[ast.AST, Any]] = {}  # a node that is kept keeps its id

    def __getitem__(self, node: ast.expr) -> Any:
        if id(node) not in self._known:
            self._known[id(node)] = node, self._compute(node)
        return self._known[id(node)][1]

    def is_operand(self, node: ast.expr) -> bool:
        return ast.unparse(node) in self.operands

    def shape(self, node: ast.expr) -> tuple[int, ...]:
        return np.shape(self[node])

    def call(self, node: ast.Call, arguments: list[Any]) -> Any:
        """Return the value of a call with other positional `arguments`. A random call cannot be repeated."""
        named = {keyword.arg: self[keyword.value] for keyword in node.keywords if keyword.arg}
        if any(isinstance(value, np.random.Generator) for value in [*arguments, *named.values()]):
            raise UnreadableError(ast.unparse(node))
        return self[node.func](*arguments, **named)

    def _compute(self, node: ast.expr) -> Any:
        if self.is_operand(node):
            return self.operands[ast.unparse(node)]
        match node:
            case ast.Constant(value=value):
                return value
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](self[left], self[right])
            case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self[operand])
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self[left], self[right])
            case ast.Call(args=arguments):
                return self.call(node, [self[argument] for argument in arguments])
            case ast.Attribute(value=value, attr=attr):
                return getattr(self[value], attr)
            case ast.Subscript(value=value, slice=index):
                return self[value][self[index]]
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(part and self[part] for part in (lower, upper, step)))
            case ast.Tuple(elts=elements):
                return tuple(self[element] for element in elements)
        raise UnreadableError(ast.unparse(node))
