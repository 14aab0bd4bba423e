"""The figures of a run draw what they say: their artists are asked for their data, and an oracle is asked too."""

import re
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from test_figures import texts, tiles

from neural_network import InputError, TwoLayerNN
from neural_network.activations import ACTIVATIONS
from neural_network.analysis.adversarial import fgsm
from neural_network.analysis.calibration import rejection_curve, reliability
from neural_network.analysis.gradients import score_gradient
from neural_network.analysis.intervals import wilson
from neural_network.analysis.robustness import CHANGES
from neural_network.analysis.sweep import Sweep
from neural_network.figures import (
    FIGURES,
    QUICK,
    RunData,
    calibration,
    draw_figures,
    hidden_projection,
    learning_rates,
    mistakes,
    per_class,
    register_figure,
    save_animation,
    training_pulse,
    unit_responses,
    weights_over_time,
)
from neural_network.figures.animation import animation_frames
from neural_network.figures.style import RIGHT, WRONG
from neural_network.monitor import Monitor
from neural_network.snapshots import Snapshots

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
    training = {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": batch_size, "schedule": "constant"}
    half = slice(samples // 2, None) if samples > 1 else slice(None)
    names = [str(c) for c in range(classes)]
    return RunData(network, history, training, (X, Y), (X[:, half], Y[half]), names, snapshots)


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


def test_the_film_has_a_frame_for_each_snapshot_and_ends_with_the_network(run, tmp_path):
    path = save_animation(run.snapshots, run.history, tmp_path / "w.gif")
    with Image.open(path) as film:
        assert (film.format, film.n_frames) == ("GIF", len(run.snapshots))
        film.seek(film.n_frames - 1)
        last = np.asarray(film.convert("RGB"), int)
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
    X, read = run.test[0][:, chosen], run.network.predict(run.test[0][:, chosen])
    first = tiles(axes.images[0], 8, side=SIDE, columns=8)
    np.testing.assert_array_equal(first.reshape(8, -1), X.T[:8])
    gradients = np.array([image.get_array() for image in axes.images[1:]]).reshape(16, -1)
    np.testing.assert_allclose(gradients, score_gradient(run.network, X, read).T)
    assert len([text for text in texts(axes) if text]) == 16


def test_adversarial_begins_at_the_accuracy_and_shows_the_attacked_picture(run):
    axes, *strip = [axes for each in draw(run, "adversarial").subfigs for axes in each.axes]
    random, attacked = axes.lines
    assert random.get_ydata()[0] == attacked.get_ydata()[0] == run.network.evaluate(*run.test)
    for ε, accuracy in attacked.get_xydata():
        assert accuracy == run.network.evaluate(fgsm(run.network, *run.test, ε), run.test[1])
    first, last = (np.asarray(panel.images[0].get_array()) for panel in (strip[0], strip[-1]))
    assert any(np.array_equal(first.ravel(), x) for x in run.test[0].T)
    assert np.abs(last - first).max() == pytest.approx(0.3)


def test_robustness_draws_the_accuracy_at_each_level(run):
    axes = draw(run, "robustness").axes
    pictures = run.test[0].T.reshape(-1, SIDE, SIDE)
    for curve, change in zip(axes[::2], CHANGES, strict=True):
        assert list(curve.lines[0].get_xdata()) == list(change.levels)
        by_level = dict(curve.lines[0].get_xydata())
        assert by_level[change.neutral] == pytest.approx(run.network.evaluate(*run.test))
        changed = change.apply(pictures, change.levels[-1])
        expected = [run.network.evaluate(each.reshape(len(each), -1).T, run.test[1]) for each in changed]
        assert by_level[change.levels[-1]] == pytest.approx(np.mean(expected))
    assert len(axes[1].images) == 5


# ---------------------------------------------------------------------------------- the network


def test_unit_responses_draws_weights_and_the_pictures_with_the_largest_answers(run):
    X, Y = run.test
    (axes,) = unit_responses(run.network, X, Y).axes
    weights = np.array([image.get_array() for image in axes.images[1:]])
    np.testing.assert_array_equal(weights.reshape(6, -1), run.network.W1)
    Z1 = run.network.forward(X).Z1
    pixels = np.ma.filled(axes.images[0].get_array(), np.nan)
    left, top = round(axes.patches[1].get_x() + 0.5), round(axes.patches[1].get_y() + 0.5)
    np.testing.assert_array_equal(pixels[top : top + SIDE, left : left + SIDE].ravel(), X[:, Z1[0].argmax()])
    assert texts(axes)[1] == str(Y[Z1[0].argmax()])


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


def test_dead_units_are_crossed_out():
    run = make_run(epochs=1)
    run.network.b1[[1, 4]] = -100
    units = draw(run, "layers").axes[-1]
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


def test_learning_rates_marks_the_best_and_those_that_diverged():
    sweep = Sweep(np.array([0.01, 0.1, 1.0, 10.0]), 2.3, np.array([2.0, 0.5, 0.9, np.inf]), 50)
    (axes,) = learning_rates(sweep, used=0.1, optimizer="sgd").axes
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[0.01, 2], [0.1, 0.5], [1, 0.9]])
    crosses = next(line for line in axes.lines if line.get_marker() == "x")
    assert list(crosses.get_xdata()) == [10]
    assert {"best: 0.1", "diverged", " this run: 0.1"} <= set(texts(axes))


