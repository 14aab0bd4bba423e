"""The glass: Python's own line tracing, which tells of each line before it runs and after.

Before a watched line runs its operands are copied, and after it what it assigned. Nothing is computed a second time and
nothing is changed, so a step under glass gives the same bits as any other.
"""

import ast
import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any

import numpy as np

from ...network import Parameters
from ...training.callback import Callback
from ...training.optimizers import Optimizer
from .axes import PARAMETERS, Axes, infer
from .expressions import UnreadableError, operands, read
from .source import Statement, statements


@dataclass(frozen=True, eq=False)
class Line:
    """A line that ran: what stands there, what it started from and what came out.

    Attributes
    ----------
    statement : Statement
        Number, source, file and line.
    function : str
        The function it stands in.
    name : str
        What was computed: "Z1"; for a line that moves a parameter in place, the parameter, "W1".
    parameter : str or None
        The parameter it is about, where a line runs once for each of them.
    value : array
        A copy of what was assigned, as it was right after the line.
    operands : dict
        Copies of the values the expression starts from, as they were right before the line.
    names : dict
        What operands are elsewhere, where they have another name here: "dW1" for `gradients[name]`.
    axes, operand_axes
        What the axes stand for (see axes.py).
    """

    statement: Statement
    function: str
    name: str
    parameter: str | None
    value: np.ndarray
    operands: dict[str, Any]
    names: dict[str, str]
    axes: Axes
    operand_axes: dict[str, Axes]

    @property
    def number(self) -> int | None:
        """The equation's number."""
        return self.statement.number

    @property
    def before(self) -> np.ndarray | None:
        """What a line that works in place has replaced."""
        return self.operands.get(ast.unparse(self.statement.target)) if self.statement.in_place else None


@dataclass
class _Pending:
    """A line that is running."""

    statement: Statement
    live: dict[str, Any]
    before: dict[str, Any]


