"""The figures of a run by name: what `mnist-nn figures` lists, and draws.

A figure of your own is a function in a plugin, and the command then knows it too:

    @register_figure("mine", "what it shows")
    def mine(run):  # a RunData
        return ...  # a matplotlib Figure
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

from ...support.errors import InputError
from ...support.registry import Registry
from ..analysis.layers import look_at_layers
from ..analysis.sampling import some_of
from . import experiments
from .calibration import calibration
from .classes import confusion, per_class
from .layers import layer_histograms
from .mistakes import mistakes
from .pictures import add_key
from .predictions import sample_predictions
from .projection import hidden_projection
from .run import RunData
from .training import training_progress, training_pulse
from .units import unit_responses
from .weights import hidden_weights, weights_over_time

Draw = Callable[[RunData], Figure]


@dataclass(frozen=True)
class RunFigure:
    """A figure that can be drawn of any run.

    Attributes
    ----------
    about : str
        What it shows, in a line.
    draw : callable
        Takes a RunData and returns the Figure; raises InputError where there is nothing to draw.
    """

    about: str
    draw: Draw


FIGURES: Registry[RunFigure] = Registry("figure")
QUICK = ("training_progress", "sample_predictions", "hidden_weights", "confusion")  # what a training draws by itself


def draw_figures(run: RunData, names: Iterable[str]) -> Iterator[tuple[str, Figure | InputError]]:
    """Draw the figures of these names, one after the other; where there is nothing to draw, say why instead."""
    for name in names:
        try:
            yield name, FIGURES[name].draw(run)
        except InputError as error:
            yield name, error


def register_figure(name: str, about: str) -> Callable[[Draw], Draw]:
    """Decorate a function from RunData to Figure to make it known under `name`."""

    def register(draw: Draw) -> Draw:
        FIGURES.register(name, RunFigure(about, draw))
        return draw

    return register


@register_figure("training_progress", "loss and accuracy over the epochs")
def _progress(run: RunData) -> Figure:
    return training_progress(run.history)


@register_figure("training_pulse", "learning rate, length of the gradients, size of the steps over the epochs")
def _pulse(run: RunData) -> Figure:
    constant = run.training.get("schedule", "constant") == "constant"
    return training_pulse(run.history, run.training.get("learning_rate") if constant else None)


@register_figure("sample_predictions", "pictures with the answers and their probabilities")
def _predictions(run: RunData) -> Figure:
    return add_key(sample_predictions(*run.test, run.probabilities), run.names)


@register_figure("mistakes", "the most confident mistakes, each with the training images nearest to it")
def _mistakes(run: RunData) -> Figure:
    return add_key(mistakes(*run.test, run.probabilities, run.train), run.names)


@register_figure("confusion", "which class is read as which: counts and per cent")
def _confusion(run: RunData) -> Figure:
    return confusion(run.confusion, run.names)


@register_figure("per_class", "precision and recall of each class, with intervals")
def _per_class(run: RunData) -> Figure:
    return per_class(run.confusion, run.names)


@register_figure("calibration", "whether 80 % means 80 %, and the accuracy when unsure answers are rejected")
def _calibration(run: RunData) -> Figure:
    return calibration(run.probabilities, run.test[1])


@register_figure("hidden_weights", "the weights of the hidden units as pictures")
def _weights(run: RunData) -> Figure:
    return hidden_weights(run.network.W1)


@register_figure("weights_over_time", "the same over the course of training")
def _weights_over_time(run: RunData) -> Figure:
    if not len(run.snapshots):
        raise InputError("the run has no snapshots: it was trained by an older version, or is too large to keep them")
    return weights_over_time(run.snapshots.stacked("W1"), run.snapshots.steps)


@register_figure("unit_responses", "the pictures to which each hidden unit responds most")
def _units(run: RunData) -> Figure:
    return add_key(unit_responses(run.network, *run.test), run.names)


@register_figure("layers", "histograms of answers and gradients in each layer, and dead units")
def _layers(run: RunData) -> Figure:
    return layer_histograms(look_at_layers(run.network, *some_of(*run.train, 1000)))


@register_figure("projection", "the hidden layer's answers on their two principal components")
def _projection(run: RunData) -> Figure:
    X, Y = run.some_of_test(1500)
    return hidden_projection(run.network.forward(X).A1, Y, run.names)


register_figure("landscape", "the loss around the network, and the path of training")(experiments.draw_landscape)
register_figure("saliency", "the pixels that speak for and against each answer")(experiments.draw_saliency)
register_figure("adversarial", "accuracy when every pixel moves against the network")(experiments.draw_adversarial)
register_figure("robustness", "accuracy against shift, rotation, scale, stroke width and noise")(
    experiments.draw_robustness
)
register_figure("learning_rates", "which learning rates learn, and which diverge")(experiments.draw_learning_rates)
register_figure("decision_boundaries", "where such a network draws the line in toy data of two dimensions")(
    experiments.draw_decision_boundaries
)
