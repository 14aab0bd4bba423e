"""The page of a comparison has its results, shows the images that changed sides, and runs no foreign script."""

import base64
import io
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from neural_network import History, TwoLayerNN
from neural_network.inspection.comparison import Candidate, ImageSource, compare, results_table
from neural_network.inspection.report import report_comparison
from neural_network.inspection.report.captions import learning_curves
from neural_network.inspection.report.confusion import MAX_PIXELS

SIDE = 4


class Page(HTMLParser):
    """The cells of all tables, the buttons by their title, the tags and the ids."""

    def __init__(self, html):
        super().__init__()
        self.tables, self.buttons, self.tags, self.ids, self._cell = [], {}, [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.ids += [value for name, value in attributes if name == "id"]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._cell = True
        elif tag == "button" and "data-images" in dict(attributes):
            given = dict(attributes)
            self.buttons[given["data-title"]] = given

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data):
        if self._cell:
            self.tables[-1][-1][-1] += data.strip()


def make(names=("a", "b"), samples=300, D=SIDE**2):
    """A comparison of networks that were trained for longer and longer, and its page."""
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 3, samples)
    X = rng.random((D, samples)).astype(np.float32)
    X[Y, np.arange(samples)] += 0.5 * rng.random(samples).astype(np.float32)
    X = np.clip(X, 0, 1)
    candidates = []
    for seed, name in enumerate(names):
        network = TwoLayerNN(D, 5, 3, seed=seed)
        history = network.train(X, Y, epochs=20 * (seed + 1))
        candidates.append(Candidate(name, network, history))
    result = compare(candidates, [X] * len(candidates), Y, ImageSource("toy & co", "here", "test images"))
    histories = {candidate.name: candidate.history for candidate in candidates}
    return result, X, report_comparison(result, X, histories, ["zero", "one", "two"])


def pictures_of(html):
    """The tiles of the sprite (n, SIDE, SIDE) and their captions."""
    layout = json.loads(re.search(r'id="sprite-layout">(.*?)</script>', html, re.DOTALL)[1])
    uri = re.search(r'<img id="sprite"[^>]*src="data:image/png;base64,([^"]*)"', html)[1]
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri))).convert("L"))
    tiles = sheet.reshape(-1, layout["height"], layout["across"], layout["width"]).swapaxes(1, 2)
    return tiles.reshape(-1, layout["height"], layout["width"]), layout["captions"]


def test_its_tables_are_those_of_the_comparison():
    result, _, html = make(("a", "b", "c"))
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.tables[0] == [[cell.strip() for cell in row] for row in results_table(result)]
    for pair, table in zip(result.pairs, page.tables[1:3], strict=True):
        newly_correct, newly_wrong = len(pair.newly_correct), len(pair.newly_wrong)
        counts = [pair.both_correct, newly_wrong, newly_correct, pair.both_wrong]
        assert [int(cell) for row in table[1:] for cell in row[1:]] == counts
        assert sum(counts) == 300
        assert newly_correct + newly_wrong > 0
        assert pair.verdict in html
    assert page.tables[3][1:] == [["seed", "0", "1", "2"]]
    best = max(result.runs, key=lambda run: run.accuracy)
    assert f"Of 3 runs, {best.run} has the highest accuracy: {100 * best.accuracy:.2f}" in html
    assert len(re.findall(r'<img src="data:image/png', html)) == 1  # the curves


def test_a_number_opens_the_images_that_it_counts():
    result, X, html = make()
    (pair,) = result.pairs
    tiles, captions = pictures_of(html)
    buttons = Page(html).buttons
    for images, change in ((pair.newly_correct, "wrong → right"), (pair.newly_wrong, "right → wrong")):
        assert images
        button = buttons[f"{len(images)} images {change}, b against a"]
        first, shown = map(int, button["data-images"].split())
        assert shown == len(images)
        assert button["data-note"].startswith("All of them")
        for place, image in enumerate(images, start=first):
            pixels = X[:, image.index].reshape(SIDE, SIDE)
            np.testing.assert_array_equal(tiles[place], np.rint(255 * (1 - pixels)))
            label, before, after = (("zero", "one", "two")[c] for c in (image.label, image.before, image.after))
            assert captions[place] == f"image {image.index}: {label}, predicted {before}, then {after}"


