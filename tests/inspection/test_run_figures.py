"""The figures of a run draw what they say: their artists are asked for their data, and an oracle is asked too."""

import itertools
import re
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from test_figures import nothing_is_cut_off, texts, tiles

from neural_network import History, InputError, TwoLayerNN
from neural_network.formats.model_file import configuration
from neural_network.functions.activations import ACTIVATIONS
from neural_network.inspection.analysis.adversarial import accuracy_under_attack, fgsm
from neural_network.inspection.analysis.calibration import rejection_curve, reliability
from neural_network.inspection.analysis.input_gradients import logit_gradient
from neural_network.inspection.analysis.intervals import wilson
from neural_network.inspection.analysis.landscape import Path, filter_normalized, path_of_training
from neural_network.inspection.analysis.learning_rate_sweep import Sweep
from neural_network.inspection.analysis.robustness import DISTORTIONS
from neural_network.inspection.figures import (
    FIGURES,
    QUICK,
    RunData,
    calibration,
    confusion,
    draw_figures,
    hidden_projection,
    hidden_weights,
    learning_rates,
    loss_landscape,
    mistakes,
    per_class,
    register_figure,
    sample_predictions,
    save_animation,
    training_progress,
    training_pulse,
    unit_responses,
    weights_over_time,
)
from neural_network.inspection.figures.animation import animation_frames, frame_title
from neural_network.inspection.figures.landscape import Plane
from neural_network.inspection.figures.style import RIGHT, WRONG
from neural_network.inspection.report.captions import caption
from neural_network.runs.settings import Settings
from neural_network.runs.snapshots import Snapshots
from neural_network.training.monitor import Monitor

SIDE = 4


