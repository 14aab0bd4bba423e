"""The course of a training run."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..history import History
from .style import TRAIN, VALIDATION, WIDTH, house_style

FEW = 30  # epochs that are still drawn as single points on the line
CURVES = [("train", "", TRAIN, "-"), ("validation", "validation_", VALIDATION, "--")]


@house_style()
def training_progress(history: History) -> Figure:
    """Draw loss and accuracy over the epochs, on training and validation samples, with their last values.

    The loss has a logarithmic axis where it fell to a tenth or less: equal steps are then equal ratios.

    Raises
    ------
    InputError
        The history has no epoch.
    """
    figure = Figure(figsize=(WIDTH, 2.9))
    loss, accuracy = figure.subplots(1, 2)

    loss.set_title("Loss")
    _draw(loss, history, "loss", "{:.3f}")
    values = history["loss"]
    if 0 < 10 * min(values) <= max(values):
        loss.set_yscale("log")
    else:
        loss.set_ylim(bottom=0)

    accuracy.set_title("Accuracy")
    _draw(accuracy, history, "accuracy", "{:.1%}")
    accuracy.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    accuracy.set_ylim(top=min(1, accuracy.get_ylim()[1]))
    return figure


def _draw(axes: Axes, history: History, quantity: str, form: str) -> None:
    """Draw a column of the history, and the same on validation samples where there are any; write the last values."""
    epochs = history["epoch"]
    curves = [
        (name, history[prefix + quantity], color, dash)
        for name, prefix, color, dash in CURVES
        if prefix + quantity in history.columns
    ]
    # The label of the higher end stands above the line, the other below it: they cannot meet.
    curves.sort(key=lambda curve: curve[1][-1], reverse=True)
    for (name, values, color, dash), place in zip(curves, ["bottom", "top"], strict=False):
        marker = "o" if len(epochs) <= FEW else ""
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
