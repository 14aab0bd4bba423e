"""The page of a contest says what the contest found, shows the images that changed sides, and lets nothing run."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.inspection.comparison import Contender, contest, figures_table
from neural_network.inspection.report import report_contest
from neural_network.inspection.report.confusion import ROOM

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
    """A contest of networks that have learnt for longer and longer, and its page."""
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 3, samples)
    X = rng.random((D, samples)).astype(np.float32)
    X[Y, np.arange(samples)] += 0.5 * rng.random(samples).astype(np.float32)
    X = np.clip(X, 0, 1)
    contenders = []
    for seed, name in enumerate(names):
        network = TwoLayerNN(D, 5, 3, seed=seed)
        history = network.train(X, Y, epochs=20 * (seed + 1))
        contenders.append(Contender(name, network, history))
    result, _ = contest(contenders, X, Y)
    result["data"] = {"name": "toy & co", "source": "here", "images": "test images"}
    histories = {contender.name: contender.history for contender in contenders}
    return result, X, report_contest(result, X, histories, ["zero", "one", "two"])


def pictures_of(html):
    """The tiles of the sprite (n, SIDE, SIDE) and their captions."""
    layout = json.loads(re.search(r'id="sprite-layout">(.*?)</script>', html, re.DOTALL)[1])
    uri = re.search(r'<img id="sprite"[^>]*src="data:image/png;base64,([^"]*)"', html)[1]
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri))).convert("L"))
    tiles = sheet.reshape(-1, layout["height"], layout["across"], layout["width"]).swapaxes(1, 2)
    return tiles.reshape(-1, layout["height"], layout["width"]), layout["captions"]


def test_its_tables_are_those_of_the_contest():
    result, _, html = make(("a", "b", "c"))
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.tables[0] == [[cell.strip() for cell in row] for row in figures_table(result)]
    for comparison, table in zip(result["comparisons"], page.tables[1:3], strict=True):
        gained, lost = len(comparison["gained"]), len(comparison["lost"])
        counts = [comparison["both_right"], lost, gained, comparison["both_wrong"]]
        assert [int(cell) for row in table[1:] for cell in row[1:]] == counts
        assert sum(counts) == 300
        assert gained + lost > 0
        assert comparison["verdict"] in html
    assert page.tables[3][1:] == [["seed", "0", "1", "2"]]
    best = max(result["runs"], key=lambda run: run["accuracy"])
    assert f"Of 3 runs, {best['run']} reads the most right: {100 * best['accuracy']:.2f}" in html
    assert len(re.findall(r'<img src="data:image/png', html)) == 1  # the curves


def test_a_number_opens_the_images_that_it_counts():
    result, X, html = make()
    (comparison,) = result["comparisons"]
    tiles, captions = pictures_of(html)
    buttons = Page(html).buttons
    for kind, change in (("gained", "wrong → right"), ("lost", "right → wrong")):
        images = comparison[kind]
        assert images
        button = buttons[f"{len(images)} images {change}, b after a"]
        first, shown = map(int, button["data-images"].split())
        assert shown == len(images)
        assert button["data-note"].startswith("All of them")
        for place, image in enumerate(images, start=first):
            pixels = X[:, image["index"]].reshape(SIDE, SIDE)
            np.testing.assert_array_equal(tiles[place], np.rint(255 * (1 - pixels)))
            label, before, after = (("zero", "one", "two")[image[key]] for key in ("label", "before", "after"))
            assert captions[place] == f"image {image['index']}: {label}, read as {before}, then as {after}"


def test_of_too_many_images_the_clearest_are_shown(monkeypatch):
    monkeypatch.setattr("neural_network.inspection.report.comparison.ROOM", 2 * 3 * SIDE**2)
    result, _, html = make()
    (comparison,) = result["comparisons"]
    _, captions = pictures_of(html)
    shown = [image["index"] for kind in ("gained", "lost") for image in comparison[kind][:3]]
    assert [int(re.match(r"image (\d+):", caption)[1]) for caption in captions] == shown
    assert "The 3 clearest, those first whose label&#39;s probability rose most." in html
    assert ROOM < 5_000_000


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
    assert "How they learnt" in html
    assert "How they learnt" not in report_contest(result, X, {}, ["zero", "one", "two"])
    result["options"] = {}
    assert "made with the same options" in report_contest(result, X, {}, ["zero", "one", "two"])


def test_in_a_browser_it_opens_its_images_fits_a_phone_and_hinders_nobody(browser, axe, tmp_path):
    result, _, html = make((f"runs/{'a-long-name-' * 8}", "b"))
    path, said = tmp_path / "page.html", []
    path.write_text(html, encoding="utf-8")
    (comparison,) = result["comparisons"]
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for kind, cell in (("gained", "right"), ("lost", "wrong")):
            page.click(f".confusion .{cell} button")
            page.wait_for_selector("#images[open]")
            shown = [text.split(":")[0] for text in page.locator("#images-list li").all_inner_texts()]
            assert shown == [f"image {image['index']}" for image in comparison[kind]]
            page.keyboard.press("Escape")
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((result) => result.violations)")
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
        context.close()
    assert said == []


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