def make_run(samples=60, classes=3, epochs=30, batch_size=None, D=SIDE**2, monitored=True, **options):
    """A short run on random pictures in which row c of class c is dark."""
    rng = np.random.default_rng(0)
    Y = np.arange(samples) % classes
    X = rng.uniform(0, 0.5, (D, samples)).astype(np.float32)
    for row in range(min(4, D)):
        X[row, row == Y % D] += 0.5
    network = TwoLayerNN(D, options.pop("hidden", 6), classes, seed=0, **options)
    snapshots = Snapshots()
    callbacks = [Monitor(), snapshots] if monitored else []
    history = network.train(X, Y, epochs=epochs, batch_size=batch_size, callbacks=callbacks)
    settings = Settings(optimizer="sgd", learning_rate=0.1, batch_size=batch_size)
    half = slice(samples // 2, None) if samples > 1 else slice(None)
    names = [str(c) for c in range(classes)]
    return RunData(network, history, settings, (X, Y), (X[:, half], Y[half]), names, snapshots)


@pytest.fixture(scope="module")
def run():
    return make_run()


def draw(run, name):
    return FIGURES[name].draw(run)


# ---------------------------------------------------------------------------------- training


def test_training_pulse_draws_what_the_monitor_noted(run):
    rate, gradients, updates = training_pulse(run.history, 0.1).axes
    assert list(rate.lines[0].get_ydata()) == [0.1] * 30
    for axes, columns in [(gradients, ("gradient_W1", "gradient_W2")), (updates, ("update_W1", "update_W2"))]:
        assert [list(line.get_ydata()) for line in axes.lines] == [run.history[column] for column in columns]
        assert axes.get_yscale() == "log"
    assert len(training_pulse(run.history).axes) == 2
    with pytest.raises(InputError, match="history has no column 'gradient_W1'"):
        training_pulse(make_run(monitored=False).history)


def test_weights_over_time_draws_the_units_at_the_moments(rng):
    W1 = rng.normal(size=(13, 3, 9))
    axes = weights_over_time(W1, range(0, 1300, 100)).axes[0]
    shown = tiles(axes.images[0], 21, side=3, columns=7).reshape(3, 7, 9)
    np.testing.assert_array_equal(shown, W1[::2].swapaxes(0, 1))
    assert [t for t in texts(axes) if "step" in t] == [f"step {step:,}" for step in range(0, 1300, 200)]
    assert [t for t in texts(axes) if "unit" in t] == ["unit 0", "unit 1", "unit 2"]
    assert axes.get_title(loc="left") == "Weights during training: all hidden units,\n7 of 13 snapshots"


def test_a_figure_of_some_units_says_how_many_it_leaves_out(rng):
    figure = weights_over_time(rng.normal(size=(50, 800, 9)), range(50))
    title = figure.axes[0].get_title(loc="left")
    assert title.startswith("Weights during training: the 8 of 800 hidden units with the largest norm")
    assert nothing_is_cut_off(figure)
    assert frame_title("the 10 of 800 hidden units", 0, History()).startswith("Weights of the 10 of 800 hidden units")
    network = TwoLayerNN(16, 30, 3, seed=0)
    axes = unit_responses(network, rng.random((16, 20), np.float32), np.arange(20) % 3).axes[0]
    assert axes.get_title(loc="left").startswith("10 of 30 hidden units")


@pytest.mark.parametrize(
    ("step", "validation", "told"),
    [
        (0, True, "before the first step"),
        (1, True, "after 1 of 30 steps, in the first epoch"),
        (9, True, "after 9 of 30 steps, in the first epoch"),
        (10, True, "after 10 of 30 steps; epoch 1: validation accuracy 51.0%"),
        (29, True, "after 29 of 30 steps; epoch 2: validation accuracy 52.0%"),
        (29, False, "after 29 of 30 steps; epoch 2: training accuracy 72.0%"),
        (30, True, "at the end, 30 steps; epoch 3: validation accuracy 53.0%"),
    ],
)
def test_a_frame_of_the_animation_has_the_accuracy_of_the_last_epoch_that_had_ended(step, validation, told):
    history = History()
    for epoch in (1, 2, 3):
        row = {"epoch": epoch, "step": 10 * epoch, "accuracy": 0.7 + epoch / 100}
        history.rows.append(row | ({"validation_accuracy": 0.5 + epoch / 100} if validation else {}))
    assert frame_title("all hidden units", step, history) == f"Weights of all hidden units\n{told}"


def test_the_animation_has_a_frame_for_each_snapshot_and_ends_with_the_network(tmp_path):
    run = make_run(epochs=8)
    path = save_animation(run.snapshots, run.history, tmp_path / "w.gif")
    with Image.open(path) as animation:
        assert (animation.format, animation.n_frames) == ("GIF", len(run.snapshots))
        animation.seek(animation.n_frames - 1)
        last = np.asarray(animation.convert("RGB"), int)
    frames = animation_frames(run.snapshots, run.history)
    assert np.abs(last - frames[-1]).mean() < 4  # few colors, but those
    strongest = np.unravel_index(np.abs(run.network.W1).argmax(), run.network.W1.shape)
    red = run.network.W1[strongest] > 0
    extreme = np.array([103, 0, 31] if red else [5, 48, 97])  # the ends of the color map
    assert (np.abs(frames[-1].astype(int) - extreme).max(axis=-1) <= 2).sum() > 100
    with pytest.raises(InputError, match="no snapshots"):
        save_animation(Snapshots(), run.history, tmp_path / "none.gif")


# ---------------------------------------------------------------------------------- answers


def test_mistakes_stand_above_their_nearest_training_images(rng):
    X, train, labels = rng.random((9, 20)), rng.random((9, 50)), rng.integers(0, 3, 50)
    probabilities, Y = rng.dirichlet(np.ones(3), 20).T, rng.integers(0, 3, 20)
    (axes,) = mistakes(X, Y, probabilities, (train, labels)).axes
    predicted, sure = probabilities.argmax(axis=0), probabilities.max(axis=0)
    chosen = sorted(np.flatnonzero(predicted != Y), key=lambda i: -sure[i])[:8]
    shown = tiles(axes.images[0], 40, side=3, columns=8).reshape(5, 8, 9)
    for column, i in enumerate(chosen):
        np.testing.assert_array_equal(shown[0, column], X[:, i])
        order = np.argsort(np.linalg.norm(train - X[:, [i]], axis=0))[:4]
        np.testing.assert_array_equal(shown[1:, column], train[:, order].T)
        assert texts(axes)[column] == f"✗ {predicted[i]}  {sure[i]:.0%}\nis {Y[i]}"
        signs = {Y[i]: "✓ ", predicted[i]: "✗ "}
        assert texts(axes)[8 + column :: 8] == [f"{signs.get(labels[n], '')}{labels[n]}" for n in order]
    colors = {text[0]: to_hex(frame.get_edgecolor()) for text, frame in zip(texts(axes), axes.patches, strict=True)}
    assert (colors["✓"], colors["✗"]) == (RIGHT.lower(), WRONG.lower())
    with pytest.raises(InputError, match="no mistake among 20 samples"):
        mistakes(X, predicted, probabilities, (train, labels))


def test_per_class_draws_precision_recall_and_their_intervals():
    counts = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    (axes,) = per_class(counts, ["zero", "one", "never"]).axes
    recall, precision = axes.containers
    assert list(recall.lines[0].get_xdata()) == [0.8, 0.9]  # a class that never came has none
    assert list(precision.lines[0].get_xdata()) == pytest.approx([8 / 9, 9 / 11])
    ends = np.array([segment[:, 0] for segment in recall.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends.T, wilson([8, 9], [10, 10]))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["zero", "one", "never"]


def test_calibration_draws_reliability_and_rejection(rng):
    probabilities, Y = rng.dirichlet(np.ones(3), 200).T, rng.integers(0, 3, 200)
    left, bars, right = calibration(probabilities, Y).axes
    expected = reliability(probabilities, Y)
    some = expected.counts > 0
    np.testing.assert_allclose(left.containers[0].lines[0].get_xydata(), np.stack(expected[2:4], axis=1)[some])
    assert [bar.get_height() for bar in bars.patches] == expected.counts.tolist()
    assert sum(bar.get_height() for bar in bars.patches) == 200
    assert f"{expected.error:.1%}" in left.get_title(loc="left")
    np.testing.assert_array_equal(right.lines[0].get_xydata().T, rejection_curve(probabilities, Y))
    assert right.lines[0].get_ydata()[0] == np.mean(probabilities.argmax(axis=0) == Y)


def test_saliency_draws_each_picture_above_its_gradient(run):
    (axes,) = draw(run, "saliency").axes
    chosen = run.pick(16)
    X, Y = run.test[0][:, chosen], run.test[1][chosen]
    read = run.network.predict(X)
    pixels = np.ma.filled(axes.images[0].get_array(), np.nan)
    gradients = np.array([image.get_array() for image in axes.images[1:]]).reshape(16, -1)
    np.testing.assert_allclose(gradients, logit_gradient(run.network, X, read).T)
    limits = np.array([image.get_clim() for image in axes.images[1:]])
    np.testing.assert_allclose(limits.T, [-np.abs(gradients).max(axis=1), np.abs(gradients).max(axis=1)])
    step = round(axes.patches[8].get_y() - axes.patches[0].get_y())
    for i, image in enumerate(axes.images[1:]):
        left, _, bottom, top = (round(edge + 0.5) for edge in image.get_extent())
        assert bottom - top == SIDE
        above = pixels[top - step : bottom - step, left : left + SIDE]
        np.testing.assert_array_equal(above.ravel(), X[:, i])
    signs = [f"✓ {c}" if c == y else f"✗ {c}, is {y}" for c, y in zip(read, Y, strict=True)]
    assert [text for text in texts(axes) if text] == signs


def test_adversarial_begins_at_the_accuracy_and_shows_the_attacked_picture(run):
    axes, *strip = [axes for each in draw(run, "adversarial").subfigs for axes in each.axes]
    random, attacked = axes.lines
    assert random.get_ydata()[0] == attacked.get_ydata()[0] == run.network.evaluate(*run.test)
    for ε, accuracy in attacked.get_xydata():
        assert accuracy == run.network.evaluate(fgsm(run.network, *run.test, ε), run.test[1])
    X, Y = run.test
    shown = [np.asarray(panel.images[0].get_array()).ravel() for panel in strip]
    (i,) = np.flatnonzero((shown[0] == X.T).all(axis=1))
    right = [run.network.predict(fgsm(run.network, X, Y, ε)) == Y for ε in (0, 0.15)]
    assert i == np.flatnonzero(right[0] & ~right[1])[0]
    for panel, picture, ε in zip(strip, shown, (0, 0.05, 0.1, 0.15, 0.2, 0.3), strict=True):
        np.testing.assert_array_equal(picture, fgsm(run.network, X, Y, ε)[:, i])
        A2 = run.network.predict_proba(picture[:, None])[:, 0]
        assert panel.get_xlabel() == f"{'✓' if A2.argmax() == Y[i] else '✗'} {A2.argmax()}  {A2.max():.0%}"
        assert panel.get_title() == f"ε = {ε:g}"
    chance = [accuracy for _, accuracy in random.get_xydata()]
    assert chance == list(accuracy_under_attack(run.network, X, Y, np.linspace(0, 0.3, 13)).random)


def test_robustness_draws_the_accuracy_at_each_level(run):
    axes = draw(run, "robustness").axes
    pictures = run.test[0].T.reshape(-1, SIDE, SIDE)
    for curve, change in zip(axes[::2], DISTORTIONS, strict=True):
        assert list(curve.lines[0].get_xdata()) == list(change.levels)
        assert change.name in curve.get_title(loc="left")
        by_level = dict(curve.lines[0].get_xydata())
        assert by_level[change.neutral] == pytest.approx(run.network.evaluate(*run.test))
        for level in change.levels:
            changed = change.apply(pictures, level)
            expected = [run.network.evaluate(each.reshape(len(each), -1).T, run.test[1]) for each in changed]
            assert by_level[level] == pytest.approx(np.mean(expected))
    picture = pictures[np.flatnonzero(run.network.predict(run.test[0]) == run.test[1])[0]]
    for strip, change in zip(axes[1::2], DISTORTIONS, strict=True):
        levels = [float(text) for text in texts(strip)]
        assert levels[:1] + levels[-1:] == [change.levels[0], change.levels[-1]]
        for image, level in zip(strip.images, levels, strict=True):
            np.testing.assert_allclose(image.get_array(), change.apply(picture[None], level)[0][0])


# ---------------------------------------------------------------------------------- the network


def test_unit_responses_draws_weights_and_the_pictures_with_the_largest_answers(run):
    X, Y = run.test
    (axes,) = unit_responses(run.network, X, Y).axes
    weights = np.array([image.get_array() for image in axes.images[1:]])
    np.testing.assert_array_equal(weights.reshape(6, -1), run.network.W1)
    Z1 = run.network.forward(X).Z1
    pixels = np.ma.filled(axes.images[0].get_array(), np.nan)
    captions = texts(axes)
    for unit, (row, votes) in enumerate(zip(Z1, run.network.W2.T, strict=True)):
        frames, said = (all_of[9 * unit : 9 * unit + 9] for all_of in (axes.patches, captions))
        assert said[0] == f"for {votes.argmax()}, not {votes.argmin()}"
        for frame, words, i in zip(frames[1:], said[1:], np.argsort(-row), strict=False):
            left, top = round(frame.get_x() + 0.5), round(frame.get_y() + 0.5)
            np.testing.assert_array_equal(pixels[top : top + SIDE, left : left + SIDE].ravel(), X[:, i])
            assert words == str(Y[i])
        corner = np.array(axes.images[1 + unit].get_extent())[[0, 3]]
        np.testing.assert_allclose(corner, frames[0].get_xy())
    assert captions[54:] == [f"unit {unit}" for unit in range(6)]


def test_histograms_count_every_entry(run):
    figure = draw(run, "layers")
    A1, Z2, W1, W2, units = figure.axes
    forward = run.network.forward(run.train[0])
    gradients = run.network.backward(*run.train)
    for axes, values in [(A1, forward.A1), (Z2, forward.Z2), (W1, gradients["W1"]), (W2, gradients["W2"])]:
        assert sum(bar.get_height() for bar in axes.patches) == np.count_nonzero(values)
    zeros = np.mean(forward.A1 == 0)
    assert f"and {zeros:.0%} exactly 0" in texts(A1)
    shares = [bar.get_height() for bar in units.patches]
    np.testing.assert_allclose(shares, np.sort((forward.Z1 > 0).mean(axis=1)))


def test_dead_units_are_crossed_out_and_those_nearly_so_are_told():
    run = make_run(epochs=1)
    run.network.b1[[1, 4]] = -100
    Z1 = run.network.forward(run.train[0]).Z1
    run.network.b1[2] -= Z1[2].max() - 1e-6  # which leaves it one sample of 60
    figure = draw(run, "layers")
    units = figure.axes[-1]
    assert texts(units) == ["1.7%"]
    assert units.texts[0].get_position()[0] == 2  # after the two that are dead
    assert figure.axes[3].get_yscale() == "linear"  # 18 gradients: too few for powers of ten
    assert list(units.lines[0].get_xdata()) == [0, 1]
    assert [label.get_text() for label in units.get_xticklabels()][:2] == ["1", "4"]
    assert "2 of 6 dead" in units.get_title(loc="left")


def test_projection_is_that_of_the_singular_value_decomposition(rng):
    A1, Y = rng.normal(size=(5, 40)), np.arange(40) % 2
    (axes,) = hidden_projection(A1, Y).axes
    drawn = np.concatenate([points.get_offsets() for points in axes.collections])
    centered = A1 - A1.mean(axis=1, keepdims=True)
    U, s, _ = np.linalg.svd(centered, full_matrices=False)
    expected = (U[:, :2].T @ centered)[:, np.argsort(Y, kind="stable")]
    np.testing.assert_allclose(np.abs(drawn.T), np.abs(expected))
    assert f"{s[0] ** 2 / np.sum(s**2):.0%} of the variance" in axes.get_xlabel()
    assert texts(axes) == ["0", "1"]
    for points, text in zip(axes.collections, axes.texts, strict=True):
        assert points.get_label() == text.get_text()
        assert to_hex(points.get_facecolor()[0]) == to_hex(text.get_color())
        np.testing.assert_allclose(text.get_position(), np.median(np.asarray(points.get_offsets()), axis=0), atol=0.3)


def test_numbers_of_classes_on_the_projection_do_not_cover_each_other(rng):
    names = [f"a name of some letters {number}" for number in range(10)]
    (axes,) = hidden_projection(rng.normal(size=(5, 400)), np.arange(400) % 10, names).axes  # all at one place
    axes.figure.draw_without_rendering()
    middles = axes.transData.transform([text.get_position() for text in axes.texts]) / axes.figure.dpi  # inches
    apart = np.linalg.norm(middles[:, None] - middles, axis=2)[~np.eye(10, dtype=bool)]
    assert apart.min() > 0.2  # letters of 18 points are 0.18 inches high
    assert np.abs(middles - np.median(middles, axis=0)).max() < 1


def test_the_path_on_the_landscape_ends_at_the_network_and_shows_the_way(run):
    around, plane = draw(run, "landscape").axes
    for axes in (around, plane):
        assert tuple(axes.lines[-1].get_xydata()[0]) == (0, 0)
    path = plane.lines[0].get_xydata()
    assert len(path) == len(run.snapshots)
    np.testing.assert_allclose(path[-1], 0, atol=1e-2)
    names = list(run.network.parameters)
    flat = [np.concatenate([np.ravel(each[name]) for name in names]).astype(float) for each in run.snapshots.parameters]
    far = np.linalg.norm(flat[0] - flat[-1])
    assert np.linalg.norm(path[0]) == pytest.approx(far, rel=0.02)  # the plane shows nearly all of the way


def losses_at(axes, x, y):
    """The lowest and the highest loss that a place of a landscape may have by its shade; None at an edge of it."""
    filled = axes.collections[0]
    here = [k for k, path in enumerate(filled.get_paths()) if path.contains_point((x, y))]
    return (filled.levels[here[0]], filled.levels[here[-1] + 1]) if here else None


def test_no_number_on_the_landscape_stands_under_the_path_or_its_word():
    along = np.linspace(-1, 1, 9)
    bowl = Plane(along, along, 0.1 + along**2 + (along[:, None] + 0.3) ** 2)

    def numbers(path):
        axes = loss_landscape(bowl, bowl, Path((), np.array(path, float).T, np.ones(2))).axes[1]
        return {text.get_position() for text in axes.texts if text.get_visible() and text.get_text() != "start"}

    far = numbers([(5, 5), (6, 6)])
    assert len(far) > 3
    for place in far:
        assert far - numbers([(5, 5), place]) == {place}
        near = numbers([place, (6, 6)])
        assert place not in near
        side = 1 if place[0] < 0 else -1  # of the ring, where the word is
        assert not [(x, y) for x, y in near if 0 < side * (x - place[0]) < 0.4 and abs(y - place[1]) < 0.1]


def test_the_landscape_is_dark_where_the_loss_is_large():
    across, up = np.linspace(-1, 1, 9), np.linspace(-2, 2, 5)
    losses = np.exp(across + 0.1 * up[:, None])  # grows to the right, and hardly upwards
    (axes,) = loss_landscape(Plane(across, up, losses)).axes
    filled = axes.collections[0]
    assert filled.levels[[0, -1]] == pytest.approx([losses.min(), losses.max()])
    shades = filled.cmap(filled.norm(filled.cvalues))[:, :3].sum(axis=1)
    assert (np.diff(shades) < 0).all()
    for row, column in np.ndindex(3, 7):
        low, high = losses_at(axes, across[column + 1], up[row + 1])
        assert low * 0.999 <= losses[row + 1, column + 1] <= high * 1.001


def test_the_landscapes_are_those_of_the_run(run):
    around, plane = draw(run, "landscape").axes
    X, Y = run.train
    for axes, directions in [
        (around, (filter_normalized(run.network, seed=0), filter_normalized(run.network, seed=1))),
        (plane, path_of_training(run.network, run.snapshots.parameters).directions),
    ]:
        (left, bottom), (right, top) = axes.dataLim.get_points()
        moved = TwoLayerNN(**configuration(run.network))
        for a, b in itertools.product((0.25, 0.5, 0.75), repeat=2):  # places of the grid, where the loss is not guessed
            x, y = left + a * (right - left), bottom + b * (top - bottom)
            for name, θ in run.network.parameters.items():
                moved.parameters[name][...] = θ + x * directions[0][name] + y * directions[1][name]
            low, high = losses_at(axes, x, y)
            assert low * 0.999 <= moved.loss(X, Y) <= high * 1.001


def test_learning_rates_marks_the_lowest_loss_and_what_is_off_the_scale():
    sweep = Sweep(np.array([0.01, 0.1, 1.0, 3.0, 10.0]), 2.3, np.array([2.0, 0.5, 0.9, 50, np.inf]), 1250, 1000)
    (axes,) = learning_rates(sweep, used=0.1, optimizer="sgd").axes
    assert axes.get_title(loc="left") == "Loss on 1,000 training samples after 1,250 steps of sgd on them"
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[0.01, 2], [0.1, 0.5], [1, 0.9], [3, 23]])
    marked = {line.get_marker(): list(line.get_xdata()) for line in axes.lines if line.get_marker() in ("x", "^")}
    assert marked == {"x": [10], "^": [3]}
    assert {"lowest: 0.1", "diverged", "above 23", " this run: 0.1"} <= set(texts(axes))
    assert "longer training" in axes.figure._supxlabel.get_text()


