"""The lines to record: assignments, and the numbers of those that are equations.

An equation is a statement whose line ends in a comment with its number, `Z1 = W1 @ X + b1  # (1)`. Its names, its
mathematics and its place are read from the file that runs.
"""

import ast
import functools
import io
import linecache
import re
import textwrap
import tokenize
from dataclasses import dataclass
from types import CodeType
from typing import Any


@dataclass(frozen=True, eq=False)
class Statement:
    """An assignment in a source file: of `expression` to `target`. The expression of `θ -= α * dθ` is `θ - α * dθ`."""

    number: int | None  # of the equation, if the line has one
    target: ast.expr
    expression: ast.expr
    in_place: bool  # whether an existing array is changed, as by `θ -= ...` and `v[...] = ...`
    source: str  # the text in the file, with its comment
    file: str
    line: int

    @property
    def computes(self) -> bool:
        """Whether the expression computes something, and is not just another name."""
        return not isinstance(self.expression, ast.Name | ast.Attribute | ast.Subscript | ast.Constant)


def statements(code: CodeType, module: dict[str, Any]) -> dict[int, Statement]:
    """Return the assignments in a function's own code, by each of their lines.

    `module` are the names of the code's module, whose loader has the text where no file has it.
    """
    of_file = _statements_of_file(code.co_filename, "".join(linecache.getlines(code.co_filename, module)))
    lines = {line for *_, line in code.co_lines() if line}
    return {line: of_file[line] for line in lines & of_file.keys()}


@functools.lru_cache(maxsize=64)
def _statements_of_file(file: str, text: str) -> dict[int, Statement]:
    try:
        tree, numbers = ast.parse(text), _equation_numbers(text)
    except (SyntaxError, tokenize.TokenError):  # not Python, such as a cell of a notebook with its own commands
        return {}
    lines, found = text.splitlines(), {}
    for node in ast.walk(tree):
        parts = _parts(node)
        if parts and isinstance(node, ast.stmt):
            first, last = node.lineno, node.end_lineno or node.lineno
            source = textwrap.dedent("\n".join(lines[first - 1 : last]))
            statement = Statement(numbers.get(last), *parts, source, file, first)
            found.update(dict.fromkeys(range(first, last + 1), statement))
    return found


def _parts(node: ast.AST) -> tuple[ast.expr, ast.expr, bool] | None:
    """Return target and expression of an assignment to a single target, and whether it works in place."""
    match node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target], value=value):
            return target, value, isinstance(target, ast.Subscript)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return target, value, False
        case ast.AugAssign(target=target, op=op, value=value):
            return target, ast.BinOp(target, op, value), True
    return None


def _equation_numbers(text: str) -> dict[int, int]:
    """Return the numbers of equations by line: those in comments after code."""
    numbers = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        number = re.match(r"# \((\d+)\)(?!\S)", token.string) if token.type == tokenize.COMMENT else None
        if number and token.line[: token.start[1]].strip():
            numbers[token.start[0]] = int(number[1])
    return numbers
