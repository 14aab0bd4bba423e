"""Parallel coordinates: each trial is a line whose heights are its values and its accuracy."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from neural_network.inspection.figures import parallel_coordinates, save_figure
from neural_network.inspection.figures.style import VERMILION
from neural_network.runs.settings import Settings
from neural_network.runs.summary import Metrics
from neural_network.runs.sweep.jobs import DIVERGED, DONE, Outcome
from neural_network.runs.sweep.results import Trial
from neural_network.runs.sweep.space import parse_space
from neural_network.support.errors import InputError

SPACE = parse_space(["hidden=10,32,128", "learning-rate=0.01..1 log", "dropout=0..0.5", "batch-size=default,64"])


def trial(number, accuracy, hidden, rate, dropout, batch_size=None):
    settings = Settings(hidden=hidden, learning_rate=rate, dropout=dropout, batch_size=batch_size)
    metrics = Metrics(50, accuracy, 1.0) if accuracy is not None else None
    status = DONE if metrics else DIVERGED
    return Trial(number, settings, (Outcome(number, 0, status, 1, 1.0, metrics, metrics),))


TRIALS = [
    trial(1, 0.6, 10, 0.01, 0.5),
    trial(2, 0.9, 32, 0.1, 0.25, 64),
    trial(3, None, 128, 1.0, 0.0),
    trial(4, 0.75, 10, 1.0, 0.0),
]


def lines_of(figure):
    """The lines of the trials: those that cross all five axes."""
    return [line for line in figure.axes[0].lines if len(line.get_ydata()) == 5]


def test_each_trial_is_a_line_at_the_heights_of_its_values():
    lines = lines_of(parallel_coordinates(SPACE, TRIALS, TRIALS[1]))
    heights = {tuple(np.round(line.get_ydata(), 6)): line for line in lines}
    assert set(heights) == {
        (0.0, 0.0, 1.0, 0.0, 0.0),
        (0.5, 0.5, 0.5, 1.0, 1.0),
        (1.0, 1.0, 0.0, 0.0, -0.1),
        (0.0, 1.0, 0.0, 0.0, 0.5),
    }
    best, diverged = heights[0.5, 0.5, 0.5, 1.0, 1.0], heights[1.0, 1.0, 0.0, 0.0, -0.1]
    assert (to_hex(best.get_color()), best.get_marker()) == (VERMILION.lower(), "o")
    assert diverged.get_linestyle() == "--"
    second, last = heights[0.0, 1.0, 0.0, 0.0, 0.5], heights[0.0, 0.0, 1.0, 0.0, 0.0]
    assert sum(to_rgb(second.get_color())) < sum(to_rgb(last.get_color()))  # the darker, the more accurate
    assert all(line.get_linewidth() < best.get_linewidth() for line in lines if line is not best)


def test_the_axes_have_names_and_ticks_at_the_heights_of_their_values():
    (axes,) = parallel_coordinates(SPACE, TRIALS, TRIALS[1]).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        *("hidden", "learning_rate", "dropout", "batch_size", "validation\naccuracy"),
    ]
    ticks = {(int(text.get_position()[0]), text.get_text()): text.get_position()[1] for text in axes.texts}
    assert ticks[0, "32"] == 0.5
    assert ticks[1, "0.1"] == pytest.approx(0.5)
    assert ticks[2, "0.5"] == 1.0
    assert ticks[3, "default"] == 0.0
    accuracies = {text: height for (place, text), height in ticks.items() if place == 4 and text != "none"}
    assert len(accuracies) > 3
    for text, height in accuracies.items():
        assert height == pytest.approx((float(text.removesuffix(" %")) - 60) / 30)
    assert ticks[4, "none"] == -0.1


def test_one_trial_and_one_value_are_drawn_in_the_middle(tmp_path):
    space, trials = parse_space(["hidden=10"]), [trial(1, 0.5, 10, 0.1, 0.0)]
    figure = parallel_coordinates(space, trials, trials[0])
    (line,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert list(line.get_ydata()) == pytest.approx([0.5, 0.5])
    first, second = (save_figure(parallel_coordinates(space, trials, trials[0]), tmp_path / f"{i}.png") for i in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_without_an_accuracy_there_is_nothing_to_draw():
    with pytest.raises(InputError, match="no trial has an accuracy"):
        parallel_coordinates(SPACE, TRIALS[2:3], TRIALS[2])
