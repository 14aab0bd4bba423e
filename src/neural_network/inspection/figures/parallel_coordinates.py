"""Parallel coordinates: each trial of a sweep is a line through an axis for each setting, to its accuracy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from ...runs.sweep.results import Trial
from ...runs.sweep.space import Choice, Varied, as_text
from ...support.errors import InputError
from .names import drawable
from .style import INK, QUIET, SMALL_FONT, VERMILION, WIDTH, house_style

COLORS = "viridis_r"  # from light to dark, which a print in gray keeps
GAP = 0.1  # of the height of the axes: where the lines end that have no accuracy
NOTE = "Each line is a trial: the darker, the more accurate; dashed ones diverged or failed. Thick with dots: the best."


@dataclass(frozen=True)
class _Axis:
    """An axis of a setting or of the accuracy: a height from 0 to 1 for each trial, and its ticks."""

    name: str
    heights: np.ndarray
    ticks: Sequence[tuple[float, str]]


@house_style()
def parallel_coordinates(space: Sequence[Varied], trials: Sequence[Trial], best: Trial) -> Figure:
    """Draw a line for each trial, from axis to axis: those of the settings that are varied, then validation accuracy.

    A list of values is drawn at equal distances in its order, a range to scale.

    Raises InputError where no trial has an accuracy.
    """
    accuracies = np.array([np.nan if trial.accuracy is None else trial.accuracy for trial in trials])
    if np.isnan(accuracies).all():
        raise InputError("no trial has an accuracy: there is nothing to draw")
    columns = [*(_of_setting(varied, trials) for varied in space), _of_accuracy(accuracies)]
    heights = np.array([axis.heights for axis in columns])  # axes, trials
    figure = Figure(figsize=(max(WIDTH, 1.3 * len(columns)), 4))
    axes = figure.subplots()
    axes.set_title(f"Validation accuracy of {len(trials)} trials")
    figure.supxlabel(NOTE, fontsize=SMALL_FONT, color=INK)
    axes.set(xlim=(-0.1, len(columns) - 1 + 0.3), ylim=(min(0, heights.min()) - 0.03, 1.03), yticks=[])
    axes.set_xticks(range(len(columns)), [axis.name for axis in columns], color=INK)
    axes.grid(visible=False)
    axes.tick_params(length=0, pad=8)
    axes.spines[:].set_visible(False)
    for place, axis in enumerate(columns):
        _draw_axis(axes, place, axis)
    color, order = matplotlib.colormaps[COLORS], np.argsort(np.nan_to_num(accuracies, nan=-1), kind="stable")
    for rank, i in enumerate(order, start=1):  # the best above the others
        if np.isnan(accuracies[i]):
            axes.plot(heights[:, i], "--", color=QUIET, linewidth=0.8, zorder=1)
        elif trials[i] is not best:
            axes.plot(heights[:, i], color=color(rank / len(order)), linewidth=1.2, alpha=0.8, zorder=2)
    axes.plot(heights[:, trials.index(best)], "o-", color=VERMILION, linewidth=2.5, zorder=3)
    return figure


def _draw_axis(axes: Axes, place: int, axis: _Axis) -> None:
    axes.plot([place, place], [0, 1], color=QUIET, linewidth=1, zorder=2.5)
    for height, text in axis.ticks:
        axes.plot([place, place + 0.02], [height, height], color=QUIET, linewidth=1, zorder=2.5)
        axes.text(
            place + 0.035, height, text, fontsize=SMALL_FONT, va="center", zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.8},
        )  # fmt: skip


def _of_setting(varied: Varied, trials: Sequence[Trial]) -> _Axis:
    values = [getattr(trial.settings, varied.name) for trial in trials]
    if isinstance(varied, Choice):
        places = np.linspace(0, 1, len(varied.values)) if len(varied.values) > 1 else np.array([0.5])
        ticks = [(float(at), drawable(as_text(value))) for at, value in zip(places, varied.values, strict=True)]
        return _Axis(varied.name, np.array([places[varied.values.index(value)] for value in values]), ticks)
    scale: Callable[[np.ndarray], np.ndarray] = np.log if varied.log else np.asarray
    heights = _scaled(scale, np.array(values, float), varied.low, varied.high)
    if varied.log:
        candidates = LogLocator(subs=(1, 2, 5)).tick_values(varied.low, varied.high)
    else:
        candidates = MaxNLocator(6, integer=varied.whole).tick_values(varied.low, varied.high)
    return _Axis(varied.name, heights, _ticks(scale, candidates, varied.low, varied.high, "{:g}".format))


def _of_accuracy(accuracies: np.ndarray) -> _Axis:
    low, high = float(np.nanmin(accuracies)), float(np.nanmax(accuracies))
    if low == high:
        low, high = low - 0.005, high + 0.005
    heights = np.nan_to_num(_scaled(np.asarray, accuracies, low, high), nan=-GAP)
    candidates = MaxNLocator(6).tick_values(low, high)
    ticks = _ticks(np.asarray, candidates, low, high, lambda value: f"{100 * value:g} %")
    return _Axis("validation\naccuracy", heights, [*ticks, *([(-GAP, "none")] if np.isnan(accuracies).any() else [])])


def _scaled(scale: Callable[[np.ndarray], np.ndarray], values: np.ndarray, low: float, high: float) -> np.ndarray:
    bottom, top = scale(np.array([low, high]))
    return (scale(values) - bottom) / (top - bottom)


def _ticks(
    scale: Callable[[np.ndarray], np.ndarray],
    candidates: Sequence[float],
    low: float,
    high: float,
    text: Callable[[float], str],
) -> list[tuple[float, str]]:
    inside = np.array([each for each in candidates if low <= each <= high])
    heights = _scaled(scale, inside, low, high)
    return [(float(at), text(value)) for at, value in zip(heights, inside, strict=True)]
