"""Runs beside each other: how they learnt, and the pictures on which they part."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ...support.errors import InputError
from ...training.history import History
from .names import class_names, drawable
from .pictures import add_key, as_squares, draw_pictures
from .style import CLASSES, INK, RIGHT, SMALL, WIDTH, WRONG, house_style
from .ticks import number_logarithmic
from .training import FEW

COLORS = (RIGHT, WRONG, *CLASSES[2:])
MARKERS = "os^DvP*X<>"
COLUMNS, MOST = 8, 32  # pictures
LONGEST_RUN = 60  # characters of a run's name
LETTERS = 72  # in a line of a title
KINDS = [("training samples", "", "-", 1.0), ("validation samples", "validation_", "--", 1.5)]  # dash and width


@house_style()
def training_curves(histories: Mapping[str, History]) -> Figure:
    """Draw loss and accuracy over the epochs of several runs, whose names are the keys: each a color and a sign.

    The epochs have a logarithmic axis where one run has five times as many as another, and the loss has one where it
    spans a factor of ten.

    Raises
    ------
    InputError
        There are no histories, or one of them has no epoch.
    """
    if not histories:
        raise InputError("histories is empty: there are no curves to draw")
    figure = Figure(figsize=(WIDTH, 3.6 + 0.2 * len(histories)))
    loss, accuracy = figure.subplots(1, 2)
    for axes, quantity in ((loss, "loss"), (accuracy, "accuracy")):
        axes.set_title(quantity.capitalize())
        for place, history in enumerate(histories.values()):
            _draw_run(axes, history, quantity, place)
        lengths = [len(history) for history in histories.values()]
        if max(lengths) >= 5 * min(lengths):
            axes.set_xscale("log")
            number_logarithmic(axes, "x")
        else:
            axes.set_xlim(0, None)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("epoch")
    low, high = (end([end(line.get_ydata()) for line in loss.lines]) for end in (min, max))
    if 0 < 10 * low <= high:
        loss.set_yscale("log")
        number_logarithmic(loss, "y")
    else:
        loss.set_ylim(bottom=0)
    accuracy.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    accuracy.set_ylim(top=min(1, accuracy.get_ylim()[1]))
    _draw_legend(figure, [drawable(name, LONGEST_RUN) for name in histories])
    return figure


def _draw_run(axes: Axes, history: History, quantity: str, place: int) -> None:
    color, marker = COLORS[place % len(COLORS)], MARKERS[place % len(MARKERS)]
    for name, prefix, dash, width in KINDS:
        if not prefix or prefix + quantity in history.columns:
            values = history[prefix + quantity]
            every = None if len(values) <= FEW else 0.12  # of the axes: a curve of hundreds of signs would be a band
            axes.plot(
                history["epoch"], values, dash, color=color, linewidth=width, marker=marker, markevery=every, label=name
            )


def _draw_legend(figure: Figure, names: Sequence[str]) -> None:
    """Say which color and sign is which run, a line for each, and which dash is which kind of samples."""
    runs = [
        Line2D([], [], color=COLORS[place % len(COLORS)], marker=MARKERS[place % len(MARKERS)], label=name)
        for place, name in enumerate(names)
    ]
    kinds = [Line2D([], [], color=INK, ls=dash, linewidth=width, label=name) for name, _, dash, width in KINDS]
    figure.legend(handles=[*runs, *kinds], loc="outside lower left", ncols=2, frameon=False, fontsize=SMALL)


@house_style()
def changed_pictures(
    X: np.ndarray, Y: np.ndarray, readings: np.ndarray, names: Sequence[str], classes: Sequence[str] | None = None
) -> Figure:
    """Draw the pictures `X` (D, n) that changed sides: of several networks, the first is wrong and another right, or
    the other way round.

    Below each stands what every network read, ✓ or ✗, in the order of `names`, and its label. Up to 32 are drawn: first
    those that the first network reads wrong, in a thin blue frame, then those that it reads right and another wrong, in
    a thick orange one; half of the room for either, and all of it where the other needs less.

    Parameters
    ----------
    readings : integer array (networks, n)
        What each network read.
    classes : sequence of str, optional
        The names of the classes, for the key to their numbers; where these are their names, there is none.

    Raises
    ------
    InputError
        There is no picture, or D is not a square number.
    """
    if not len(Y):
        raise InputError("no image changed sides: there is nothing to draw")
    right = readings == Y
    gained, lost = np.flatnonzero(~right[0]), np.flatnonzero(right[0])
    shown_lost = lost[: max(MOST // 2, MOST - len(gained))]
    shown = np.concatenate([gained[: MOST - len(shown_lost)], shown_lost])
    captions = [_caption(readings[:, i], right[:, i]) + f"\nis {Y[i]}" for i in shown]
    names = [drawable(name, LONGEST_RUN) for name in names]
    other = names[1] if len(names) == 2 else "another"
    title = (
        f"Images that {names[0]} reads wrong and {other} right: {len(gained):,}; the other way round: {len(lost):,}. "
        f"Here are {len(shown)} of them, as {' · '.join(names)} read them"
    )
    mosaic = draw_pictures(
        as_squares(X[:, shown], "X"),
        captions,
        min(COLUMNS, len(shown)),
        title=textwrap.fill(title, LETTERS, break_on_hyphens=False),
        beside=WIDTH * (1 - min(COLUMNS, len(shown)) / COLUMNS),
        cmap="gray_r",
        vmin=0,
        vmax=max(1, float(X.max())),
    )
    for i, frame in zip(shown, mosaic.frames, strict=True):
        frame.set(edgecolor=WRONG if right[0, i] else RIGHT, linewidth=2 if right[0, i] else 0.8)
    return add_key(mosaic.figure, class_names(classes))


def _caption(readings: np.ndarray, right: np.ndarray) -> str:
    """Return what was read, with a sign for each, three in a line."""
    signs = [f"{'✓' if ok else '✗'} {label}" for label, ok in zip(readings, right, strict=True)]
    return "\n".join("  ".join(signs[start : start + 3]) for start in range(0, len(signs), 3))