def test_the_sweep_of_a_run_is_its_own_training(run):
    (axes,) = draw(run, "learning_rates").axes
    again = TwoLayerNN(SIDE**2, 6, 3, seed=0)
    again.train(*run.train, epochs=50, learning_rate=0.1)
    gone = [x for line in axes.lines if line.get_marker() == "x" for x in line.get_xdata()]
    np.testing.assert_allclose(sorted([*axes.lines[0].get_xdata(), *gone]), np.logspace(-3, 1, 9))
    losses = dict(zip(np.round(axes.lines[0].get_xdata(), 9), axes.lines[0].get_ydata(), strict=True))
    assert losses[0.1] == again.loss(*run.train)


def test_decision_boundaries_color_each_place_by_its_answer(run):
    figure = draw(run, "decision_boundaries")
    for axes, classes in zip(figure.axes, (2, 2, 3), strict=True):
        areas = np.array([~np.ma.getmaskarray(np.ma.masked_invalid(image.get_array())) for image in axes.images])
        assert len(areas) == classes
        np.testing.assert_array_equal(areas.sum(axis=0), 1)  # each place has one answer
        low, high = axes.get_xlim()
        right = 0
        for label, line in enumerate(axes.lines[:classes]):
            x, y = np.clip((line.get_xydata().T - low) / (high - low), 0, 1) * (areas.shape[1] - 1)
            right += areas[label, np.rint(y).astype(int), np.rint(x).astype(int)].sum()
        told = float(re.search(r"(\d+)% correct", axes.get_title(loc="left"))[1])
        assert told == pytest.approx(100 * right / 240, abs=2)  # a sample at an edge may fall on the next pixel


