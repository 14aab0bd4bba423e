"""The style of all figures: one palette, one set of fonts and sizes.

The colors are those of Okabe and Ito (2008), which people with any common color blindness can tell apart. A marker, a
dash or a word repeats what a color says, so that a black-and-white print keeps it; only the pixels of weights and
gradients are too small for that.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import matplotlib.style
from matplotlib.font_manager import fontManager

BLUE, VERMILION = "#0072B2", "#D55E00"
INK, QUIET, FAINT = "#222222", "#6B6B6B", "#DDDDDD"  # text, lesser text, lines in the background

TRAIN, VALIDATION = BLUE, VERMILION
RIGHT, WRONG = BLUE, VERMILION
THIRD = "#009E73"  # neither of the two
CLASSES = (  # used with the number of the class: ten colors alone are hard to tell apart
    *("#332288", "#D55E00", "#009E73", "#882255", "#44AA99"),
    *("#E69F00", "#AA4499", "#56B4E9", "#8A8A2B", "#555555"),
)
DIVERGING = "RdBu_r"  # blue below zero, white at zero, red above

WIDTH = 7.2  # inches: the text of a printed page
SMALL_FONT = 8  # points

FALLBACK_FONTS = (  # for letters that DejaVu Sans lacks, on Linux, macOS and Windows
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "IPAGothic", "Noto Sans Devanagari"),
    *("Hiragino Sans", "PingFang SC", "Arial Unicode MS", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic"),
)
INSTALLED = {font.name for font in fontManager.ttflist}

STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.08,
    # DejaVu Sans comes with matplotlib: the same letters on every machine.
    "font.family": ["DejaVu Sans", *(name for name in FALLBACK_FONTS if name in INSTALLED)],
    "font.size": 9,
    "grid.color": FAINT,
    "image.interpolation": "nearest",  # a pixel of the data is a sharp square
    "lines.markersize": 4,
    "svg.hashsalt": "mnist-nn",  # the same names of elements each time
    "text.color": INK,
    "xtick.color": QUIET,
    "xtick.labelsize": SMALL_FONT,
    "ytick.color": QUIET,
    "ytick.labelsize": SMALL_FONT,
}


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """A context, or a decorator, in which figures get this style, whatever the user's settings, which stay the same."""
    with matplotlib.style.context(STYLE, after_reset=True):
        yield