class Recorder:
    """Records the lines that run in a `with recorder.watching():`.

    Watched are, in the packages named in `roots`, the functions that contain an equation and the methods of optimizers
    and callbacks; recorded are their lines that compute an array.
    """

    def __init__(self, parameters: Parameters, roots: set[str]) -> None:
        self.lines: list[Line] = []
        self._parameters, self._roots = parameters, roots
        self._statements: dict[CodeType, dict[int, Statement]] = {}
        self._known: dict[int, tuple[np.ndarray, str, Axes]] = {}  # by id; the array is kept, so that the id stays its
        for name, θ in parameters.items():
            self.introduce(θ, name, PARAMETERS.get(name, (None,) * θ.ndim))

    def introduce(self, array: np.ndarray, name: str, axes: Axes) -> None:
        """Tell the name and the axes of an array that lines will meet."""
        self._known[id(array)] = array, name, axes

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch this thread, and give way again to whoever watched it before: a debugger, or coverage."""
        usual = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            yield
        finally:
            sys.settrace(usual)
        self.lines = list(_joined(self.lines, self._parameters))

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in self._roots:
            return None
        code = frame.f_code
        if code not in self._statements:
            self._statements[code] = statements(code)
        here = self._statements[code]
        owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if isinstance(owner, Optimizer | Callback) or any(statement.number for statement in here.values()):
            return self._watch(here)
        return None

    def _watch(self, here: dict[int, Statement]) -> Any:
        """Return what Python calls on every line of one call of a function."""
        running: _Pending | None = None
        moves = any(statement.in_place for statement in here.values())

        def on_line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal running
            statement = here.get(frame.f_lineno) if event == "line" else None
            if running and statement is running.statement:
                return on_line  # another line of the same statement
            if running and event != "exception":
                self._finish(running, frame, self._parameter(running, frame) if moves else None)
            running = self._begin(statement, frame) if statement and (statement.number or statement.computes) else None
            return on_line

        return on_line

    def _begin(self, statement: Statement, frame: FrameType) -> _Pending:
        live = operands(statement.expression, frame.f_locals, frame.f_globals)
        return _Pending(statement, live, {key: _copied(value) for key, value in live.items()})

    def _finish(self, running: _Pending, frame: FrameType, parameter: str | None) -> None:
        statement, target = running.statement, running.statement.target
        try:
            value = read(target, frame.f_locals, frame.f_globals)[1]
        except (UnreadableError, AttributeError, LookupError, TypeError):
            return
        if not isinstance(value, np.ndarray):
            return
        written = ast.unparse(target.value if isinstance(target, ast.Subscript) and statement.in_place else target)
        names, axes = self._names(running.live, parameter), self._axes(running.live, parameter)
        name = self._name(value) if statement.in_place else None
        if name is None:
            name = written if parameter is None else f"{written} of {parameter}"
        own = infer(statement.expression, running.before, axes)
        if len(own) != value.ndim:
            own = (None,) * value.ndim
        if isinstance(statement.expression, ast.BinOp) and isinstance(statement.expression.op, ast.Add | ast.Sub):
            alike = {key for key, array in running.live.items() if np.shape(array) == value.shape}
            axes |= {key: own for key in alike if not any(axes.get(key, ()))}  # what is added to it, such as Y
        self.introduce(value, name, own)
        self.lines.append(
            Line(
                statement,
                frame.f_code.co_qualname,
                name,
                parameter,
                _copied(value),
                running.before,
                names,
                own,
                axes,
            )
        )

    def _parameter(self, running: _Pending, frame: FrameType) -> str | None:
        """Return the one parameter that is at hand in a function which works in place, there called θ, say."""
        arrays = [*frame.f_locals.values()]
        if not isinstance(running.statement.target, ast.Name):
            arrays += running.live.values()
        found = {
            name
            for array in arrays
            for name, θ in self._parameters.items()
            if isinstance(array, np.ndarray) and np.may_share_memory(array, θ)
        }
        return found.pop() if len(found) == 1 else None

    def _name(self, array: np.ndarray) -> str | None:
        """Return the name under which an array, or the one it is a part of, was introduced."""
        for name, θ in self._parameters.items():
            if np.may_share_memory(array, θ):
                return name
        for whole in (array, array.base):
            if whole is not None and id(whole) in self._known and whole.ndim == array.ndim:
                return self._known[id(whole)][1]
        return None

    def _names(self, live: Mapping[str, Any], parameter: str | None) -> dict[str, str]:
        names = {key: self._name(value) for key, value in live.items() if isinstance(value, np.ndarray)}
        known = {key: name for key, name in names.items() if name and name.isidentifier()}
        return {key: name for key, name in known.items() if parameter or not key.isidentifier()}

    def _axes(self, live: Mapping[str, Any], parameter: str | None) -> dict[str, Axes]:
        axes = {}
        for key, value in live.items():
            if id(value) in self._known:
                axes[key] = self._known[id(value)][2]
            elif parameter and np.ndim(value) == self._parameters[parameter].ndim:
                axes[key] = PARAMETERS.get(parameter, (None,) * np.ndim(value))
        return axes


def _copied(value: Any) -> Any:
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def _joined(lines: list[Line], parameters: Parameters) -> Iterator[Line]:
    """Put together again what an optimizer did a few rows at a time, as its `elementwise` says."""
    parts: dict[tuple[Statement, str], list[Line]] = {}
    for line in lines:
        if line.parameter is not None:
            parts.setdefault((line.statement, line.parameter), []).append(line)
    for line in lines:
        together = parts.get((line.statement, line.parameter or ""), [line])
        whole = len(parameters[line.parameter]) if line.parameter else 0
        if len(together) == 1 or sum(len(part.value) for part in together) != whole:
            yield line
        elif line is together[0]:
            pieces = {key: [part.operands[key] for part in together] for key in line.operands}
            operands = {
                key: np.concatenate(values) if _in_rows(values, together) else values[0]
                for key, values in pieces.items()
            }
            yield replace(line, value=np.concatenate([part.value for part in together]), operands=operands)


def _in_rows(values: list[Any], lines: list[Line]) -> bool:
    return all(
        isinstance(value, np.ndarray) and value.ndim and len(value) == len(line.value)
        for value, line in zip(values, lines, strict=True)
    )