# ---------------------------------------------------------------------------------- the set of them


def artists(figure):
    """Everything that a figure shows, as values that can be compared."""
    shown = []
    for axes in figure.axes:
        shown += [axes.get_title(loc="left"), *texts(axes), *(t.get_text() for t in axes.get_yticklabels())]
        shown += [line.get_xydata().tolist() for line in axes.lines]
        shown += [np.ma.filled(image.get_array(), 9).tolist() for image in axes.images]
        shown += [np.asarray(points.get_offsets()).tolist() for points in axes.collections]
    return shown


def test_the_names_stand_for_the_runs_own_data(run):
    (X, Y), W1 = run.test, run.network.W1
    probabilities = run.network.predict_proba(X)
    counts = np.zeros((3, 3), int)
    np.add.at(counts, (Y, probabilities.argmax(axis=0)), 1)
    expected = {
        "training_progress": training_progress(run.history),
        "training_pulse": training_pulse(run.history, 0.1),
        "sample_predictions": sample_predictions(X, Y, probabilities),
        "mistakes": mistakes(X, Y, probabilities, run.train),
        "confusion": confusion(counts),
        "per_class": per_class(counts),
        "calibration": calibration(probabilities, Y),
        "hidden_weights": hidden_weights(W1),
        "weights_over_time": weights_over_time(
            np.array([each["W1"] for each in run.snapshots.parameters], np.float32), run.snapshots.steps
        ),
        "unit_responses": unit_responses(run.network, X, Y),
        "projection": hidden_projection(run.network.forward(X).A1, Y),
    }
    for name, figure in expected.items():
        assert artists(draw(run, name)) == artists(figure), name


