"""What stands in the report of a run, against numbers computed another way."""

import base64
import dataclasses
import inspect
import io
import math
import re
import shlex
from dataclasses import replace
from pathlib import Path

import html5lib
import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image
from report_pages import elements, rows_of, text_of

from neural_network import TwoLayerNN
from neural_network.functions.metrics import confusion_matrix
from neural_network.inspection.analysis.adversarial import accuracy_under_attack
from neural_network.inspection.figures import FIGURES, RunData
from neural_network.inspection.report import Evaluated, Section, make_page, render, report_divergence, report_run
from neural_network.inspection.report.captions import CAPTIONS, caption, describe
from neural_network.inspection.report.configuration import command
from neural_network.inspection.report.confusion import confusion_cells
from neural_network.inspection.report.embed import picture_uri
from neural_network.inspection.report.formats import number
from neural_network.inspection.report.result import share
from neural_network.network import Network
from neural_network.runs.settings import Settings
from neural_network.runs.summary import (
    DataSummary,
    DivergedSummary,
    Duration,
    EndedSummary,
    Metrics,
    ModelSummary,
)


def test_the_interval_is_that_of_wilson_worked_by_hand():
    # 9 of 10, z² = 3.8416: the middle is 9 + 1.9208 = 10.9208, the spread 1.96 √(9 · 1 / 10 + 0.9604) = 2.6733
    found = share(9, 10)
    spread = 1.96 * math.sqrt(0.9 + 0.9604)
    assert found.low == pytest.approx((10.9208 - spread) / 13.8416)
    assert found.high == pytest.approx((10.9208 + spread) / 13.8416)
    assert found.interval == "59.58 to 98.21\u00a0%"


def test_the_result_is_what_the_network_gets_right(trained, reported):
    run, summary = trained
    X, Y = run.test
    right = int((run.network.predict(X) == Y).sum())
    assert 0 < right < 300  # a report without mistakes would test little
    assert (reported.row.accuracy.correct, reported.mistakes) == (right, 300 - right)
    train, validation, test = rows_of(reported.html, "result", 0)
    assert test[:4] == ["test", str(right), "300", f"{right / 3:.2f} %"]
    assert test[5] == f"{run.network.loss(X, Y):.4f}"
    assert [row[0] for row in (train, validation)] == ["train", "validation"]
    assert train[3:5] == [
        f"{100 * summary.metrics['train'].accuracy:.2f} %",
        "",
    ]  # what it learnt by heart is no sample
    assert test[4] == share(right, 300).interval.replace("\u00a0", " ")
    assert f"{right} of 300 test images of bars are classified correctly: {right / 3:.2f} %" in text_of(
        reported.html, "header"
    )


def test_a_report_on_the_training_samples_claims_nothing_of_others(trained):
    run, summary = trained
    own = RunData(run.network, run.history, run.settings, run.train, run.train, run.classes)
    html = report_run("r", own, summary, [], Evaluated("bars", "", "train"), figures=[]).html
    assert "confidence" not in text_of(html, "header")
    assert "trained on these samples" in text_of(html, "result")
    other = report_run("r", own, summary, None, Evaluated("bars", "", "train", own=False), figures=[]).html
    assert "With 95 % confidence" in text_of(other, "header")


def test_each_class_has_its_recall_and_precision(trained, reported):
    run, _ = trained
    counts = run.confusion
    for c, row in enumerate(rows_of(reported.html, "result", 1)):
        recall, precision = counts[c, c] / counts[c].sum(), counts[c, c] / counts[:, c].sum()
        f1 = 2 / (1 / recall + 1 / precision)
        assert row[0] == run.classes[c]
        assert [row[1], row[2], row[4], row[6]] == [
            str(counts[c].sum()),
            *(f"{100 * value:.2f} %" for value in (recall, precision, f1)),
        ]


