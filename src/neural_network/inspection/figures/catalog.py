"""The figures of a run by name: `mnist-nn figures` lists and draws them.

A plugin adds a figure to them:

    @register_figure("mine", "what it shows")
    def mine(run):  # a RunData
        return ...  # a matplotlib Figure
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

from ...support.errors import InputError
from ...support.registry import Registry
from ..analysis.layers import measure_layers
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
    """A figure of a run: what it shows, in one line, and its function, which raises InputError if it cannot draw."""

    about: str
    draw: Draw


FIGURES: Registry[RunFigure] = Registry("figure")
QUICK = ("training_progress", "sample_predictions", "hidden_weights", "confusion")  # those that `train` draws


def draw_figures(run: RunData, names: Iterable[str]) -> Iterator[tuple[str, Figure | InputError]]:
    """Draw the figures of these names in turn; where there is nothing to draw, yield the reason instead."""
    for name in names:
        try:
            yield name, FIGURES[name].draw(run)
        except InputError as error:
            yield name, error


def register_figure(name: str, about: str) -> Callable[[Draw], Draw]:
    """Return a decorator that registers a function from RunData to Figure under `name`."""

    def register(draw: Draw) -> Draw:
        FIGURES.register(name, RunFigure(about, draw))
        return draw

    return register


@register_figure("training_progress", "loss and accuracy over the epochs")
def _progress(run: RunData) -> Figure:
    return training_progress(run.history)


@register_figure("training_pulse", "learning rate, gradient norms and step sizes over the epochs")
def _pulse(run: RunData) -> Figure:
    constant = run.settings.schedule == "constant"
    return training_pulse(run.history, run.settings.learning_rate if constant else None)


@register_figure("sample_predictions", "pictures with the predicted class and its probability")
def _predictions(run: RunData) -> Figure:
    return add_key(sample_predictions(*run.test, run.probabilities, run.shape), run.names)


@register_figure("mistakes", "the most confident mistakes, each with the training images nearest to it")
def _mistakes(run: RunData) -> Figure:
    return add_key(mistakes(*run.test, run.probabilities, run.train, run.shape), run.names)


@register_figure("confusion", "confusion matrix: how often each class is taken for another")
def _confusion(run: RunData) -> Figure:
    return confusion(run.confusion, run.names)


@register_figure("per_class", "precision and recall of each class, with intervals")
def _per_class(run: RunData) -> Figure:
    return per_class(run.confusion, run.names)


@register_figure(
    "calibration", "whether 80 % confidence means 80 % accuracy, and the effect of rejecting uncertain predictions"
)
def _calibration(run: RunData) -> Figure:
    return calibration(run.probabilities, run.test[1])


@register_figure("hidden_weights", "the weights of the hidden units as pictures")
def _weights(run: RunData) -> Figure:
    return hidden_weights(run.network.W1, run.shape)


@register_figure("weights_over_time", "the weights of hidden units during training")
def _weights_over_time(run: RunData) -> Figure:
    if not len(run.snapshots):
        raise InputError("the run has no snapshots: it was trained by an older version, or is too large to keep them")
    return weights_over_time(run.snapshots.stacked("W1"), run.snapshots.steps, run.shape)


@register_figure("unit_responses", "the pictures that activate each hidden unit most")
def _units(run: RunData) -> Figure:
    return add_key(unit_responses(run.network, *run.test, run.shape), run.names)


@register_figure("layers", "histograms of activations and gradients, and dead units")
def _layers(run: RunData) -> Figure:
    return layer_histograms(measure_layers(run.network, *some_of(*run.train, 1000)))


@register_figure("projection", "the hidden layer's activations on their two principal components")
def _projection(run: RunData) -> Figure:
    X, Y = run.some_of_test(1500)
    return hidden_projection(run.network.forward(X).A1, Y, run.names)


register_figure("landscape", "the loss around the network, and the path of training")(experiments.draw_landscape)
register_figure("saliency", "the pixels that speak for and against each prediction")(experiments.draw_saliency)
register_figure("adversarial", "accuracy when every pixel changes to raise the loss")(experiments.draw_adversarial)
register_figure("robustness", "accuracy against shift, rotation, scale, stroke width and noise")(
    experiments.draw_robustness
)
register_figure("learning_rates", "the loss after a short training with each of nine learning rates")(
    experiments.draw_learning_rates
)
register_figure("decision_boundaries", "the decision boundaries of such a network on two-dimensional toy data")(
    experiments.draw_decision_boundaries
)
