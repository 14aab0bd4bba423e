"""The report in a real browser: what a click, a key, a phone, a printer and a screen reader make of it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from neural_network.inspection.figures import FIGURES, RunData
from neural_network.inspection.report import Evaluated, report_run
from neural_network.inspection.report.formats import number

pytestmark = pytest.mark.xdist_group("browser")  # which is started, and the page with all figures made, once

Open = Callable[..., Any]

# The pictures of the dialog that is open, as bytes of grey, and their captions.
PICTURES = """() => [...document.querySelectorAll("#images-list li")].map((item) => {
  const canvas = item.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [item.textContent, canvas.width, Array.from(data.filter((_, byte) => byte % 4 === 0))];
})"""
PAPER = {"width": 718, "height": 1000}  # A4 between its margins
FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def open_page(browser: Any, page_url: str) -> Iterator[Open]:
    """Open the report in a browser with these settings; whatever it asks for or complains of fails the test."""
    contexts, asked, said = [], [], []

    def open_(**settings: Any) -> Any:
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(page_url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert {url for url in asked if not url.startswith("data:")} == {page_url}
    assert said == []


@pytest.fixture(scope="module")
def full_page_url(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report with all figures."""
    path = tmp_path_factory.mktemp("full") / "report.html"
    path.write_text(report_run("r", *trained, [], Evaluated("bars", "", "test")).html, encoding="utf-8")
    return path.as_uri()


def test_a_click_on_a_cell_shows_exactly_its_images(open_page, trained):
    run, _ = trained
    X, Y = run.test
    read, pixels = run.network.predict(X), np.rint(255 * (1 - X.T)).astype(int)
    page = open_page()
    buttons = page.locator(".confusion button")
    seen = 0
    for place in range(buttons.count()):
        button = buttons.nth(place)
        row, column = button.evaluate("b => [b.closest('tr').rowIndex - 1, b.closest('td').cellIndex - 1]")
        button.click()
        page.wait_for_selector("#images[open]")
        shown = page.evaluate(PICTURES)
        indices = [int(caption.split(",")[0].removeprefix("image ")) for caption, _, _ in shown]
        assert sorted(indices) == np.flatnonzero((row == Y) & (read == column)).tolist()
        for index, (_, width, greys) in zip(indices, shown, strict=True):
            assert width == 28
            assert greys == pixels[index].tolist()
        confidence = [float(caption.split(", ")[1].split()[0]) for caption, _, _ in shown]
        assert confidence == sorted(confidence, reverse=row != column)
        assert page.locator("#images-title").inner_text() == button.get_attribute("aria-label")
        page.locator("#images button").click()
        assert not page.locator("#images").is_visible()
        seen += len(indices)
    assert seen == len(Y)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_keys_open_and_close_what_a_click_does(open_page, key):
    page = open_page()
    for button, dialog in (
        (".confusion .wrong button >> nth=0", "#images"),
        (".mistakes button >> nth=1", ".pass >> nth=1"),
    ):
        page.focus(button)
        page.keyboard.press(key)
        page.wait_for_selector(dialog)
        assert page.locator(dialog).is_visible()
        assert page.evaluate("document.activeElement.closest('dialog[open]') !== null")
        page.keyboard.press("Escape")
        assert not page.locator(dialog).is_visible()
        assert page.locator(button).evaluate("b => b === document.activeElement")