def test_the_matrix_counts_what_the_metrics_count(trained, reported):
    run, _ = trained
    counts = confusion_matrix(run.network.predict(run.test[0]), run.test[1], 10)
    shown = [row[1:] for row in rows_of(reported.html, "confusion", 0)]
    assert shown == [[str(count) for count in row] for row in counts]


def test_forward_passes_have_the_numbers_of_the_network(trained, reported):
    run, _ = trained
    wrong = np.flatnonzero(run.probabilities.argmax(axis=0) != run.test[1])
    dialogs = [element for element in elements(reported.html, "dialog") if "pass" in element.get("class", "")]
    indices = [int(dialog.get("id").removeprefix("pass-")) for dialog in dialogs]
    surest = run.probabilities.max(axis=0)[indices]
    assert set(indices) <= set(wrong)
    assert surest.tolist() == sorted(run.probabilities.max(axis=0)[wrong], reverse=True)[:24]
    for dialog, index in zip(dialogs, indices, strict=True):
        Z1, A1, Z2, A2 = (layer[:, 0] for layer in run.network.forward(run.test[0][:, index : index + 1]))
        answer, label = int(A2.argmax()), int(run.test[1][index])
        outputs = rows_of(dialog, None, 0)
        assert [row[0] for row in outputs] == [run.classes[c] for c in np.argsort(-A2)]
        by_name = {run.classes[c]: [number(Z2[c]), number(A2[c])] for c in range(10)}
        assert {row[0]: row[1:3] for row in outputs} == by_name
        assert outputs[0][3] == "predicted"
        assert [row[0] for row in outputs if row[3] == "true"] == [run.classes[label]]
        *units, others, bias, together = rows_of(dialog, None, 1)
        assert len(units) == 12
        for row in units:
            j = int(row[0])
            terms = [run.network.W2[c, j] * A1[j] for c in (answer, label)]
            assert row[2:] == [number(value) for value in (Z1[j], A1[j], *terms)]
        assert bias[1:] == [number(run.network.b2[c, 0]) for c in (answer, label)]
        assert together[1:] == [number(Z2[c]) for c in (answer, label)]
        assert others[0] == "the 4 other units"
        for column in (-2, -1):  # what is shown adds up, to the rounding of 14 numbers
            parts = sum(float(row[column]) for row in (*units, others, bias))
            assert parts == pytest.approx(float(together[column]), abs=14 * 5e-5)


def test_the_equations_are_the_lines_of_the_network_and_there_once(reported):
    (shown,) = [element for element in elements(reported.html, "ol") if element.get("class") == "equations"]
    sources = ["".join(code.itertext()) for code in shown.iter("code")]
    forward = Path(inspect.getsourcefile(Network)).read_text().partition("def forward")[2].partition("def ")[0]
    assert sources == [line.strip() for line in forward.splitlines() if re.search(r"# \([1-4]\)", line)]
    assert len(sources) == 4
    mathematics = ["".join(element.itertext()) for element in shown.iter() if str(element.tag).endswith("math")]
    assert mathematics == ["Z1=W1X+b1", "A1=g(Z1)", "Z2=W2A1+b2", "A2=softmax(Z2)"]
    assert reported.html.count("<math") == 4


def test_every_mistake_has_its_image_and_right_ones_a_sample(trained):
    run, _ = trained
    cells = [cell for row in confusion_cells(run, "images", Pictures()) for cell in row]
    assert all(cell.shown == cell.count for cell in cells if not cell.right)
    assert all(cell.shown == min(60, cell.count) for cell in cells if cell.right)