def test_names_of_classes_stand_in_all_figures_that_tell_classes(run):
    names = ["zero", "one", "a name that is far too long"]
    named = RunData(run.network, run.history, run.settings, run.train, run.test, names, run.snapshots)
    for name in ("sample_predictions", "mistakes", "unit_responses", "saliency", "adversarial"):
        assert named_below(draw(named, name)) == "0 zero   1 one   2 a name that is far …"
        assert named_below(draw(run, name)) is None
    for name in ("confusion", "per_class"):
        (axes,) = draw(named, name).axes
        written = {*texts(axes), *(label.get_text() for label in axes.get_yticklabels())}
        assert {"zero", "one"} <= written, name
    (key,) = draw(named, "projection").legends
    for handle, text, name, points in zip(
        key.legend_handles, key.get_texts(), named.names, draw(named, "projection").axes[0].collections, strict=True
    ):
        assert text.get_text() == name == points.get_label()
        np.testing.assert_array_equal(handle.get_facecolor(), points.get_facecolor())
        assert handle.get_paths()[0].vertices.tolist() == points.get_paths()[0].vertices.tolist()
    (key,) = draw(run, "projection").legends
    assert (key.get_texts(), key.get_title().get_text()) == (
        [],
        "each picture is drawn as the number of its class; the large number is the median of the class",
    )
    (axes,) = draw(named, "confusion").axes
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["zero", "one", "a name that is far …"]


