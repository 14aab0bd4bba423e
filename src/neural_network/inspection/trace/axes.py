"""What the axes of an array stand for: inputs (D), hidden units (H), classes (C) or samples (m).

The axes of the parameters and of the batch are known; those of everything computed from them follow from the
expression. So a cell can be named by its pixel, its unit or its class even where their numbers are equal.
"""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

Axes = tuple[str | None, ...]

PARAMETERS: dict[str, Axes] = {"W1": ("H", "D"), "b1": ("H", None), "W2": ("C", "H"), "b2": ("C", None)}
INPUTS: Axes = ("D", "m")
LETTERS = {"D": "j", "H": "i", "C": "k", "m": "s", None: "n"}  # the index that runs over an axis, as in the derivation
SPARE_LETTERS = "nptx"


def infer(node: ast.expr, operands: Mapping[str, Any], known: Mapping[str, Axes]) -> Axes:
    """Return the axes of an expression's value: () for a number, None for an axis that stands for nothing known.

    `known` are the axes of some of the `operands`. Functions are not called: an unknown one is assumed to keep the axes
    of its first argument.
    """
    if (key := ast.unparse(node)) in operands:
        return known.get(key, (None,) * np.ndim(operands[key]) if isinstance(operands[key], np.ndarray) else ())
    match node:
        case ast.Attribute(value=value, attr="T" | "mT"):
            return infer(value, operands, known)[::-1]
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return infer(left, operands, known)[:-1] + infer(right, operands, known)[1:]
        case ast.BinOp(left=left, right=right):
            return _together(infer(left, operands, known), infer(right, operands, known))
        case ast.UnaryOp(operand=operand):
            return infer(operand, operands, known)
        case ast.Call(func=ast.Attribute(value=value, attr="sum")) as call if (axis := summed_axis(call)) is not None:
            axes = infer(value, operands, known)
            axis %= max(len(axes), 1)
            return axes[:axis] + (None,) * keeps_dimensions(call) + axes[axis + 1 :]
        case ast.Call(args=[first, *_]):
            return infer(first, operands, known)
    return ()


def summed_axis(call: ast.Call) -> int | None:
    """Return the axis of a sum written as `array.sum(axis=1)`; None for any other call."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(call.func, ast.Attribute) and call.func.attr == "sum" and given.keys() <= {"axis", "keepdims"}:
        match given.get("axis"):
            case ast.Constant(value=int(axis)):
                return axis
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(axis))):
                return -axis
    return None


def keeps_dimensions(call: ast.Call) -> bool:
    """Return whether a sum keeps its axis, with length one."""
    return any(k.arg == "keepdims" and isinstance(k.value, ast.Constant) and bool(k.value.value) for k in call.keywords)


def _together(left: Axes, right: Axes) -> Axes:
    """Return the axes of the entrywise sum or product of two arrays, aligned at their ends as NumPy does."""
    rank = max(len(left), len(right))
    left, right = ((None,) * (rank - len(axes)) + axes for axes in (left, right))
    return tuple(a or b for a, b in zip(left, right, strict=True))