@pytest.mark.parametrize(("classes", "right"), [(2, 60), (10, 60), (47, 27)])
def test_a_network_that_errs_everywhere_shows_as_many_as_there_is_room_for(classes, right):
    count = 20_000
    rng = np.random.default_rng(0)
    network = TwoLayerNN(784, 3, classes, seed=0)
    Y = rng.integers(0, classes, count)
    X = rng.random((784, 4), np.float32)[:, rng.integers(0, 4, count)]
    run = RunData(network, None, Settings(), (X, Y), (X, Y), [*map(str, range(classes))])
    cells = [cell for row in confusion_cells(run, "images", Pictures()) for cell in row]
    shown = sum(cell.shown for cell in cells)
    wrong = [cell for cell in cells if not cell.right]
    limit = max(cell.shown for cell in wrong)
    assert shown * 784 <= 2_000_000
    # one more of each is too many
    assert (shown + sum(cell.count > limit for cell in wrong) + right * classes) * 784 > 2_000_000
    assert all(cell.shown == min(cell.count, limit) for cell in wrong)
    assert all(cell.shown == min(cell.count, right) for cell in cells if cell.right)
    assert max(cell.count for cell in cells if cell.right) > right
    assert all(
        f"The {cell.shown:,} most confident of {cell.count:,}." == cell.note for cell in wrong if cell.count > limit
    )


def test_a_bad_network_on_noise_leaves_room_for_the_figures():
    rng = np.random.default_rng(0)
    X, Y = rng.random((784, 10_000), np.float32), rng.integers(0, 10, 10_000)  # noise cannot be compressed
    network = TwoLayerNN(784, 40, 10, seed=0)
    network.W1 *= 10  # so that all classes are read
    run = RunData(network, None, Settings(), (X, Y), (X, Y), [*"0123456789"])
    summary = summary_of(network, Settings(), "noise", 10_000)
    report = report_run("r", run, summary, [], Evaluated("noise", "", "train"), figures=[])
    assert report.mistakes > 8000
    assert 2_000_000 < len(report.html) < 3_500_000  # all figures of a run come to 1.5 MB


def summary_of(network, settings, name, samples):
    """The summary of a run that did not really take place."""
    data, metrics = DataSummary(name, "here", name, 0, samples, 0), {"train": Metrics(samples, 0.5, 1.0)}
    return EndedSummary(data, settings, {}, ModelSummary.of(network), Duration(settings.epochs, 2, 0.1), metrics)


class Pictures:
    """A sprite that only counts."""

    def add(self, indices, captions):
        return 0, len(list(indices))


def test_names_are_text_and_not_html(reported):
    assert "<script>alert" not in reported.html
    assert text_of(reported.html, "h1") == "Run <script>alert(1)</script> & sons"
    assert rows_of(reported.html, "result", 1)[0][0] == "<b>nought</b>"
    assert "<i>5</i> of 16 units." in text_of(reported.html, "diagnosis")
    assert len(elements(reported.html, "script")) == 2  # the layout of the sprite, and the page's own