def named_below(figure):
    return figure._supxlabel.get_text() if figure._supxlabel else None


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "softplus"},
        *(pytest.param({"activation": name}, marks=pytest.mark.slow) for name in ACTIVATIONS if name != "softplus"),
        {"classes": 12},
        {"samples": 1},
        pytest.param({"initializer": "zeros"}, marks=pytest.mark.slow),
        pytest.param({"hidden": 1}, marks=pytest.mark.slow),
        pytest.param({"loss": "squared-error", "output": "sigmoid"}, marks=pytest.mark.slow),
        pytest.param(
            {"classes": 1},
            marks=[pytest.mark.slow, pytest.mark.filterwarnings("ignore:all 60 samples are of one class")],
        ),
        pytest.param({"samples": 2, "batch_size": 1, "epochs": 1}, marks=pytest.mark.slow),
        pytest.param({"dtype": np.float64, "label_smoothing": 0.1}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_every_figure_of_any_run_is_drawn_or_says_why_not(options):
    run = make_run(**{"epochs": 4, **options})
    for name, figure in draw_figures(run, FIGURES):
        if isinstance(figure, InputError):
            assert name == "mistakes", figure
            assert "no mistake" in str(figure)
        else:
            figure.draw_without_rendering()
            assert caption(name, run, figure) or (name, options) == ("projection", {"hidden": 1})
            assert "activation" in options or nothing_is_cut_off(figure), name  # the others differ by more than numbers


def test_inputs_that_are_no_pictures_leave_out_the_pictures_only():
    left_out = {name for name, figure in draw_figures(make_run(D=5), FIGURES) if isinstance(figure, InputError)}
    assert left_out == {
        "sample_predictions", "mistakes", "hidden_weights", "weights_over_time", "unit_responses", "saliency",
        "adversarial", "robustness",
    }  # fmt: skip


def test_samples_of_another_size_are_refused(run):
    with pytest.raises(InputError, match=r"X must have the shape \(16, samples\)"):
        RunData(run.network, run.history, run.settings, run.train, (run.test[0][:3], run.test[1]), run.classes)


def test_the_registry_knows_them_by_name_and_takes_new_ones(run):
    assert set(QUICK) < set(FIGURES)
    with pytest.raises(InputError, match="unknown figure 'landscpae'; did you mean 'landscape'"):
        FIGURES["landscpae"]
    code = (
        "import sys; from neural_network.inspection.figures import FIGURES, register_figure;"
        "register_figure('mine', 'about')(lambda run: run * 2); assert FIGURES['mine'].draw(4) == 8;"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
    with pytest.raises(InputError, match="registered already"):
        register_figure("confusion", "again")(lambda run: run)
