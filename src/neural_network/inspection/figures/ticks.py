"""The tick labels of a logarithmic axis."""

import math
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

MIN_RATIO = 5  # of the ends of an axis: a shorter one may have no labels at all


def number_logarithmic(axes: Axes, which: Literal["x", "y"]) -> None:
    """Number a logarithmic axis at 1, 2 and 5 times the powers of ten, or at the powers alone where it has many.

    Matplotlib's own labels are too few for an axis of less than two powers. A very short axis is widened, so that it
    has labels at all.
    """
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    if high < MIN_RATIO * low:
        middle = math.sqrt(low * high)
        low, high = min(low, middle / math.sqrt(MIN_RATIO)), max(high, middle * math.sqrt(MIN_RATIO))
        axes.set(**{f"{which}lim": (low, high)})
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
    if 1e-4 <= low < high <= 1e5:
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())
