"""The lines worth watching: those that give a name a value, and the number of those that are equations.

An equation is a statement whose line ends in a comment with its number, `Z1 = W1 @ X + b1  # (1)`. Nothing else is
known about it beforehand: its names, its mathematics and its place are read from the file that runs.
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


@dataclass(frozen=True, eq=False)
class Statement:
    """An assignment in a source file.

    Attributes
    ----------
    number : int or None
        The equation's number; None where the line has none.
    target, expression : ast.expr
        What is assigned to, and what. That of `θ -= α * dθ` is the expression `θ - α * dθ`.
    in_place : bool
        Whether an array that was there before is changed, as in `θ -= ...` and `v[...] = ...`.
    source, file, line
        The text as it stands in the file, with its comment, and where.
    """

    number: int | None
    target: ast.expr
    expression: ast.expr
    in_place: bool
    source: str
    file: str
    line: int

    @property
    def computes(self) -> bool:
        """Whether something is computed, and not only fetched under another name."""
        return not isinstance(self.expression, ast.Name | ast.Attribute | ast.Subscript | ast.Constant)


def statements(code: CodeType) -> dict[int, Statement]:
    """Return the assignments in a function's own code, under each of the lines they stand on."""
    of_file = _statements_of_file(code.co_filename, "".join(linecache.getlines(code.co_filename)))
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
    """Return target, expression, and whether it works in place, of an assignment to a single target."""
    match node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target], value=value):
            return target, value, isinstance(target, ast.Subscript)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return target, value, False
        case ast.AugAssign(target=target, op=op, value=value):
            return target, ast.BinOp(target, op, value), True
    return None


def _equation_numbers(text: str) -> dict[int, int]:
    """Return the numbers of equations by line: those of the comments that stand behind code."""
    numbers = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        number = re.match(r"# \((\d+)\)(?!\S)", token.string) if token.type == tokenize.COMMENT else None
        if number and token.line[: token.start[1]].strip():
            numbers[token.start[0]] = int(number[1])
    return numbers
