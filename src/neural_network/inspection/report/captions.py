"""The words around a figure: a caption computed from its data, and a description for people who do not see it."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...training.history import History
from ..figures import RunData
from .formats import number, percent

MEANS = "Training values are means over each epoch; validation values are measured at its end."
SMALL_RISE = 1.02  # times the lowest validation loss: below it, a rise may be noise


def learning_curves(history: History) -> str:
    """Return how the validation loss of a run developed, in a sentence; empty without validation samples."""
    if "validation_loss" not in history.columns:
        return ""
    losses, training = np.array(history["validation_loss"]), history["loss"]
    if not np.isfinite(losses).all():
        return "The validation loss became infinite or NaN."
    best, last = int(losses.argmin()), len(losses) - 1
    lowest = f"The validation loss was lowest after epoch {best + 1:,} ({number(losses[best])})"
    if best == last:
        return f"{lowest}, the last one."
    if losses[last] <= SMALL_RISE * losses[best]:
        return f"{lowest} and ended close to that ({number(losses[last])})."
    overfitting = ", while the training loss fell: this is overfitting" if training[last] < training[best] else ""
    return f"{lowest} and rose to {number(losses[last])}{overfitting}."


def _training_pulse(run: RunData, figure: Figure) -> str:
    shares = " and ".join(f"W{k} by {percent(run.history[f'update_W{k}'][-1], 3)} of its norm" for k in (1, 2))
    return f"Measured at the first step of each epoch. The last of these changed {shares}; about 0.1 % is usual."


def _per_class(run: RunData, figure: Figure) -> str:
    lowest = []
    for share, axis in (("recall", 1), ("precision", 0)):
        trials = run.confusion.sum(axis=axis)
        shares = np.where(trials, np.diag(run.confusion) / np.maximum(trials, 1), 2)
        lowest.append(f"Lowest {share}: {run.full_names[shares.argmin()]} ({percent(shares.min(), 1)}).")
    return f"Recall is the correct share of a class, precision that of its predictions. {' '.join(lowest)}"


def _calibration(run: RunData, figure: Figure) -> str:
    confidence, accuracy = (
        run.probabilities.max(axis=0).mean(dtype=np.float64),
        np.trace(run.confusion) / len(run.test[1]),
    )
    return (
        f"On the dotted line confidence equals accuracy. The mean confidence is {percent(confidence, 1)} and the "
        f"accuracy {percent(accuracy, 1)}: {'over' if confidence > accuracy else 'under'}confident on average."
    )


def _weights_over_time(run: RunData, figure: Figure) -> str:
    norms = [number(float(np.linalg.norm(run.snapshots.stacked("W1")[k]))) for k in (0, -1)]
    return f"Training goes on from left to right. The norm of W1, of all units, went from {norms[0]} to {norms[1]}."


def _landscape(run: RunData, figure: Figure) -> str:
    path = "; the line on the right is the path of training, from the ring" if len(figure.axes) > 1 else ""
    return f"The lighter, the lower the loss. The cross is the trained network{path}."


def _adversarial(run: RunData, figure: Figure) -> str:
    random, attacked = (dict(_points(line)) for line in figure.subfigs[0].axes[0].lines)
    return (
        f"At ε = 0.1 the accuracy falls from {percent(attacked[0], 1)} to {percent(attacked[0.1], 1)} with the signs "
        f"of the gradient, and to {percent(random[0.1], 1)} with random signs."
    )


def _robustness(run: RunData, figure: Figure) -> str:
    lowest = []
    for axes in figure.axes[::2]:
        level, accuracy = min(_points(axes.lines[0]), key=lambda point: point[1])
        lowest.append(f"{percent(accuracy, 1)} at {level:g} ({axes.get_title(loc='left').partition(': ')[2]})")
    return f"Dotted lines mark unchanged pictures. Lowest accuracies: {', '.join(lowest)}."


def _learning_rates(run: RunData, figure: Figure) -> str:
    points = _points(figure.axes[0].lines[0])
    if not points:
        return "Training diverged with every learning rate."
    rate, loss = min(points, key=lambda point: point[1])
    steps, samples = f"{run.history.rows[-1]['step']:,}", f"{len(run.train[1]):,}"
    return (
        f"The lowest loss, {number(loss)}, is that of {rate:.2g}, after few steps on few samples. The run itself made "
        f"{steps} steps on {samples} samples, for which another learning rate can be better."
    )


def _points(line: Line2D) -> list[tuple[float, float]]:
    return [(round(float(x), 9), float(y)) for x, y in np.asarray(line.get_xydata(), float)]


CAPTIONS: dict[str, str | Callable[[RunData, Figure], str]] = {
    "training_progress": lambda run, figure: f"{MEANS} {learning_curves(run.history)}".strip(),
    "training_pulse": _training_pulse,
    "sample_predictions": "Below each picture are the predicted class and its probability; ✗ marks a mistake, with the "
    "true class below.",
    "mistakes": "Below each mistake are the training images nearest to it: ✗ has the class that was wrongly predicted, "
    "✓ the true one.",
    "confusion": "Rows are true classes, columns predicted ones; everything off the diagonal is a mistake.",
    "per_class": _per_class,
    "calibration": _calibration,
    "hidden_weights": "Ink on red pixels raises the pre-activation Z1 of a unit, and ink on blue pixels lowers it.",
    "weights_over_time": _weights_over_time,
    "unit_responses": "Each row has the weights of a hidden unit, the classes with its largest and smallest weight in "
    "W2, and the pictures that activate it most, with their classes.",
    "layers": "A unit at 0 % learns from none of these training samples: it is dead.",
    "projection": lambda run, figure: (
        "Classes that overlap here may be apart in the other dimensions." if run.network.hidden_size > 2 else ""
    ),
    "landscape": _landscape,
    "saliency": "Each gradient has its own scale. Below it is the predicted class; ✗ marks a mistake.",
    "adversarial": _adversarial,
    "robustness": _robustness,
    "learning_rates": _learning_rates,
    "decision_boundaries": "Networks with the hidden layer of this run, but with two inputs, trained on toy data. On "
    "the black lines the two most probable classes are equally probable.",
}


def caption(name: str, run: RunData, figure: Figure) -> str:
    """Return the caption of a figure of a run; empty for those of plugins."""
    words = CAPTIONS.get(name, "")
    return words if isinstance(words, str) else words(run, figure)


def describe(figure: Figure) -> str:
    """Return what a figure shows: its titles, and the course of its lines."""
    return ". ".join(dict.fromkeys(filter(None, map(_panel, figure.axes))))


def _panel(axes: Axes) -> str:
    title = axes.get_title(loc="left").replace("\n", " ")
    lines = [line for line in axes.get_lines() if line.get_visible()]
    courses = [_course(line, axes.get_xlabel()) for line in lines]
    return ": ".join(part for part in (title, ", ".join(filter(None, courses))) if part)


def _course(line: Line2D, across: str) -> str:
    """Return where a line begins and ends, and where between it is highest and lowest."""
    points = np.asarray(line.get_xydata(), float)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return ""
    y = points[:, 1]
    places = sorted({0, int(y.argmin()), int(y.argmax()), len(y) - 1})
    label = str(line.get_label())
    name = "" if label.startswith("_") else f"{label} "
    stations = [f"{points[place, 1]:.3g} at {points[place, 0]:.3g}" for place in places]
    return f"{name}from {', '.join(stations[:-1])} to {stations[-1]}{f' ({across})' if across else ''}"
