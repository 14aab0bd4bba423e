"""The learning curves of a run, and its gradients and steps."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ...training.history import History
from .style import TRAIN, VALIDATION, WIDTH, house_style
from .ticks import number_logarithmic

MAX_MARKERS = 30  # epochs: longer curves have no markers
CURVES = [("train", "", TRAIN, "-"), ("validation", "validation_", VALIDATION, "--")]


@house_style()
def training_progress(history: History) -> Figure:
    """Draw loss and accuracy over the epochs, on training and validation samples, with their last values.

    The axis of the loss is logarithmic where the loss fell to a tenth or less.

    Raises InputError if the history has no epoch.
    """
    figure = Figure(figsize=(WIDTH, 2.9))
    loss, accuracy = figure.subplots(1, 2)

    loss.set_title("Loss")
    _draw(loss, history, "loss", "{:.3f}")
    values = history["loss"]
    if 0 < 10 * min(values) <= max(values):
        loss.set_yscale("log")
        number_logarithmic(loss, "y")
    else:
        loss.set_ylim(bottom=0)

    accuracy.set_title("Accuracy")
    _draw(accuracy, history, "accuracy", "{:.1%}")
    accuracy.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    accuracy.set_ylim(top=min(1, accuracy.get_ylim()[1]))
    return figure


@house_style()
def training_pulse(history: History, learning_rate: float | None = None) -> Figure:
    """Draw the learning rate, the norm of the gradients, and the norm of the steps as a share of that of the weights.

    `Monitor` recorded these columns at the first step of each epoch. All axes are logarithmic.

    Parameters
    ----------
    learning_rate : float, optional
        The rate of a run without a schedule, whose history has no such column.

    Raises
    ------
    InputError
        The history has no epoch, or was not monitored.
    """
    epochs = history["epoch"]
    panels = {
        "Gradient norm": [(f"dW{k}", history[f"gradient_W{k}"]) for k in (1, 2)],
        "Relative step norm": [(f"W{k}", history[f"update_W{k}"]) for k in (1, 2)],
    }
    if "learning_rate" in history.columns:
        panels = {"Learning rate α": [("α", history["learning_rate"])]} | panels
    elif learning_rate is not None:
        panels = {"Learning rate α": [("α", [learning_rate] * len(epochs))]} | panels
    figure = Figure(figsize=(WIDTH, 2.9))
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (title, curves) in zip(grid, panels.items(), strict=True):
        axes.set_title(title)
        _draw_positive(axes, epochs, curves)
    return figure


def _draw_positive(axes: Axes, epochs: list[float], curves: list[tuple[str, list[float]]]) -> None:
    """Draw curves on a logarithmic axis; zeros cannot be drawn and are counted in the legend."""
    for (name, values), (_, _, color, dash) in zip(curves, CURVES, strict=False):
        marker = "o" if len(epochs) <= MAX_MARKERS else ""
        above = [value if value > 0 else math.nan for value in values]
        zeros = sum(value == 0 for value in values)
        label = f"{name} (0 in {zeros} epochs)" if zeros else name
        axes.plot(epochs, above, dash, marker=marker, color=color, label=label, linewidth=1.2)
    if any(value > 0 for _, values in curves for value in values):
        axes.set_yscale("log")
        number_logarithmic(axes, "y")
    if len(curves) > 1 or not all(value > 0 for _, values in curves for value in values):
        axes.legend(frameon=False, handlelength=2.2)
    axes.set_xlim(0, 1.02 * epochs[-1])
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def _draw(axes: Axes, history: History, quantity: str, form: str) -> None:
    """Draw a column of the history, for validation samples too if there are any, and write the last values."""
    epochs = history["epoch"]
    curves = [
        (name, history[prefix + quantity], color, dash)
        for name, prefix, color, dash in CURVES
        if prefix + quantity in history.columns
    ]
    # The label of the higher end is above the line, the other one below it, so that they never overlap.
    curves.sort(key=lambda curve: curve[1][-1], reverse=True)
    for (name, values, color, dash), place in zip(curves, ["bottom", "top"], strict=False):
        marker = "o" if len(epochs) <= MAX_MARKERS else ""
        axes.plot(epochs, values, dash, marker=marker, color=color, label=name, clip_on=False)
        axes.annotate(
            f"{name} {form.format(values[-1])}",
            (epochs[-1], values[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            verticalalignment=place if len(curves) > 1 else "center",
            color=color,
        )
    axes.set_xlim(0, 1.02 * epochs[-1])
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
