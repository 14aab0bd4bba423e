"""What kept a call from giving a result, in words: a syntax error, an exception, a loop without end and the like."""

import re

from ..support.suggestion import most_like
from .catalog import ordered
from .runner import Report


def trouble(where: str, report: Report, when: str) -> str:
    """Return what kept a call, in the file or function `where`, from giving a result."""
    line = report.get("line")
    file = report.get("file", where)
    place = f" in line {line} of {file}: `{(report.get('text') or '').strip()}`" if line else ""
    if "syntax" in report:
        return f"Python cannot read {file}, line {line}: {report['syntax']}: `{report['text'].strip()}`"
    if "foreign" in report:
        return f"{file} imports {report['foreign']}{place}. The course needs NumPy only: remove the import."
    if "exit" in report:
        return f"The program is ended{place}, {when}. Remove sys.exit, exit or quit: a function returns."
    if "memory" in report:
        return (
            f"The memory is used up{place}, {when}: {report['memory'] or 'it grows without end'}. A few numbers are "
            f"enough here: look at the shapes of the arrays in this line."
        )
    if "timeout" in report:
        seconds = report["timeout"]
        return (
            f"{where} did not end within {seconds:g} s, {when}. It was stopped{place}. Is there a loop that never ends?"
        )
    if "died" in report:
        return f"{where} has ended Python itself, {when} (exit status {report['died']})."
    if "missing" in report:
        function = report["missing"]
        near = most_like(function, report["found"])
        found = f" It has `{near}`: is that the one?" if near else ""
        return f"{where} has no function `{function}`: its name must stand after `def`.{found}"
    error = f"{report['raised']}: {_plainer(report['message'])}" if report["message"] else report["raised"]
    said = f"{error}{place}, {when}." if place else f"{where} raised {error}, {when}."
    return f"{said}{_advice(report['raised'], report['message'])}"


def _plainer(message: str) -> str:
    """Return the message of an exception; what NumPy says of a matrix product in plainer words."""
    sizes = re.search(r"matmul: .*\(size (\d+) is different from (\d+)\)", message)
    if sizes:
        return f"the matrix product does not fit: {sizes[2]} columns on the left, {sizes[1]} rows on the right"
    return message.strip()


ADVICE = {
    r"name 'np' is not defined": "The file needs the line `import numpy as np` at its top.",
    r"name '\w+' is not defined": "Is it spelled as where it was assigned, and is it assigned before?",
    r"Cannot interpret '.*' as a data type": "The shape goes into brackets of its own: np.zeros((rows, columns)).",
    r"could not be broadcast": "Operations that go entry by entry need arrays of one shape, or with 1 in its place.",
    r"truth value of an array": "`if`, `and`, `or` and `max` take a single value, and this is an array.",
    r"unsupported operand type.*NoneType": "A function that was called has returned nothing: is its `return` missing?",
    r"not subscriptable|cannot unpack non-iterable NoneType": "Something is None here: is a `return` missing?",
    r"did not contain a loop with signature matching types.*<U": (
        "One operand is text: a dictionary gives its names when it is taken apart, and parameters['W1'] gives an array."
    ),
    r"bitwise_xor|for \^": "A power is written with two stars, `a ** b`: `^` is something else in Python.",
    r"tuple index out of range": "The array has fewer axes than this line asks for.",
    r"inhomogeneous shape": "Arrays of several shapes do not make one array: is one of them to be chosen?",
    r"out of bounds": "Indices are counted from 0, and the last is one less than the size.",
}


def _advice(kind: str, message: str) -> str:
    """Return a sentence on what an exception of Python or NumPy usually means."""
    if kind == "KeyError":
        return " The dictionary has no such name: look at the names on the page."
    if (name := re.match(r"name '(\w+)' is not defined", message)) and (home := _home(name[1])):
        return f" The file needs the line `from {home} import {name[1]}` at its top."
    return next((f" {advice}" for pattern, advice in ADVICE.items() if re.search(pattern, message)), "")


def _home(function: str) -> str | None:
    """Return the module of the exercise in which a function is written, or None."""
    return next((each.module for each in ordered() for check in each.checks if check.function == function), None)
