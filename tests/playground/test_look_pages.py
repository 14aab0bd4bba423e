"""The views Draw, Under glass and Mistakes in a real browser: what they show is what the library computes."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neural_network import network as equations
from neural_network.data.normalize import MNIST
from neural_network.data.preprocess import fit_picture
from neural_network.formats.shipped_models import EVERYDAY
from neural_network.playground import drawing, mistakes
from neural_network.runs.settings import Settings
from neural_network.training.callback import Callback
from neural_network.training.model import TwoLayerNN

from .conftest import wait

pytestmark = pytest.mark.xdist_group("browser")

SETTINGS = Settings(hidden=24, epochs=80, seed=1, optimizer="adam", learning_rate=0.01)
RUN = "hidden=24&epochs=80&seed=1&optimizer=adam&learning_rate=0.01&until=80"
THREE = [[(0.3, 0.25), (0.5, 0.15), (0.66, 0.28), (0.48, 0.47), (0.68, 0.66), (0.5, 0.85), (0.28, 0.74)]]
SEVEN = [[(0.28, 0.2), (0.72, 0.2), (0.45, 0.85)]]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PIXELS = """canvas => {
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    context.drawImage(canvas, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, byte) => byte % 4 === 0);
}"""
VIOLATIONS = """async () => (await axe.run(document)).violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => [id, nodes.map((node) => node.html)])"""


@pytest.fixture(scope="module")
def network(digits):
    """The network that the page trains."""
    made = SETTINGS.make_network(784, digits.classes, digits.picture_format)
    SETTINGS.train(made, digits.train, digits.validation, progress=False)
    return made


def learned(page):
    """Wait until the network has learned, and the view shows it."""
    page.locator(".network", has_text="after step 80 of 80").wait_for()
    page.locator(".view[aria-busy=false]").wait_for()
    return page


def test_before_any_training_the_shipped_model_reads(open_page):
    shipped = TwoLayerNN.load(EVERYDAY)
    page = open_page(viewport={"width": 375, "height": 900})
    draw(page, THREE)
    page.wait_for_function("location.hash.includes('strokes')")
    image = fit_picture(drawing.picture_of(strokes_of(page)), MNIST).image
    found = drawing.answer(shipped, drawing.column(image, shipped))
    A2 = found.A2
    page.locator(".answer", has_text="It reads 3.").wait_for()
    page.locator(".view[aria-busy=false]").wait_for()
    shown = page.locator(".says .bar .value").all_inner_texts()
    shares = [float(text.removesuffix(" %").lstrip("<> ")) / 100 for text in shown]
    np.testing.assert_allclose(shares, A2, atol=0.006)
    assert EVERYDAY in page.get_by_label("Read by").locator("option:checked").inner_text()
    most = np.argsort(-np.abs(found.votes[3] - found.votes[np.argsort(A2)[-2]]))[:12]  # of all 800 units
    assert page.locator(".unit-list .name").all_inner_texts() == [f"unit {unit}" for unit in most]
    page.locator(".network").wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    likeness, glass = page.locator(".likeness"), page.locator(".says button").last
    assert likeness.get_by_role("heading").inner_text() == "How unlike the images of digits"
    assert f"{EVERYDAY} comes without its training data, so this compares with digits," in likeness.inner_text()
    assert glass.inner_text() == "Under glass: your own network"
    page.get_by_label("Read by").select_option("")
    page.locator(".network").wait_for()
    likeness.get_by_role("heading", name="How unlike the training data").wait_for()
    assert EVERYDAY not in likeness.inner_text()
    assert glass.inner_text() == "Under glass"
    page.get_by_label("Read by").select_option(EVERYDAY)
    page.get_by_role("link", name="Train").click()
    wait(lambda: "model=" not in page.evaluate("location.hash"))


def test_where_the_network_has_diverged_the_last_step_before_that_is_named(open_page):
    page = open_page("#view=mistakes&data=digits&experiment=sign&until=100", refused=True)
    page.get_by_role("alert").filter(has_text="has diverged; the one after step").wait_for()
    assert page.locator(".desk").is_hidden()  # there is no matrix
    page.get_by_role("button", name="Go to step").click()
    page.get_by_text("of 100 read correctly").wait_for()
    page.get_by_role("alert").wait_for(state="hidden")
    step = re.search(r"step=(\d+)", page.evaluate("location.hash"))[1]
    assert f"The network after step {step} of" in page.locator(".network").inner_text()


def pad(page):
    box = page.locator("canvas.pad").bounding_box()
    return lambda point: (box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"])


def draw(page, strokes):
    place = pad(page)
    for stroke in strokes:
        page.mouse.move(*place(stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*place(point), steps=6)
        page.mouse.up()


def strokes_of(page):
    """The strokes in the page's address, decoded here."""
    text = re.search(r"strokes=([\w.-]+)", page.evaluate("location.href"))[1]
    numbers = [[LETTERS.index(a) * 64 + LETTERS.index(b) for a, b in re.findall("(.)(.)", s)] for s in text.split(".")]
    return [[[x / 4095, y / 4095] for x, y in zip(n[::2], n[1::2], strict=True)] for n in numbers]


