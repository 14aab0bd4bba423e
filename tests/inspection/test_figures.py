"""What is drawn is what was given: the artists of a figure are asked for their data."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from neural_network import History, InputError, WorkError
from neural_network.inspection.figures import (
    changed_pictures,
    check_picture,
    confusion,
    contact_sheet,
    hidden_weights,
    per_class,
    sample_predictions,
    save_figure,
    save_figures,
    training_curves,
    training_progress,
)
from neural_network.inspection.figures.names import drawable
from neural_network.inspection.figures.saving import no_glyph_warnings
from neural_network.inspection.figures.style import RIGHT, STYLE, WRONG
from neural_network.inspection.figures.ticks import number_logarithmic


def history_of(epochs, validation=True, factor=0.9):
    history = History()
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "step": 10 * epoch, "loss": 2 * factor**epoch, "accuracy": 1 - 0.9 * factor**epoch}
        if validation:
            row |= {"validation_loss": 2.5 * factor**epoch, "validation_accuracy": 1 - 0.95 * factor**epoch}
        history.rows.append({**row, "seconds": 0.5 * epoch})
    return history


def texts(axes):
    return [text.get_text() for text in axes.texts]


def tiles(image, count, side, columns):
    """Find the pictures in an image again: runs of pixels that are not blank, row by row of tiles."""
    pixels = np.ma.filled(image.get_array(), np.nan)
    tops, lefts = (np.flatnonzero(np.diff(~np.isnan(line), prepend=False)) for line in (pixels[:, 0], pixels[0]))
    corners = [(top, left) for top in tops[::2] for left in lefts[::2]][:count]
    assert len(lefts[::2]) == min(columns, count)
    return np.array([pixels[top : top + side, left : left + side] for top, left in corners])


# ---------------------------------------------------------------------------------- training


@pytest.mark.parametrize("epochs", [1, 40])
def test_training_progress_draws_the_history_and_writes_its_last_values(epochs):
    history = history_of(epochs)
    loss, accuracy = training_progress(history).axes

    for axes, quantity in [(loss, "loss"), (accuracy, "accuracy")]:
        lines = {line.get_label(): line for line in axes.lines}
        for name, column in [("train", quantity), ("validation", f"validation_{quantity}")]:
            assert list(lines[name].get_ydata()) == history[column]
            assert list(lines[name].get_xdata()) == history["epoch"]
        assert lines["train"].get_linestyle() != lines["validation"].get_linestyle()
    for name, prefix in [("train", ""), ("validation", "validation_")]:
        assert f"{name} {history[prefix + 'loss'][-1]:.3f}" in texts(loss)
        assert f"{name} {history[prefix + 'accuracy'][-1]:.1%}" in texts(accuracy)


def test_training_progress_puts_the_label_of_the_higher_end_above_the_other():
    for axes in training_progress(history_of(40)).axes:
        below, above = sorted(axes.texts, key=lambda text: text.xy[1])
        assert (below.get_verticalalignment(), above.get_verticalalignment()) == ("top", "bottom")


def test_training_progress_without_validation_has_one_line_each():
    loss, accuracy = training_progress(history_of(3, validation=False)).axes
    assert [line.get_label() for line in [*loss.lines, *accuracy.lines]] == ["train", "train"]


@pytest.mark.parametrize(("factor", "scale"), [(0.99, "linear"), (0.8, "log")])
def test_a_loss_that_falls_to_a_tenth_gets_a_logarithmic_axis(factor, scale):
    loss, accuracy = training_progress(history_of(20, factor=factor)).axes
    assert (loss.get_yscale(), accuracy.get_yscale()) == (scale, "linear")


@pytest.mark.parametrize("ends", [(0.03, 0.04), (0.011, 0.8), (1e-6, 1e3), (2, 900)])
def test_a_logarithmic_axis_has_numbers(ends):
    axes = Figure().subplots()
    axes.set(yscale="log", ylim=ends)
    number_logarithmic(axes, "y")
    axes.figure.draw_without_rendering()
    low, high = axes.get_ylim()
    assert low <= ends[0] < ends[1] <= high
    numbers = [place for place in axes.get_yticks() if low <= place <= high]
    assert 2 <= len(numbers) <= 10
    if ends[0] > 0.001:
        written = dict(zip(axes.get_yticks(), (label.get_text() for label in axes.get_yticklabels()), strict=True))
        assert all(float(written[place]) == pytest.approx(place) for place in numbers)


def test_training_progress_refuses_an_empty_history():
    with pytest.raises(InputError, match="its columns are none yet"):
        training_progress(History())


# ---------------------------------------------------------------------------------- predictions


@pytest.fixture
def predictions(rng):
    """100 pictures of 3 × 3, of which every tenth is read wrong, always with probability 0.8."""
    Y = np.arange(100) % 10
    predicted = np.where(np.arange(100) % 10 == 7, 2, Y)
    return rng.random((9, 100)), Y, 0.02 + 0.78 * np.eye(10)[:, predicted]


def test_sample_predictions_draws_the_first_right_and_the_first_wrong_ones(predictions):
    X, Y, probabilities = predictions
    (axes,) = sample_predictions(X, Y, probabilities).axes
    right, wrong = np.flatnonzero(Y != 7)[:16], np.flatnonzero(Y == 7)[:8]

    shown = tiles(axes.images[0], 24, side=3, columns=8)
    np.testing.assert_array_equal(shown.reshape(24, 9), X.T[[*right, *wrong]])
    assert texts(axes) == [f"✓ {Y[i]}  80%" for i in right] + ["✗ 2  80%\nis 7"] * 8
    assert [to_hex(frame.get_edgecolor()) for frame in axes.patches] == [RIGHT.lower()] * 16 + [WRONG.lower()] * 8
    assert axes.get_title(loc="left") == "Predictions: 16 of 90 correct ones, 8 of 10 wrong ones"


def test_sample_predictions_fills_up_with_wrong_ones_where_few_are_right(predictions):
    X, Y, probabilities = predictions
    other = np.where(np.arange(100) < 3, Y, (Y + 1) % 10)
    (axes,) = sample_predictions(X, other, probabilities).axes
    assert [text[0] for text in texts(axes)] == ["✓"] * 3 + ["✗"] * 21


def test_sample_predictions_without_labels_claims_neither_right_nor_wrong(predictions):
    X, _, probabilities = predictions
    (axes,) = sample_predictions(X[:, :5], None, probabilities[:, :5]).axes
    assert texts(axes) == ["0  80%", "1  80%", "2  80%", "3  80%", "4  80%"]
    np.testing.assert_array_equal(tiles(axes.images[0], 5, side=3, columns=8).reshape(5, 9), X.T[:5])


def test_sample_predictions_refuses_what_does_not_fit(predictions):
    X, Y, probabilities = predictions
    with pytest.raises(InputError, match=r"X: 8 inputs make no square picture"):
        sample_predictions(X[:8], Y, probabilities)
    with pytest.raises(InputError, match=r"probabilities must have the shape \(classes, 100\), not \(10, 99\)"):
        sample_predictions(X, Y, probabilities[:, 1:])
    with pytest.raises(InputError, match="equally many samples, not 100 and 99"):
        sample_predictions(X, Y[1:], probabilities)


# ---------------------------------------------------------------------------------- weights


def test_hidden_weights_draws_every_unit_on_one_symmetric_scale(rng):
    W1 = rng.normal(size=(10, 16))
    W1[3, 5] = -9
    axes = hidden_weights(W1).axes[0]
    np.testing.assert_array_equal(tiles(axes.images[0], 10, side=4, columns=5).reshape(10, 16), W1)
    assert axes.images[0].get_clim() == (-9, 9)
    assert axes.images[0].colorbar is not None
    assert texts(axes) == [f"unit {i}" for i in range(10)]


def test_hidden_weights_of_many_units_draws_the_64_largest_and_says_so(rng):
    W1 = rng.normal(size=(800, 9))
    W1[11::12] *= 100  # 66 units, of which the two weakest are left out
    W1[[11, 23]] /= 10
    axes = hidden_weights(W1).axes[0]
    largest = range(35, 800, 12)
    assert texts(axes) == [f"unit {i}" for i in largest]
    np.testing.assert_array_equal(tiles(axes.images[0], 64, side=3, columns=8).reshape(64, 9), W1[largest])
    assert axes.get_title(loc="left") == "Weights of the 64 of 800 hidden units with the largest norm"


def test_hidden_weights_of_zeros_are_drawn_too():
    assert hidden_weights(np.zeros((1, 4))).axes[0].images[0].get_clim() == (-1, 1)


def test_hidden_weights_refuses_inputs_that_make_no_square():
    with pytest.raises(InputError, match=r"W1: 12 inputs make no square picture; expected a square number"):
        hidden_weights(np.ones((3, 12)))


# ---------------------------------------------------------------------------------- confusion


@pytest.mark.parametrize("classes", [3, 10])
def test_confusion_writes_counts_and_shades_shares_of_the_row(rng, classes):
    counts = rng.integers(1, 50, (classes, classes)) + 200 * np.eye(classes, dtype=int)
    (axes,) = confusion(counts).axes
    shares = counts / counts.sum(axis=1, keepdims=True)

    written = {text.get_position(): text.get_text() for text in axes.texts}
    for row, column in np.ndindex(classes, classes):
        assert written[column, row] == f"{counts[row, column]}\n{shares[row, column]:.1%}"

    right, wrong = (np.ma.filled(image.get_array(), np.nan) for image in axes.images)
    np.testing.assert_array_equal(right, np.where(np.eye(classes), shares, np.nan))
    np.testing.assert_array_equal(wrong, np.where(np.eye(classes), np.nan, shares))
    assert axes.images[0].get_cmap() != axes.images[1].get_cmap()
    assert [image.get_clim() for image in axes.images] == [(0, 1), (0, 1)]


def test_confusion_leaves_cells_without_samples_blank():
    (axes,) = confusion(np.array([[5, 0], [0, 0]])).axes
    assert texts(axes) == ["5\n100.0%"]


def test_confusion_refuses_what_is_not_square():
    with pytest.raises(InputError, match=r"square matrix, \(classes, classes\), not an array of shape \(2, 3\)"):
        confusion(np.ones((2, 3)))


# ---------------------------------------------------------------------------------- comparison


def test_training_curves_draws_each_run_in_its_own_color_and_sign():
    histories = {"a": history_of(4), "b": history_of(6, validation=False, factor=0.5)}
    figure = training_curves(histories)
    for axes, quantity in zip(figure.axes, ("loss", "accuracy"), strict=True):
        drawn = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
        a, b = (history["epoch"] for history in histories.values())
        assert drawn == [
            (a, histories["a"][quantity]),
            (a, histories["a"][f"validation_{quantity}"]),
            (b, histories["b"][quantity]),
        ]
        signs = [(line.get_color(), line.get_marker(), line.get_linestyle()) for line in axes.lines]
        assert signs[0][:2] == signs[1][:2]
        assert {signs[0][0], signs[0][1]}.isdisjoint(signs[2][:2])
        assert [dash for _, _, dash in signs] == ["-", "--", "-"]
        handles = {handle.get_label(): handle for handle in figure.legends[0].legend_handles}
        assert list(handles) == ["a", "b", "training samples", "validation samples"]
        assert [(handles[name].get_color(), handles[name].get_marker()) for name in "ab"] == [
            signs[0][:2],
            signs[2][:2],
        ]
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "linear"]  # b's loss falls to a tenth of a's first
    assert [axes.get_xscale() for axes in figure.axes] == ["linear", "linear"]


def test_training_curves_of_very_different_lengths_have_logarithmic_epochs():
    figure = training_curves({"short": history_of(2), "long": history_of(40, factor=0.99)})
    assert [axes.get_xscale() for axes in figure.axes] == ["log", "log"]
    with pytest.raises(InputError, match="no curves to draw"):
        training_curves({})


def test_names_of_runs_are_no_formulas():
    figure = training_curves({r"runs/a$\foo$b": history_of(2), "runs/b": history_of(2)})
    figure.canvas.draw()
    assert figure.legends[0].get_texts()[0].get_text() == r"runs/a\$\foo\$b"
    X, Y, predictions = np.zeros((4, 2)), np.array([0, 1]), np.array([[0, 0], [1, 1]])
    figure = changed_pictures(X, Y, predictions, [r"a$\foo$b", "c"])
    figure.canvas.draw()
    assert r"a\$\foo\$b" in "".join(text.get_text() for text in figure.findobj(Text))


def test_changed_pictures_shows_both_kinds_with_what_each_network_read(rng):
    X, Y = rng.random((9, 50)), rng.integers(0, 10, 50)
    first_right = np.arange(50) % 5 == 0  # 10 of 50
    others = (Y + 1) % 10
    predictions = np.array([np.where(first_right, Y, others), np.where(first_right, others, Y)])
    (axes,) = changed_pictures(X, Y, predictions, ["a", "b"]).axes
    newly_correct, newly_wrong = np.flatnonzero(~first_right)[:22], np.flatnonzero(first_right)
    shown = [*newly_correct, *newly_wrong]
    np.testing.assert_array_equal(tiles(axes.images[0], 32, side=3, columns=8).reshape(32, 9), X.T[shown])
    assert texts(axes) == [
        *(f"✗ {(Y[i] + 1) % 10}  ✓ {Y[i]}\nis {Y[i]}" for i in newly_correct),
        *(f"✓ {Y[i]}  ✗ {(Y[i] + 1) % 10}\nis {Y[i]}" for i in newly_wrong),
    ]
    edges = [to_hex(frame.get_edgecolor()) for frame in axes.patches]
    assert edges == [RIGHT.lower()] * 22 + [WRONG.lower()] * 10
    title = axes.get_title(loc="left").replace("\n", " ")
    assert title.startswith("Images on which a is wrong and b is right: 40; vice versa: 10. 32 of them")
    (axes,) = changed_pictures(X, Y, np.array([Y, others, Y, Y]), list("abcd")).axes
    assert texts(axes)[0] == f"✓ {Y[0]}  ✗ {others[0]}  ✓ {Y[0]}\n✓ {Y[0]}\nis {Y[0]}"
    with pytest.raises(InputError, match="no image changed sides"):
        changed_pictures(X[:, :0], Y[:0], predictions[:, :0], ["a", "b"])


def nothing_is_cut_off(figure):
    """Whether all that a figure shows, once it is laid out, lies within it."""
    left, bottom, right, top = figure.get_tightbbox().extents
    width, height = figure.get_size_inches()
    return min(left, bottom, width - right, height - top) >= 0


@pytest.mark.parametrize("names", [["a", "b"], ["runs/a-name-of-letters-that-are-wide-WWWWWWWWWWWWWW", "runs/b"]])
def test_changed_pictures_have_a_key_and_nothing_is_cut_off(rng, names):
    X, Y = rng.random((9, 20)), np.arange(20) % 3
    predictions = np.array([Y, (Y + 1) % 3])
    assert changed_pictures(X, Y, predictions, names, "012")._supxlabel is None
    figure = changed_pictures(X, Y, predictions, names, ["cat", "dog", "a name that is far too long"])
    assert figure._supxlabel.get_text() == "0 cat   1 dog   2 a name that is far …"
    figure.draw_without_rendering()
    assert nothing_is_cut_off(figure)


def test_letters_that_are_wide_are_counted_as_two(rng):
    assert drawable("名" * 10) == "名" * 10
    assert drawable("名" * 11) == "名" * 9 + "…"
    Y = np.arange(20)
    figure = changed_pictures(
        rng.random((9, 20)),
        Y,
        np.array([Y, Y[::-1]]),
        ["a", "b"],
        [20 * letter for letter in "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往"],
    )
    with no_glyph_warnings():
        figure.draw_without_rendering()
        assert nothing_is_cut_off(figure)


# ---------------------------------------------------------------------------------- style and files


def test_saving_twice_gives_the_same_bytes_whatever_the_users_settings(tmp_path, predictions):
    def save(folder):
        figures = {"progress": training_progress(history_of(3)), "samples": sample_predictions(*predictions)}
        return [path.read_bytes() for path in save_figures(figures, folder)]

    first = save(tmp_path / "a")
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 30, "savefig.dpi": 50}):
        second = save(tmp_path / "b")
        assert matplotlib.rcParams["font.size"] == 30
    assert first == second
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["progress.png", "samples.png"]
    assert all(content.startswith(b"\x89PNG") and b"Software" not in content for content in first)


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WorkError, match="cannot write"):
        save_figures({"confusion": confusion(np.eye(2, dtype=int))}, tmp_path / "file")


def test_drawing_and_saving_never_loads_pyplot(tmp_path):
    code = (
        "import sys, numpy as np; from neural_network.inspection.figures import confusion, save_figures;"
        f"save_figures({{'confusion': confusion(np.eye(3, dtype=int))}}, {str(tmp_path)!r});"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "confusion.png").exists()


def test_every_setting_of_the_style_is_one_of_matplotlibs():
    assert STYLE.keys() <= matplotlib.rcParams.keys()


@pytest.mark.parametrize("suffix", ["png", "jpg", "JPEG", "pdf", "svg"])
def test_a_figure_has_the_format_of_its_name_and_the_same_bytes_each_time(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    first = save_figure(confusion(np.eye(2, dtype=int)), path).read_bytes()
    begins = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}.get(suffix, b"\xff\xd8\xff")
    assert first.startswith(begins)
    assert b"Date" not in first
    assert b"<dc:date" not in first
    assert save_figure(confusion(np.eye(2, dtype=int)), path).read_bytes() == first  # its own kind is replaced


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "a.txt", "a.gif", "png", "a.png.gz"])
def test_a_name_without_a_format_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"must end in one of \.png, \.jpg"):
        save_figure(confusion(np.eye(2, dtype=int)), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_only_a_picture_of_the_same_format_is_replaced(tmp_path):
    figure, path = confusion(np.eye(2, dtype=int)), tmp_path / "a.png"
    for content in (b"", b"0, 1, 2", b"%PDF-1.4"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"a\.png exists and is not a PNG picture"):
            save_figure(figure, path)
        assert path.read_bytes() == content
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError, match="exists"):
        check_picture(path)


def test_what_a_picture_is_made_from_is_not_replaced(tmp_path):
    path = save_figure(confusion(np.eye(2, dtype=int)), tmp_path / "3" / "a.png")
    (tmp_path / "link.png").symlink_to(path)
    for output, source in ((path, path), (tmp_path / "link.png", path), (path, tmp_path)):
        with pytest.raises(InputError, match="is an input of the picture"):
            check_picture(output, ["-", source])
    check_picture(path, [tmp_path / "7", "-"])


def test_names_of_any_kind_are_drawn_without_a_warning(tmp_path, rng):
    classes = ["$x^{", "a$b$\\frac", "く\U00012345", "a name that is much too long for its picture"]
    figure = contact_sheet(rng.random((9, 4)), np.arange(4), classes, rows=1)
    save_figure(figure, tmp_path / "sheet.png")
    assert texts(figure.axes[0])[:3] == [r"\$x^{", r"a\$b\$\frac", "く\U00012345"]
    assert texts(figure.axes[0])[3] == "a name that…"
    save_figure(per_class(np.eye(4, dtype=int), [drawable(name) for name in classes]), tmp_path / "per_class.png")
