"""Several runs together: their learning curves, and the pictures that only some of them classify correctly."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ...support.errors import InputError
from ...support.picture_format import Shape
from ...training.history import History
from .names import class_names, drawable
from .pictures import add_key, as_pictures, draw_pictures
from .style import CLASSES, INK, RIGHT, SMALL_FONT, WIDTH, WRONG, house_style
from .ticks import number_logarithmic
from .training import MAX_MARKERS

COLORS = (RIGHT, WRONG, *CLASSES[2:])
MARKERS = "os^DvP*X<>"
COLUMNS, MAX_PICTURES = 8, 32
MAX_NAME_WIDTH = 60  # letters of a run's name
TITLE_WIDTH = 72  # letters in a line of a title
KINDS = [("training samples", "", "-", 1.0), ("validation samples", "validation_", "--", 1.5)]  # dash and width


@house_style()
def training_curves(histories: Mapping[str, History]) -> Figure:
    """Draw loss and accuracy over the epochs for each run, by its name: each run has a color and a marker.

    The axis of the epochs is logarithmic where one run has five times as many as another, and that of the loss where it
    spans a factor of ten.

    Raises InputError if there are no histories, or one of them has no epoch.
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
    _draw_legend(figure, [drawable(name, MAX_NAME_WIDTH) for name in histories])
    return figure


def _draw_run(axes: Axes, history: History, quantity: str, place: int) -> None:
    color, marker = COLORS[place % len(COLORS)], MARKERS[place % len(MARKERS)]
    for name, prefix, dash, width in KINDS:
        if not prefix or prefix + quantity in history.columns:
            values = history[prefix + quantity]
            every = None if len(values) <= MAX_MARKERS else 0.12  # of the axes: many would merge into a band
            axes.plot(
                history["epoch"], values, dash, color=color, linewidth=width, marker=marker, markevery=every, label=name
            )


def _draw_legend(figure: Figure, names: Sequence[str]) -> None:
    """Add a legend: a line for each run, with its color and marker, and one for each kind of samples, with its dash."""
    runs = [
        Line2D([], [], color=COLORS[place % len(COLORS)], marker=MARKERS[place % len(MARKERS)], label=name)
        for place, name in enumerate(names)
    ]
    kinds = [Line2D([], [], color=INK, ls=dash, linewidth=width, label=name) for name, _, dash, width in KINDS]
    figure.legend(handles=[*runs, *kinds], loc="outside lower left", ncols=2, frameon=False, fontsize=SMALL_FONT)


@house_style()
def changed_pictures(
    X: np.ndarray,
    Y: np.ndarray,
    predictions: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str] | None = None,
    shape: Shape | None = None,
) -> Figure:
    """Draw the pictures `X` (D, n) that the first network classifies wrongly and another correctly, or vice versa.

    Each caption has the predictions of all networks, ✓ or ✗, in the order of `names`, and the label. Up to 32 pictures
    are drawn: first those that the first network gets wrong, in thin blue frames, then those that it gets right, in
    thick orange ones; 16 of each kind, or more where there are fewer of the other.

    Parameters
    ----------
    predictions : integer array (networks, n)
        The class that each network predicts.
    classes : sequence of str, optional
        The names of the classes, for a key to their numbers.

    Raises
    ------
    InputError
        There is no picture, or D pixels do not have that shape.
    """
    if not len(Y):
        raise InputError("no image changed sides: there is nothing to draw")
    right = predictions == Y
    newly_correct, newly_wrong = np.flatnonzero(~right[0]), np.flatnonzero(right[0])
    shown_wrong = newly_wrong[: max(MAX_PICTURES // 2, MAX_PICTURES - len(newly_correct))]
    shown = np.concatenate([newly_correct[: MAX_PICTURES - len(shown_wrong)], shown_wrong])
    captions = [_caption(predictions[:, i], right[:, i]) + f"\nis {Y[i]}" for i in shown]
    names = [drawable(name, MAX_NAME_WIDTH) for name in names]
    other = names[1] if len(names) == 2 else "another"
    title = (
        f"Images on which {names[0]} is wrong and {other} is right: {len(newly_correct):,}; vice versa: "
        f"{len(newly_wrong):,}. {len(shown)} of them, with the predictions of {' · '.join(names)}"
    )
    mosaic = draw_pictures(
        as_pictures(X[:, shown], "X", shape),
        captions,
        min(COLUMNS, len(shown)),
        title=textwrap.fill(title, TITLE_WIDTH, break_on_hyphens=False),
        beside=WIDTH * (1 - min(COLUMNS, len(shown)) / COLUMNS),
        cmap="gray_r",
        vmin=0,
        vmax=max(1, float(X.max())),
    )
    for i, frame in zip(shown, mosaic.frames, strict=True):
        frame.set(edgecolor=WRONG if right[0, i] else RIGHT, linewidth=2 if right[0, i] else 0.8)
    return add_key(mosaic.figure, class_names(classes))


def _caption(predictions: np.ndarray, right: np.ndarray) -> str:
    """Return the predictions, each with its sign, three in a line."""
    signs = [f"{'✓' if ok else '✗'} {label}" for label, ok in zip(predictions, right, strict=True)]
    return "\n".join("  ".join(signs[start : start + 3]) for start in range(0, len(signs), 3))