def test_the_keyboard_reaches_everything_in_order(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    places = []
    for _ in range(12):
        page.keyboard.press("Tab")
        places.append(page.evaluate("scrollY + document.activeElement.getBoundingClientRect().top"))
    assert places == sorted(places)
    assert len(set(places)) > 3


def test_a_mistake_opens_its_forward_pass(open_page, trained):
    run, _ = trained
    page = open_page()
    button = page.locator(".mistakes button").first
    button.click()
    dialog = page.locator("dialog[open]")
    index = int(dialog.get_attribute("id").removeprefix("pass-"))
    A2 = run.network.forward(run.test[0][:, index : index + 1]).A2[:, 0]
    assert dialog.locator("tbody tr").first.locator("td").nth(1).inner_text() == number(A2.max())
    assert page.locator("math").count() == 4
    assert all(box["height"] > 10 for box in (math.bounding_box() for math in page.locator("math").all()))
    pixels = dialog.locator("img").first.evaluate("""async (image) => {
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from(data.filter((_, byte) => byte % 4 === 0));
    }""")
    assert pixels == np.rint(255 * (1 - run.test[0][:, index])).astype(int).tolist()


def test_a_press_beside_a_dialog_closes_it(open_page):
    page = open_page()
    page.locator(".mistakes button").first.click()
    page.locator("dialog[open] p").first.click()
    assert page.locator("dialog[open]").count() == 1
    page.mouse.click(3, 3)
    assert page.locator("dialog[open]").count() == 0


def test_a_phone_never_scrolls_sideways(open_page):
    page = open_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    assert page.evaluate(FITS)
    page.locator(".mistakes button").first.tap()
    assert page.evaluate(FITS)
    assert page.locator("dialog[open]").evaluate("d => d.scrollWidth <= d.clientWidth && d.clientWidth <= 360")
    page.keyboard.press("Escape")
    page.locator(".confusion .right button").first.tap()
    page.wait_for_selector("#images[open]")
    assert page.evaluate(FITS)
    assert page.locator("#images").evaluate("d => d.scrollWidth <= d.clientWidth")


@pytest.mark.parametrize(("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})])
def test_axe_finds_nothing_serious(open_page, axe, scheme, rules):
    page = open_page(color_scheme=scheme)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (scheme == "light")
    page.evaluate(axe)
    for opener in (None, ".confusion .wrong button", ".mistakes button"):
        if opener:
            page.locator(opener).first.click()
            page.wait_for_selector("dialog[open]")
        found = page.evaluate("([what, rules]) => axe.run(what, rules)", ["dialog[open]" if opener else "html", rules])
        assert "color-contrast" in [passed["id"] for passed in found["passes"]]
        grave = [violation for violation in found["violations"] if violation["impact"] in ("serious", "critical")]
        assert not grave, json.dumps([[v["id"], [n["html"][:200] for n in v["nodes"]]] for v in grave], indent=1)
        page.keyboard.press("Escape")


def test_on_paper_nothing_is_hidden_or_cut_off(open_page):
    page = open_page(viewport=PAPER, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(FITS)
    hidden = page.evaluate("""() => [...document.querySelectorAll("main *")].filter((element) =>
      !element.closest("dialog, .plot button") && element.getClientRects().length === 0 &&
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
    ).map((element) => element.outerHTML)""")
    # the hints to press something, and what a page without scripts says
    assert all("screen" in html or "noscript" in html for html in hidden), hidden
    assert page.locator(".mistakes img").count() > 5
    assert all(image.is_visible() for image in page.locator(".mistakes img").all())
    cut = page.evaluate("""() => [...document.querySelectorAll("main, .scroll, pre, table")].filter((element) =>
      getComputedStyle(element).overflowX !== "visible").map((element) => element.outerHTML.slice(0, 80))""")
    assert cut == []
    shaded = page.locator(".confusion td[style]")
    assert shaded.count() > 10
    assert {cell.evaluate("e => getComputedStyle(e).printColorAdjust") for cell in shaded.all()} == {"exact"}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_with_all_its_figures_it_prints_on_twelve_pages(browser, full_page_url, paper):
    page = browser.new_page()
    page.goto(full_page_url)
    printed = page.pdf(format=paper, margin=dict.fromkeys(("top", "bottom", "left", "right"), "10mm"))
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 12
    page.close()


def test_the_contents_reach_every_figure(browser, full_page_url):
    page = browser.new_page()
    page.goto(full_page_url)
    targets = [link.get_attribute("href") for link in page.locator("nav a").all()]
    figures = page.locator("figure").evaluate_all("figures => figures.map((figure) => '#' + figure.id)")
    assert len(figures) == len(FIGURES) - 1  # the confusion matrix is a table
    assert [target for target in targets if target.startswith("#figure-")] == figures
    for target in ("#figure-calibration", "#figure-decision_boundaries"):
        page.locator(f"nav a[href='{target}']").click()
        page.wait_for_function("target => Math.abs(document.querySelector(target).getBoundingClientRect().top) < "
                               "innerHeight", arg=target)  # fmt: skip
        assert page.locator(f"{target} h3").is_visible()
    page.close()


def test_figures_can_be_enlarged_and_are_readable_on_a_phone(open_page):
    page = open_page(viewport={"width": 375, "height": 740})
    image, button = page.locator("#figure-per_class img"), page.locator("#figure-per_class button")
    assert image.bounding_box()["width"] >= 660  # where letters of 8 points, of a figure 7.2 inches wide, are 10 pixels
    assert page.evaluate(FITS)
    for opens in (button, image):
        opens.click()
        dialog = page.locator("#enlarged")
        assert dialog.is_visible()
        assert dialog.locator("h2").inner_text() == page.locator("#figure-per_class h3").inner_text()
        large = dialog.locator("img")
        assert large.bounding_box()["width"] == image.evaluate("image => image.naturalWidth")
        assert large.get_attribute("src") == image.get_attribute("src")
        assert page.evaluate(FITS)
        page.keyboard.press("Escape")
        assert not dialog.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    button.click()
    assert dialog.locator("img").bounding_box()["width"] > 1.4 * image.bounding_box()["width"]


def test_without_scripts_the_page_says_what_is_missing(browser, page_url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_url)
    assert page.locator("noscript p").is_visible()
    context.close()


LONG = (
    "Ankle boot",
    "Sulphur-crested cockatoo",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    *"34",
    "a b " * 20,
    *"6789",
)
# Of each name: how many lines it has, and whether it is cut off.
NAMES = """() => [...document.querySelectorAll(".confusion .name")].map((name) => {
  const upright = getComputedStyle(name).writingMode !== "horizontal-tb";
  const line = 1.6 * parseFloat(getComputedStyle(name).fontSize);
  const cut = name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1;
  return [name.textContent, name.title, (upright ? name.clientWidth : name.clientHeight) / line, cut];
})"""


def test_long_names_of_classes_are_cut_off_and_not_broken_to_pieces(browser, axe, trained, tmp_path):
    run, summary = trained
    named = RunData(run.network, run.history, run.settings, run.train, run.test, LONG)
    (tmp_path / "page.html").write_text(report_run("r", named, summary, [], Evaluated("", "", "test"), figures=[]).html)
    page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate(axe)
    for width, tallest, longest in ((1280, 64, 60), (360, 50, 40)):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(FITS)
        names = page.evaluate(NAMES)
        assert [name for name, *_ in names] == [title for _, title, *_ in names] == [*LONG, *LONG]
        assert max(lines for *_, lines, _ in names) <= 2
        assert [name for name, *_, cut in names[10:] if cut] == [name for name in LONG if len(name) > longest]
        heights = page.locator(".confusion tbody tr").evaluate_all("rows => rows.map((row) => row.clientHeight)")
        assert max(heights) < tallest
        scroll = page.locator(".scroll:has(.confusion)")
        scroll.evaluate("box => box.scrollLeft = 9999")
        left, right = (scroll.evaluate(f"box => box.{value}") for value in ("scrollLeft", "scrollWidth"))
        assert (left > 0) == (right > scroll.evaluate("box => box.clientWidth")) == (width == 360)
        beside = page.locator(".confusion tbody th").first.bounding_box()
        assert beside["x"] >= scroll.bounding_box()["x"]  # the rows' names have stayed
        grave = page.evaluate("axe.run().then((found) => found.violations)")
        assert [each["id"] for each in grave if each["impact"] in ("serious", "critical")] == []
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(FITS)
    assert not any(cut for *_, cut in page.evaluate(NAMES))
    page.close()