def test_the_sweep_of_a_run_is_its_own_training(run):
    (axes,) = draw(run, "learning_rates").axes
    again = TwoLayerNN(SIDE**2, 6, 3, seed=0)
    again.train(*run.train, epochs=50, learning_rate=0.1)
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
        told = float(re.search(r"(\d+)% right", axes.get_title(loc="left"))[1])
        assert told == pytest.approx(100 * right / 240, abs=2)  # a sample at an edge may fall on the next pixel


# ---------------------------------------------------------------------------------- the set of them


@pytest.mark.parametrize(
    "options",
    [
        *({"activation": name} for name in ACTIVATIONS),
        {"loss": "squared-error", "output": "sigmoid"},
        {"initializer": "zeros"},
        {"hidden": 1},
        {"classes": 1},
        {"classes": 12},
        {"samples": 1},
        {"samples": 2, "batch_size": 1, "epochs": 1},
        {"dtype": np.float64, "label_smoothing": 0.1},
    ],
    ids=str,
)
def test_every_figure_of_any_run_is_drawn_or_says_why_not(options):
    for name, figure in draw_figures(make_run(**{"epochs": 4, **options}), FIGURES):
        if isinstance(figure, InputError):
            assert name == "mistakes", figure
            assert "no mistake" in str(figure)
        else:
            figure.draw_without_rendering()


def test_inputs_that_are_no_pictures_leave_out_the_pictures_only():
    left_out = {name for name, figure in draw_figures(make_run(D=5), FIGURES) if isinstance(figure, InputError)}
    assert left_out == {
        "sample_predictions", "mistakes", "hidden_weights", "weights_over_time", "unit_responses", "saliency",
        "adversarial", "robustness",
    }  # fmt: skip


def test_samples_of_another_size_are_refused(run):
    with pytest.raises(InputError, match=r"X must have the shape \(16, samples\)"):
        RunData(run.network, run.history, {}, run.train, (run.test[0][:3], run.test[1]), run.classes)


def test_the_registry_knows_them_by_name_and_takes_new_ones(run):
    assert set(QUICK) < set(FIGURES)
    with pytest.raises(InputError, match="unknown figure 'landscpae'; did you mean 'landscape'"):
        FIGURES["landscpae"]
    code = (
        "from neural_network.figures import FIGURES, register_figure; import neural_network.figures.catalog as c;"
        "register_figure('mine', 'about')(lambda run: run * 2); assert FIGURES['mine'].draw(4) == 8;"
        "import sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
    with pytest.raises(InputError, match="registered already"):
        register_figure("confusion", "again")(lambda run: run)
