"""The house style: one palette, one set of fonts and sizes, for every figure.

The colors are those of Okabe and Ito (2008), which people with any common color blindness can tell apart. Whatever a
color says is said a second time, by a sign, a dash or a word, so that it survives a black-and-white printer; only the
sign of a weight or a gradient does not, whose pixels are too small for a second mark.
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
THIRD = "#009E73"  # a third color, for what is neither of two
CLASSES = (  # ten at once are more than colors alone can tell apart: each class has its sign as well
    *("#332288", "#D55E00", "#009E73", "#882255", "#44AA99"),
    *("#E69F00", "#AA4499", "#56B4E9", "#8A8A2B", "#555555"),
)
DIVERGING = "RdBu_r"  # blue below zero, white at zero, red above

WIDTH = 7.2  # inches: the text of a printed page
SMALL = 8  # points: numbers in a picture, the ticks of an axis

OTHER_LETTERS = (  # fonts that have letters which DejaVu Sans lacks, on Linux, macOS and Windows
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
    # DejaVu Sans comes with matplotlib: the same letters on every machine. The others are for letters it lacks.
    "font.family": ["DejaVu Sans", *(name for name in OTHER_LETTERS if name in INSTALLED)],
    "font.size": 9,
    "grid.color": FAINT,
    "image.interpolation": "nearest",  # a pixel of the data is a square, not a blur
    "lines.markersize": 4,
    "svg.hashsalt": "mnist-nn",  # which names the parts of a figure: the same names each time
    "text.color": INK,
    "xtick.color": QUIET,
    "xtick.labelsize": SMALL,
    "ytick.color": QUIET,
    "ytick.labelsize": SMALL,
}


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """A context, or a decorator, in which figures get the house style.

    Whatever settings the user has, they neither show in these figures nor are changed by them.
    """
    with matplotlib.style.context(STYLE, after_reset=True):
        yield
