"""The numbers at a logarithmic axis."""

import math
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

LEAST = 5  # what an axis spans: with less there may be no number on it


def number_logarithmic(axes: Axes, which: Literal["x", "y"]) -> None:
    """Number a logarithmic axis at 1, 2 and 5 times the powers of ten, or at the powers alone where it has many.

    Matplotlib's own numbers are too few for an axis of less than two powers. One that spans hardly anything is widened,
    so that it has numbers at all.
    """
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    if high < LEAST * low:
        middle = math.sqrt(low * high)
        low, high = min(low, middle / math.sqrt(LEAST)), max(high, middle * math.sqrt(LEAST))
        axes.set(**{f"{which}lim": (low, high)})
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
    if 1e-4 <= low < high <= 1e5:
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())
