"""The words around a figure: how to read it, and what is to be seen for those who do not see it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

READING = {
    "training_progress": "Both losses should fall and both accuracies rise. Those of the training samples are means "
    "over each epoch, in which the weights still moved: they may be worse than the result in the table. Where the "
    "dashed line of the validation samples turns away from the other, the network begins to learn its training "
    "samples by heart.",
    "training_pulse": "Healthy steps move the weights by about a thousandth of their length; gradients that grow from "
    "epoch to epoch announce a divergence, and gradients near 0 a standstill.",
    "sample_predictions": "Below each picture is what the network reads and how probable it takes that to be; ✗ marks "
    "a mistake, with the right answer below.",
    "mistakes": "Below each mistake stand the four training images most like it: where they have the label that was "
    "read by mistake, the mistake is understandable.",
    "confusion": "Rows are what it was, columns what was read; what is not on the diagonal is a mistake.",
    "per_class": "The further to the right, the better; classes whose intervals do not overlap truly differ.",
    "calibration": "On the dotted line, answers given with 80 % are right in 80 % of cases; to the right, how many "
    "answers must be rejected, the least certain first, to reach an accuracy.",
    "hidden_weights": "Ink on red pixels excites a unit and ink on blue ones silences it; a unit that looks like noise "
    "has learnt little.",
    "weights_over_time": "From left to right the noise of the start turns into strokes and gaps.",
    "unit_responses": "Each row is a hidden unit and the pictures it answers most to; what they have in common is what "
    "it looks for.",
    "layers": "A unit at 0 % learns from no sample any more: it is dead; gradients that are almost all 0 teach "
    "nothing.",
    "projection": "Samples that the hidden layer sees as alike lie close together; where the clouds of two classes "
    "overlap in all directions, they will be confused.",
    "landscape": "Lighter is lower; the cross is where training ended, and the line on the right is the way there.",
    "saliency": "Red pixels would make the answer more probable if they had more ink, blue ones less.",
    "adversarial": "The further to the right the solid line stays up, the harder it is to fool the network by changes "
    "too small to see.",
    "robustness": "The middle of each curve is the pictures as they are; the faster it falls, the less the network "
    "bears of that change.",
    "learning_rates": "The lowest point is the learning rate that learns fastest in so few steps; to its right, "
    "training becomes unstable.",
    "decision_boundaries": "A network of these settings on toy data: with more hidden units, the lines it can draw "
    "have more corners.",
}


def describe(figure: Figure) -> str:
    """Return what is to be seen in a figure: its titles, and the course of its lines."""
    return ". ".join(dict.fromkeys(filter(None, map(_panel, figure.axes))))


def _panel(axes: Axes) -> str:
    title = axes.get_title(loc="left").replace("\n", " ")
    lines = [line for line in axes.get_lines() if line.get_visible()]
    courses = [_course(line, axes.get_xlabel()) for line in lines]
    return ": ".join(part for part in (title, ", ".join(filter(None, courses))) if part)


def _course(line: Line2D, across: str) -> str:
    """Say where a line begins and ends, and where between it is highest or lowest."""
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