def shows(page, image):
    """Whether the input that the page shows, as dark ink on white, is this one."""
    shown = np.array(page.locator(".trio canvas").first.evaluate(PIXELS))
    return bool(np.abs(shown - (255 - (255 - 26) * image.ravel().astype(float) / 255)).max() <= 1.5)


WIDGETS = """async () => {
    const [{ Chart }, { Heatmap }, { grid }, { Pad }, { percent }] = await Promise.all(
        ["widgets/chart", "widgets/heatmap", "widgets/layout", "views/draw/pad", "numbers"]
            .map((name) => import(`./js/${name}.js`)));
    const chart = new Chart("", { format: (value) => percent(value, 1) });
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    const widths = [];
    context.fillText = (text, x, y, most = Infinity) => widths.push(Math.min(most, context.measureText(text).width));
    new Heatmap({ shape: [1, 1], values: [-0.00974] }, grid(1, 1), 1, false).write(context,
        { left: 0, top: 0, width: 50, height: 18, cellWidth: 50, cellHeight: 18 });
    window.pad = new Pad(() => {});
    document.body.append(chart.root, window.pad.canvas);
    chart.draw([{ name: "", kind: "training", points: [[0, 0], [1, 1]] }]);
    window.pad.show([[[0.5, 0.5]]]);
    return [Math.min(...[...chart.root.querySelectorAll("text")].map((text) => text.getBBox().x)), Math.max(...widths)];
}"""
DOT = """async () => {
    await new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)));
    const dot = new OffscreenCanvas(1, 1).getContext("2d");
    dot.drawImage(window.pad.canvas, -320, -320);
    return [...dot.getImageData(0, 0, 1, 1).data];
}"""


def test_numbers_have_the_room_they_need_and_a_drawing_has_the_colors_of_the_page(open_page):
    page = open_page("#view=break", color_scheme="light")
    left, widest = page.evaluate(WIDGETS)
    assert left >= 0  # of "100.0 %" beside a chart
    assert widest <= 50  # of a number in a cell so wide
    assert page.evaluate(DOT) == [34, 34, 34, 255]
    page.emulate_media(color_scheme="dark")
    wait(lambda: page.evaluate(DOT) == [233, 233, 230, 255])


@pytest.mark.parametrize(("strokes", "label"), [(THREE, 3), (SEVEN, 7)])
def test_a_drawing_with_the_mouse_is_read_as_the_library_reads_it(open_page, network, strokes, label):
    page = learned(open_page(f"#view=draw&{RUN}"))
    draw(page, strokes)
    page.wait_for_function("location.hash.includes('strokes')")
    image = fit_picture(drawing.picture_of(strokes_of(page)), MNIST).image
    X = drawing.column(image, network)
    assert network.predict(X)[0] == label
    page.locator(".answer", has_text=f"It reads {label}.").wait_for()
    wait(lambda: shows(page, image))
    A2 = network.predict_proba(X)[:, 0]
    shown = page.locator(".says .bar .value").all_inner_texts()
    shares = [float(text.removesuffix(" %").lstrip("<> ")) / 100 for text in shown]
    np.testing.assert_allclose(shares, A2, atol=0.006)
    rival = np.argsort(A2)[-2]
    assert page.locator(".why h3").inner_text() == f"Why {label}, and not {rival}?"
    votes = drawing.answer(network, X).votes
    most = sorted(votes[label] - votes[rival], key=abs)[-1]
    said = page.locator(".unit-list li").first.locator(".number").last.inner_text()
    assert float(said.replace("−", "-")) == pytest.approx(most, rel=5e-3)