def test_of_too_many_images_those_with_the_largest_change_are_shown(monkeypatch):
    monkeypatch.setattr("neural_network.inspection.report.comparison.MAX_PIXELS", 2 * 3 * SIDE**2)
    result, _, html = make()
    (pair,) = result.pairs
    _, captions = pictures_of(html)
    shown = [image.index for images in (pair.newly_correct, pair.newly_wrong) for image in images[:3]]
    assert [int(re.match(r"image (\d+):", caption)[1]) for caption in captions] == shown
    assert "3 of them; those first whose label&#39;s probability rose most." in html
    assert MAX_PIXELS < 5_000_000


def curves(validation, training):
    history = History()
    for epoch, (each, own) in enumerate(zip(validation, training, strict=True), start=1):
        history.rows.append({"epoch": epoch, "loss": own, "validation_loss": each})
    return learning_curves(history)


def test_the_words_beside_learning_curves_are_those_of_the_curves():
    falling, flat = [0.9, 0.5, 0.3, 0.2], [0.9, 0.5, 0.6, 0.7]
    assert (
        curves([0.9, 0.6, 0.5, 0.4], falling) == "The validation loss was lowest after epoch 4 (0.4000), the last one."
    )
    rose = "The validation loss was lowest after epoch 2 (0.6000) and rose to 0.8000"
    assert curves([0.9, 0.6, 0.7, 0.8], falling) == f"{rose}, while the training loss fell: this is overfitting."
    assert curves([0.9, 0.6, 0.7, 0.8], flat) == f"{rose}."
    assert "ended close to that (0.6010)" in curves([0.9, 0.6, 0.7, 0.601], falling)
    assert curves([0.9, math.inf], [0.9, 0.8]) == "The validation loss became infinite or NaN."
    assert learning_curves(History()) == ""


def test_each_run_of_the_page_has_its_own_words():
    result, X, _ = make()
    histories = {}
    for name, losses in (("a", [0.9, 0.6]), ("b", [0.5, 0.8])):
        histories[name] = History()
        for epoch, loss in enumerate(losses, start=1):
            row = {"epoch": epoch, "step": epoch, "loss": 1 / epoch, "accuracy": 0.5}
            histories[name].rows.append(row | {"validation_loss": loss, "validation_accuracy": 0.5})
    html = report_comparison(result, X, histories, ["zero", "one", "two"])
    assert "a: The validation loss was lowest after epoch 2" in html
    assert "b: The validation loss was lowest after epoch 1 (0.5000) and rose to 0.8000, while" in html


def test_names_are_text_and_nothing_else():
    evil = '<script>alert(1)</script>"onclick="'
    _, _, html = make((evil, "b"))
    plain = make(("a", "b"))[2]
    assert Page(html).tags == Page(plain).tags
    assert "toy &amp; co" in html


def test_inputs_that_are_no_pictures_are_counted_only():
    _, _, html = make(D=5)
    page = Page(html)
    assert page.buttons == {}
    assert 'id="sprite"' not in html
    assert len(page.tables) == 3


def test_of_model_files_there_are_no_curves():
    result, X, html = make()
    assert "Learning curves" in html
    assert "Learning curves" not in report_comparison(result, X, {}, ["zero", "one", "two"])
    assert "with the same options" in report_comparison(replace(result, options={}), X, {}, ["zero", "one", "two"])


@pytest.mark.xdist_group("browser")
def test_in_a_browser_it_opens_its_images_fits_a_phone_and_hinders_nobody(browser, axe, tmp_path):
    result, _, html = make((f"runs/{'a-long-name-' * 8}", "b"))
    path, said = tmp_path / "page.html", []
    path.write_text(html, encoding="utf-8")
    (pair,) = result.pairs
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for images, cell in ((pair.newly_correct, "right"), (pair.newly_wrong, "wrong")):
            page.click(f".confusion .{cell} button")
            page.wait_for_selector("#images[open]")
            shown = [text.split(":")[0] for text in page.locator("#images-list li").all_inner_texts()]
            assert shown == [f"image {image.index}" for image in images]
            page.keyboard.press("Escape")
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((result) => result.violations)")
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
        context.close()
    assert said == []


@pytest.mark.xdist_group("browser")
def test_names_of_runs_are_broken_only_where_there_is_no_room(browser, tmp_path):
    (tmp_path / "page.html").write_text(make(("runs/first", "runs/second"))[2], encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((tmp_path / "page.html").as_uri())
    heads = page.locator(".confusion th")
    assert heads.all_inner_texts() == [
        f"runs/{name}" for name in ("second right", "second wrong", "first right", "first wrong")
    ]
    assert max(box["height"] for box in (head.bounding_box() for head in heads.all())) < 48  # one line, and the cell
    page.close()