def test_it_is_valid_html(reported):
    html5lib.HTMLParser(strict=True).parse(reported.html)  # a parse error is an exception
    identifiers = [element.get("id") for element in elements(reported.html, None) if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = [link.get("href")[1:] for link in elements(reported.html, "a")]
    assert len(targets) == 10  # the skip link, seven sections, two figures
    assert {"figure-training_progress", "figure-per_class"} < set(targets)
    assert set(targets) <= set(identifiers)


def test_it_names_nothing_outside_of_itself(reported):
    names = ("src", "href", "srcset", "action", "data")
    links = [value for element in elements(reported.html, None) for name in names if (value := element.get(name))]
    assert len(links) > 20
    assert all(link.startswith(("#", "data:")) for link in links)


def test_the_diagnosis_and_the_settings_are_told(trained, reported):
    diagnosis = text_of(reported.html, "diagnosis")
    assert "Dead units, since step 7 <i>5</i> of 16 units. Try leaky-relu." in diagnosis
    settings = {row[0]: row[1:] for row in rows_of(reported.html, "configuration", 1)}
    assert settings["hidden units"] == ["16", "10"]
    assert settings["samples a step"] == ["100", "all of them"]
    assert settings["activation"] == ["relu", ""]
    assert settings["learning rate"] == ["0.01", "0.001"]
    assert len(settings) == len(dataclasses.fields(Settings)) - 1
    assert "deterministic" not in settings  # which has no effect any more


def test_without_mistakes_the_least_sure_answers_are_shown(trained):
    run, summary = trained
    right = np.flatnonzero(run.probabilities.argmax(axis=0) == run.test[1])
    X, Y = run.test
    spotless = RunData(run.network, run.history, run.settings, run.train, (X[:, right], Y[right]), run.classes)
    html = report_run("spotless", spotless, summary, [], Evaluated("bars", "", "test"), figures=["mistakes"]).html
    least = np.argsort(spotless.probabilities.max(axis=0), kind="stable")[:9]
    assert [dialog.get("id") for dialog in elements(html, "dialog")][:9] == [f"pass-{index}" for index in least]
    assert "No problems found." in text_of(html, "diagnosis")
    assert f"mistakes: there is no mistake among {len(right)} samples" in text_of(html, "figures")


def test_inputs_that_are_no_pictures_are_reported_without(blobs):
    X, Y = blobs
    network = TwoLayerNN(4, 2, 3, seed=0)
    wide = np.concatenate([X, X[:1]])  # five inputs make no square
    network = TwoLayerNN(5, 2, 3, seed=0)
    settings = Settings(hidden=2, epochs=2)
    history = settings.train(network, (wide, Y), progress=False)
    run = RunData(network, history, settings, (wide, Y), (wide, Y), "abc")
    summary = summary_of(network, settings, "irises", 150)
    html = report_run("r", run, summary, None, Evaluated("irises", "here", "train"), figures=["hidden_weights"]).html
    html5lib.HTMLParser(strict=True).parse(html)
    assert [image.get("src") for image in elements(html, "img")] == [None]  # of the dialog that enlarges figures
    assert "5 inputs make no square picture" in text_of(html, "figures")
    assert not [button for button in elements(html, "button") if button.get("data-images")]
    assert "needs the samples" in text_of(html, "diagnosis")


def test_a_run_that_diverged_has_a_page_too(trained):
    run, summary = trained
    diverged = DivergedSummary(summary.data, summary.settings, {}, 4, "training diverged at step 4")
    html = report_divergence("r", run.history, diverged, [], Evaluated("bars", "", "test"))
    html5lib.HTMLParser(strict=True).parse(html)
    assert "training diverged at step 4" in text_of(html, "header")
    assert "figure-training_progress" in [link.get("href")[1:] for link in elements(html, "a")]


def test_the_command_gives_the_settings_back(trained, settings):
    _, summary = trained
    words = shlex.split(command(summary))
    assert words[:6] == ["mnist-nn", "train", "--data", "bars", "--validation", "50"]
    options = dict(zip(words[6::2], words[7::2], strict=True))
    assert options == {
        "--hidden": "16", "--seed": "3", "--epochs": "12", "--batch-size": "100", "--optimizer": "adam",
        "--learning-rate": "0.01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("epochs", "planned", "told"),
    [
        (1, 12, "ended after 1 epoch, before the last one planned"),
        (4, 12, "ended after 4 epochs, before the last one planned"),
        (4, None, "recorded the 4 epochs it ran, not the number planned"),
    ],
)
def test_a_page_says_after_how_many_epochs_a_run_ended_early(trained, epochs, planned, told):
    run, summary = trained
    stopped = replace(summary, duration=Duration(epochs, 9, 1.0, planned))
    html = report_run("r", run, stopped, [], Evaluated("bars", "", "test"), figures=[]).html
    assert told in text_of(html, "reproduce")
    assert "--epochs 12" in command(stopped)


def test_names_of_data_are_quoted_for_the_shell(trained):
    _, summary = trained
    odd = replace(summary, data=replace(summary.data, spec="my data; rm -r"))
    assert shlex.split(command(odd))[3] == "my data; rm -r"


def test_every_figure_of_the_catalogue_has_a_caption():
    assert CAPTIONS.keys() == set(FIGURES)


def test_captions_are_computed_from_their_figures(trained):
    run, _ = trained
    counts, X, Y = run.confusion, *run.test

    def words(name):
        return caption(name, run, FIGURES[name].draw(run)).replace("\u00a0", " ")

    recall = np.diag(counts) / counts.sum(axis=1)
    assert f"Lowest recall: {run.classes[recall.argmin()]} ({recall.min():.1%})".replace("%", " %") in words(
        "per_class"
    )
    confidence, accuracy = run.probabilities.max(axis=0).mean(), run.network.evaluate(X, Y)
    verdict = "over" if confidence > accuracy else "under"
    assert f"{100 * confidence:.1f} % and the accuracy {100 * accuracy:.1f} %: {verdict}confident" in words(
        "calibration"
    )
    attacked = accuracy_under_attack(run.network, X, Y, [0, 0.1]).attacked
    told = words("adversarial")
    assert f"from {100 * attacked[0]:.1f} % to {100 * attacked[1]:.1f} % with the signs of the gradient" in told
    figure = FIGURES["robustness"].draw(run)
    lowest = figure.axes[0].lines[0].get_ydata().min()
    assert f"Lowest accuracies: {100 * lowest:.1f} % at " in caption("robustness", run, figure).replace("\u00a0", " ")
    figure = FIGURES["learning_rates"].draw(run)
    rate, loss = min(figure.axes[0].lines[0].get_xydata(), key=lambda point: point[1])
    told = caption("learning_rates", run, figure)
    assert f"The lowest loss, {loss:.4f}, is that of {rate:.2g}," in told
    assert f"{int(run.history['step'][-1])} steps on {len(run.train[1]):,} samples" in told
    assert "the line on the right" in words("landscape")
    without = RunData(run.network, run.history, run.settings, run.train, run.test, run.classes)
    assert "the line on the right" not in caption("landscape", without, FIGURES["landscape"].draw(without))
    shares = [100 * run.history[f"update_W{k}"][-1] for k in (1, 2)]
    assert "W1 by {:.3f} % of its norm and W2 by {:.3f} %".format(*shares) in words("training_pulse")
    norms = [np.linalg.norm(run.snapshots.stacked("W1")[k]) for k in (0, -1)]
    assert "from {:.4f} to {:.4f}".format(*norms) in words("weights_over_time")


def test_the_words_for_a_figure_are_those_of_its_lines(trained):
    run, _ = trained
    drawn = FIGURES["training_progress"].draw(run)
    losses = run.history["loss"]
    assert describe(drawn).startswith("Loss: ")
    assert f"train from {losses[0]:.3g} at 1 to {losses[-1]:.3g} at 12 (epoch)" in describe(drawn)


def test_pages_of_other_kinds_are_made_of_sections():
    html = make_page(
        "a < b", "c & d", [Section("one", "One", render("figures.html", figures={}, missing={"x": "<y>"}))]
    )
    html5lib.HTMLParser(strict=True).parse(html)
    assert text_of(html, "h1") == "a < b"
    assert "x: <y>" in text_of(html, "one")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0000"), (-0.0, "0.0000"), (1.23456, "1.2346"), (-4e-5, "-4.00e-05"), (123456.0, "1.23e+05")],
)
def test_numbers_are_written_to_four_decimals_where_these_tell_them(value, text):
    assert number(value) == text


def test_a_template_with_a_hole_is_an_error():
    with pytest.raises(Exception, match="undefined"):
        render("figure.html")


def test_the_rare_colors_of_a_picture_stay_what_they_are(rng):
    shares = rng.normal(0.5, 0.04, (300, 300))
    shares[:, :3] = np.linspace(0, 1, 300)[:, None]  # as the scale beside the pictures of weights
    colors = colormaps["RdBu_r"](shares)[..., :3] * rng.uniform(0.97, 1, (300, 300, 1))  # of more than 256
    pixels = np.rint(255 * colors).astype(np.uint8)
    kept = Image.open(io.BytesIO(base64.b64decode(picture_uri(pixels).partition(",")[2]))).convert("RGB")
    assert np.abs(np.asarray(kept, int) - pixels).max() < 12