def test_a_finger_draws_and_does_not_scroll(open_page, network):
    settings = {"has_touch": True, "is_mobile": True, "viewport": {"width": 375, "height": 700}}
    page = learned(open_page(f"#view=draw&{RUN}", **settings))
    client, place = page.context.new_cdp_session(page), pad(page)
    for stroke in THREE:
        points = [{"x": x, "y": y} for x, y in map(place, stroke)]
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.locator(".answer", has_text="It reads 3.").wait_for()
    assert page.evaluate("scrollY") == 0
    assert len(strokes_of(page)[0]) == len(THREE[0])


def test_two_fingers_zoom_a_matrix_and_one_scrolls_the_page(open_page):
    settings = {"has_touch": True, "is_mobile": True, "viewport": {"width": 375, "height": 500}}
    page = open_page("#view=glass&sample=toy&data=digits&hidden=5&epochs=1", **settings)
    matrix = page.locator(".result .sizer")
    matrix.scroll_into_view_if_needed()
    box, client = matrix.bounding_box(), page.context.new_cdp_session(page)
    usual = box["height"]

    def fingers(*moves):
        at = [[{"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(move)] for move in moves]
        for kind, points in (("touchStart", at[0]), *(("touchMove", points) for points in at[1:]), ("touchEnd", [])):
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    near, far = [(20, 10), (100, 10)], [(20, 10), (220, 10)]
    fingers(far, near)
    wait(lambda: matrix.bounding_box()["height"] < usual)
    fingers(near, far)
    wait(lambda: matrix.bounding_box()["height"] >= usual)
    assert page.evaluate("visualViewport.scale") == 1
    before = page.evaluate("scrollY")
    fingers([(20, 10)], [(20, 5)], *([(20, -30 * i)] for i in range(1, 5)))
    wait(lambda: page.evaluate("scrollY") > before)


def test_a_step_can_be_left_out_and_comes_back_with_the_address(open_page, network):
    page = learned(open_page(f"#view=draw&{RUN}"))
    draw(page, [[(0.1 + x / 3, 0.05 + y / 3) for x, y in THREE[0]]])  # small, in a corner
    page.locator(".answer", has_text="It reads 3.").wait_for()
    for name in ("zoom", "crop", "equalize", "fit", "center"):
        page.get_by_role("checkbox", name=name).uncheck()
    left_out = drawing.read_strokes(strokes_of(page), MNIST, ["zoom", "crop", "equalize", "fit", "center"]).image
    label = network.predict(drawing.column(left_out, network))[0]
    page.locator(".answer", has_text=f"It reads {label}.").wait_for()
    wait(lambda: shows(page, left_out))
    page.reload()
    learned(page).locator(".answer", has_text=f"It reads {label}.").wait_for()
    wait(lambda: shows(page, left_out))
    assert not page.get_by_role("checkbox", name="crop").is_checked()
    assert page.get_by_role("checkbox", name="invert").is_checked()


@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone_the_name_of_the_reader_is_whole(open_page, width):
    page = open_page("", viewport={"width": width, "height": 700})
    page.locator("#reader option", has_text=EVERYDAY).wait_for(state="attached")
    given, needed = page.locator("#reader").evaluate("""select => {
        const given = select.offsetWidth;
        select.style.setProperty("flex-shrink", "0");
        select.style.setProperty("max-width", "none");
        return [given, select.offsetWidth];
    }""")
    assert needed <= given
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_no_picture_shows_nothing_but_why(open_page, tmp_path):
    page = learned(open_page(f"#view=draw&{RUN}", refused=True))
    path = tmp_path / "digits.csv"
    path.write_text("label,pixel0\n")
    page.locator("#upload").set_input_files(path)
    page.get_by_role("alert").filter(has_text="not a picture").wait_for()
    page.locator(".answer").wait_for(state="hidden")
    draw(page, THREE)
    page.locator(".answer", has_text="It reads").wait_for()


def test_undo_clear_upload_and_test_images(open_page, network, digits, tmp_path):
    from PIL import Image

    page = learned(open_page(f"#view=draw&{RUN}"))
    draw(page, [*THREE, [(0.1, 0.1), (0.2, 0.2)]])
    page.wait_for_function("location.hash.split('strokes=').at(-1).includes('.')")
    page.get_by_role("button", name="Undo").click()
    wait(lambda: len(strokes_of(page)) == 1)
    page.get_by_role("button", name="Clear").click()
    page.locator(".answer").wait_for(state="hidden")
    assert "strokes" not in page.evaluate("location.href")

    path = tmp_path / "seven.png"
    Image.fromarray(255 - drawing.picture_of([[[x, y] for x, y in SEVEN[0]]])).save(path)
    page.locator("#upload").set_input_files(path)
    page.locator(".answer", has_text="It reads 7.").wait_for()

    page.get_by_label("Test image").fill("5")
    page.get_by_label("Test image").press("Enter")
    label, read = digits.classes[digits.test.Y[5]], digits.classes[network.predict(digits.test.X[:, [5]])[0]]
    page.locator(".answer", has_text=f"It reads {read}, which is right." if label == read else label).wait_for()


def test_hostile_pictures_are_refused_in_one_line(open_page, network, tmp_path):
    page = learned(open_page(f"#view=draw&{RUN}", refused=True))
    path = tmp_path / "no.png"
    path.write_bytes(b"<script>alert(1)</script>")
    page.locator("#upload").set_input_files(path)
    page.get_by_role("alert").filter(has_text="the file is not a picture; expected one of PNG, JPEG").wait_for()


def test_a_clicked_cell_shows_a_sum_that_adds_up(open_page, network, digits):
    page = learned(open_page(f"#view=glass&{RUN}&sample=test:5"))
    page.locator(".result canvas").wait_for()
    page.wait_for_function("document.querySelector('.result canvas').getBoundingClientRect().height > 100")
    page.locator(".result canvas").click(position={"x": 10, "y": 3.5 * 18})
    page.locator(".sum").wait_for()
    page.locator(".view[aria-busy=false]").wait_for()
    Z1 = network.forward(digits.test.X[:, [5]]).Z1
    value, total = Z1[3, 0], float(page.locator("[data-total]").get_attribute("data-total"))
    terms = [float(row.get_attribute("data-term")) for row in page.locator("[data-term]").all()]
    assert math.fsum(terms) == pytest.approx(total, rel=1e-12)
    assert total == pytest.approx(value, rel=1e-5)
    assert page.locator(".sum h3").inner_text().startswith("Z1[3, 0] = ")
    assert float(page.locator(".sum h3").inner_text().split("= ")[1].replace("−", "-")) == pytest.approx(
        value, rel=1e-3
    )
    assert "cell=3,0" in page.evaluate("location.href")


def test_the_keyboard_walks_through_the_lines_that_ran(open_page):
    page = learned(open_page(f"#view=glass&{RUN}&sample=toy"))
    lines = Path(equations.__file__).read_text(encoding="utf-8").splitlines()
    numbers = []
    for _ in range(40):
        place, source = page.locator(".source .place").inner_text(), page.locator(".source pre").inner_text()
        if place.startswith("network.py:"):
            assert lines[int(place.split(":")[1]) - 1].strip() == source.strip()
            numbers += re.findall(r"# \((\d+)\)", source)
        if page.locator(".lines button").last.get_attribute("aria-current"):
            break
        before = page.locator(".lines [aria-current]").inner_text()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("text => document.querySelector('.lines [aria-current]').innerText !== text || "
                               "location.hash.includes('line=')", arg=before)  # fmt: skip
        page.wait_for_timeout(60)
    assert numbers[:10] == [str(number) for number in range(1, 11)]


def test_a_quantity_lights_up_wherever_it_stands_with_its_value(open_page, network, digits):
    page = learned(open_page(f"#view=glass&{RUN}&sample=test:5&line=1"))
    page.locator(".source [data-name='Z1']").hover()
    Z1 = network.forward(digits.test.X[:, [5]]).Z1
    page.locator(".live", has_text=re.compile("Z1: H × m = 24 × 1, from ")).wait_for()
    low = float(re.search(r"from (\S+) to", page.locator(".live").inner_text())[1].replace("−", "-"))
    assert low == pytest.approx(Z1.min(), rel=1e-3)
    lit = page.locator(".lit").all_text_contents()
    assert set(lit) == {"Z1"}
    assert page.locator(".lines .lit").count() >= 3  # in (1), (2) and (8)
    page.locator(".result canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    A1 = np.maximum(Z1, 0)
    text = page.locator(".result .value").inner_text()
    assert text.startswith("A1[1, 0] = ")
    assert float(text.split("= ")[1]) == pytest.approx(A1[1, 0], rel=1e-3)


def test_the_time_line_and_the_batch_of_its_next_step(open_page, network, digits):
    steps = {}

    class Keep(Callback):
        def on_step(self, run):
            steps[run.step] = run.network.W1.copy()

    settings = replace(SETTINGS, batch_size=50, epochs=2)
    settings.train(SETTINGS.make_network(784, digits.classes), digits.train, callbacks=[Keep()], progress=False)
    page = open_page("#view=glass&hidden=24&epochs=2&batch_size=50&seed=1&optimizer=adam&learning_rate=0.01&until=24")
    page.locator(".network", has_text="after step 24 of 24").wait_for()
    page.get_by_label("Step of the time line").fill("9")
    page.locator(".network", has_text="after step 9 of 24").wait_for()
    page.get_by_label("Sample", exact=True).select_option(label="Batch of the next step")
    page.locator("[role=status]", has_text=re.compile(r"^train \d+: ")).wait_for()
    page.locator(".lines button", has_text="W1").last.click()
    expected = steps[10]
    page.locator(".result figcaption", has_text=f"to {short(expected.max())}").wait_for()
    page.locator(".result canvas").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    text = page.locator(".result .value").inner_text()
    assert text.startswith("W1[0, 2] = ")
    assert float(text.split("= ")[1].replace("−", "-")) == pytest.approx(expected[0, 2], abs=1e-5)


def short(value):
    return f"{value:.3f}"


def test_from_the_matrix_to_an_image_to_the_glass(open_page, network, digits):
    found = mistakes.predictions(network, digits.test)
    page = learned(open_page(f"#view=mistakes&{RUN}"))
    right = int(np.trace(found.confusion))
    page.locator("[role=status]", has_text=f"{right} of 100 read correctly").wait_for()
    counts = [int(text or 0) for text in page.locator(".confusion-table td button").all_inner_texts()]
    assert counts == found.confusion.ravel().tolist()
    wrong = mistakes.of_cell(found, digits.test.Y)
    assert len(wrong) > 0
    assert page.locator(".gallery button").count() == min(len(wrong), 48)
    label, read = int(digits.test.Y[wrong[0]]), int(found.predicted[wrong[0]])
    page.locator(f".confusion-table tbody tr:nth-child({label + 1}) td:nth-child({read + 2}) button").click()
    page.locator("h3", has_text=f"images of {label} read as {read}").wait_for()
    indices = mistakes.of_cell(found, digits.test.Y, label, read)
    wait(lambda: page.locator(".gallery button").count() == len(indices))
    pixels = page.locator(".gallery canvas").first.evaluate(PIXELS)
    paper = 255 - (255 - 26) * digits.test.X[:, indices[0]]
    assert np.abs(np.array(pixels) - paper).max() <= 2
    page.locator(".gallery button").first.click()
    page.locator(".need h3", has_text=f"Test image {indices[0]}: {label}, read as {read}").wait_for()
    page.locator(".need").get_by_role("button", name="Under glass").click()
    page.locator("[role=status]", has_text=f"test {indices[0]}: {label}, read as {read}").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("view", ["draw&sample=test:3", "glass&cell=2,0", "mistakes&image=4"])
def test_it_fits_and_is_accessible(open_page, axe, view, scheme, width):
    page = learned(open_page(f"#view={view}&{RUN}", color_scheme=scheme, viewport={"width": width, "height": 800}))
    page.locator({"d": ".nearest canvas", "g": ".sum", "m": ".need h3"}[view[0]]).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []
