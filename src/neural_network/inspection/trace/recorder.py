"""The recorder: Python's line tracing, which calls it before each line.

Before a line runs, its operands are copied; after it, the array that it assigned. Nothing is computed twice and nothing
is changed, so a recorded step gives the same bits as any other.
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
    """A line that ran: its source, its operands and its value."""

    statement: Statement
    function: str  # that contains it
    name: str  # of the array: "Z1"; for a line that changes a parameter in place, of the parameter
    parameter: str | None  # for a line that runs once for each parameter
    value: np.ndarray  # a copy of the assigned array, as it was right after the line
    operands: dict[str, Any]  # copies of the values in the expression, as they were right before the line
    names: dict[str, str]  # other names of operands: "dW1" for `gradients[name]`
    axes: Axes
    operand_axes: dict[str, Axes]

    @property
    def number(self) -> int | None:
        """The equation's number."""
        return self.statement.number

    @property
    def before(self) -> np.ndarray | None:
        """The previous value of an array that the line changes in place."""
        return self.operands.get(ast.unparse(self.statement.target)) if self.statement.in_place else None


@dataclass
class _Pending:
    """A line that is running."""

    statement: Statement
    live: dict[str, Any]
    before: dict[str, Any]


class Recorder:
    """Records the lines that run in a `with recorder.recording():`.

    It looks at functions that contain an equation, and at methods of optimizers and callbacks, in the packages named in
    `roots`, and records their lines that compute an array.
    """

    def __init__(self, parameters: Parameters, roots: set[str]) -> None:
        self.lines: list[Line] = []
        self._parameters, self._roots = parameters, roots
        self._statements: dict[CodeType, dict[int, Statement]] = {}
        self._known: dict[int, tuple[np.ndarray, str, Axes]] = {}  # by id; an array that is kept keeps its id
        for name, θ in parameters.items():
            self.introduce(θ, name, PARAMETERS.get(name, (None,) * θ.ndim))

    def introduce(self, array: np.ndarray, name: str, axes: Axes) -> None:
        """Give the name and the axes of an array that lines will use."""
        self._known[id(array)] = array, name, axes

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Trace this thread, and then restore the trace function it had before, of a debugger or coverage."""
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
            self._statements[code] = statements(code, frame.f_globals)
        here = self._statements[code]
        owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if isinstance(owner, Optimizer | Callback) or any(statement.number for statement in here.values()):
            return self._trace_call(here)
        return None

    def _trace_call(self, here: dict[int, Statement]) -> Any:
        """Return the function that Python calls on every line of one call of a function."""
        running: _Pending | None = None
        in_place = any(statement.in_place for statement in here.values())

        def on_line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal running
            statement = here.get(frame.f_lineno) if event == "line" else None
            if running and statement is running.statement:
                return on_line  # another line of the same statement
            if running and event != "exception":
                self._finish(running, frame, self._parameter(running, frame) if in_place else None)
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
            axes |= {
                key: own for key in alike if not any(axes.get(key, ()))
            }  # what is added to it has the same axes, such as Y
        self.introduce(value, name, own)
        self.lines.append(
            Line(statement, frame.f_code.co_qualname, name, parameter, _copied(value), running.before, names, own, axes)
        )

    def _parameter(self, running: _Pending, frame: FrameType) -> str | None:
        """Return the one parameter that a function which works in place uses, perhaps under the name θ."""
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
        """Return the known name of an array, or of the one it is a view of."""
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
    """Join the lines of an `elementwise` optimizer that updated a few rows at a time."""
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
