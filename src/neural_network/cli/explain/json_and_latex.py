"""A recorded step as JSON and as LaTeX."""

import re
from typing import Any

import numpy as np

from ...inspection.trace import LATEX, Line, Sum, Trace, equation, number
from ...runs.settings import Settings
from .inputs import Batch

MAX_LATEX_ENTRIES = 36  # of a matrix that is printed in numbers


def as_json(batch: Batch, settings: Settings, learning_rate: float, trace: Trace, found: Sum | None) -> dict[str, Any]:
    network = batch.network
    predicted = network.predict(batch.X)
    result = {
        "network": {
            "input_size": network.input_size,
            "hidden_size": network.hidden_size,
            "output_size": network.output_size,
            "activation": network.activation.name,
            "output": network.output,
            "loss": network.loss_function.name,
        },
        "step": {
            "optimizer": settings.optimizer,
            "learning_rate": learning_rate,
            "l2": settings.l2,
            "dropout": settings.dropout,
            "seed": settings.seed,
        },
        "samples": [
            {
                "name": name,
                "label": int(label),
                "class": network.classes[label],
                "read_as": int(prediction),
                "read_as_class": network.classes[prediction],
            }
            for name, label, prediction in zip(batch.names, batch.Y, predicted, strict=True)
        ],
        "loss": trace.loss,
        "loss_after": trace.loss_after,
    }
    if found:
        return result | {"cell": _cell_as_json(found)}
    return result | {"X": batch.X.tolist(), "lines": [_line_as_json(line) for line in trace.lines]}


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "name": line.name,
        "parameter": line.parameter,
        "math": equation(line),
        "latex": equation(line, LATEX),
        "source": line.statement.source.strip(),
        "function": line.function,
        "file": line.statement.file,
        "line": line.statement.line,
        "shape": list(line.value.shape),
        "axes": list(line.axes),
        "before": None if line.before is None else line.before.tolist(),
        "value": line.value.tolist(),
    }


def _cell_as_json(found: Sum) -> dict[str, Any]:
    terms = [
        {
            "label": term.label,
            "factors": [{"label": factor.label, "value": factor.value} for factor in term.factors],
            "value": term.value,
            "place": term.place and term.place._asdict(),
        }
        for term in found.terms
    ]
    line = {name: value for name, value in _line_as_json(found.line).items() if name not in ("value", "before")}
    return {
        "name": found.name,
        "formula": found.formula,
        "latex": found.latex,
        "terms": terms,
        "inputs": [{"label": factor.label, "value": factor.value} for factor in found.inputs],
        "total": found.total,
        "value": found.value,
        "line": line,
    }


def as_latex(lines: list[Line]) -> str:
    """Return the equations of a step in an align* environment, with the numbers of small matrices."""
    rows = []
    for line in lines:
        row = re.sub(r" (:?=) ", r" &\1 ", equation(line, LATEX, named=True), count=1)
        if line.value.size <= MAX_LATEX_ENTRIES:
            rows_of_it = [
                " & ".join(number(float(value)) for value in entries) for entries in np.atleast_2d(line.value)
            ]
            entries = r" \\ ".join(rows_of_it)
            row += rf" = \begin{{pmatrix}} {entries} \end{{pmatrix}}"
        rows.append(row + (rf" \tag{{{line.number}}}" if line.number else ""))
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def cell_as_latex(found: Sum) -> str:
    return f"\\[\n{found.latex} = {number(found.value)}\n\\]"
