"""A trace of one training step: the real one, with the source, mathematics, shape and value of every line.

    trace = trace_step(network, X, Y, make_optimizer("sgd"))
    for line in trace.lines:
        print(line.number, equation(line), line.value.shape)

    explain_cell(trace.find("dW1"), (3, 400)).terms     # the sum behind one number

No equation is written down here. Which lines they are, what they compute and where they are is read from the file as it
runs: rename a variable in network.py, or add an equation, and the trace shows it.

    source.py     the lines to record                           recorder.py              records them as they run
    step.py       one step of the training loop                 expressions.py           the values of parts of a line
    axes.py       which axis is inputs, units or samples        notation.py, symbols.py  a line as mathematics
    cells.py      the sum behind one cell                       longhand.py              the same sum in numbers
"""

from .cells import Factor, Place, Sum, Term, explain_cell
from .longhand import added_up, longhand
from .notation import equation
from .recorder import Line
from .step import Trace, trace_step
from .symbols import LATEX, UNICODE, number

__all__ = [
    "LATEX",
    "UNICODE",
    "Factor",
    "Line",
    "Place",
    "Sum",
    "Term",
    "Trace",
    "added_up",
    "equation",
    "explain_cell",
    "longhand",
    "number",
    "trace_step",
]
