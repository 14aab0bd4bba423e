"""One training step under glass: the real one, with every line's source, mathematics, shapes and values.

    trace = trace_step(network, X, Y, make_optimizer("sgd"))
    for line in trace.lines:
        print(line.number, equation(line), line.value.shape)

    explain_cell(trace.find("dW1"), (3, 400)).terms     # the sum behind one number

Nothing about the equations is written down here. Which lines they are, what they compute and where they stand comes
from the file that runs, as it runs: rename a variable in network.py, or add an equation, and the trace shows that.

    source.py       which lines are worth watching         recorder.py     watches them run
    step.py         one step of the training loop          expressions.py  what the parts of a line are worth
    axes.py         which axis is pixels, units, samples   notation.py, signs.py   a line as mathematics
    cells.py        the sum behind one cell                longhand.py     the same in numbers
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
