"""The page without a server: it opens from a file, asks nothing, and shows what the server would have shown."""

import gzip
import json
import math
from base64 import b64decode
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from neural_network.cli.main import main
from neural_network.data.dataset import Samples
from neural_network.data.normalize import MNIST, SeveralDigitsError
from neural_network.data.preprocess import fit_picture
from neural_network.data.synthetic.handwriting import write
from neural_network.formats.shipped_models import EVERYDAY
from neural_network.playground import drawing
from neural_network.playground.record import recording as module
from neural_network.playground.record.page import make_page
from neural_network.playground.record.recording import record
from neural_network.runs.settings import Settings
from neural_network.training.model import TwoLayerNN

from .conftest import wait
from .test_look_pages import SEVEN, THREE, VIOLATIONS, draw

pytestmark = pytest.mark.xdist_group("browser")

SETTINGS = Settings(hidden=16, epochs=40, batch_size=100, learning_rate=0.3, seed=1)


@pytest.fixture(scope="module")
def small(digits):
    return replace(digits, test=Samples(digits.test.X[:, :60], digits.test.Y[:60]))


@pytest.fixture(scope="module")
def recorded(small):
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "STEPS", 6)
    patch.setattr(module, "GLASS_STEPS", 2)
    patch.setattr(module, "GLASS_SAMPLES", ("test:1",))
    yield record(small, SETTINGS)
    patch.undo()


@pytest.fixture(scope="module")
def network(small):
    made = SETTINGS.make_network(784, small.classes, small.picture_format)
    SETTINGS.train(made, small.train, small.validation, progress=False)
    return made


@pytest.fixture(scope="module")
def address(recorded, tmp_path_factory):
    path = tmp_path_factory.mktemp("record") / "lesson.html"
    path.write_text(make_page(recorded), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_file(browser, address):
    """Open a view of the page; what it asks for, and whatever its console says, fails the test."""
    contexts, asked, said = [], [], []

    def open_(fragment, **settings):
        contexts.append(browser.new_context(reduced_motion="reduce", **settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address + fragment)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert said == []


def test_the_recorded_weights_are_those_of_the_run(recorded, network):
    last = recorded["steps"][-1]
    assert last == 6 * 40
    for name, θ in network.parameters.items():
        encoded = recorded["networks"][str(last)][name]
        found = np.frombuffer(b64decode(recorded["blobs"][encoded["data"]]), encoded["dtype"]).reshape(encoded["shape"])
        np.testing.assert_array_equal(found, θ)
    assert recorded["steps"][0] == 0
    assert len(recorded["blobs"]) == len(set(recorded["blobs"]))


@pytest.mark.parametrize(("strokes", "label"), [(THREE, 3), (SEVEN, 7)])
def test_a_drawing_is_read_without_a_server(open_file, strokes, label):
    page = open_file("#view=draw")
    page.locator(".network", has_text="after step 240 of 240").wait_for()
    draw(page, strokes)
    page.locator(".answer", has_text=f"It reads {label}.").wait_for()


def test_the_forward_pass_in_the_page_is_the_networks(open_file, network, small):
    page = open_file("#view=draw&sample=test:7")
    page.locator(".answer").wait_for()
    A2 = network.predict_proba(small.test.X[:, [7]])[:, 0]
    page.locator(".answer", has_text=f"It reads {A2.argmax()}").wait_for()
    shown = page.locator(".says .bar .fill").evaluate_all("fills => fills.map((fill) => parseFloat(fill.style.width))")
    np.testing.assert_allclose(shown, 100 * A2, atol=0.01)


def test_strokes_become_the_pixels_of_the_library(open_page):
    labels, paths, radii = write(np.random.default_rng(5), 210)
    drawings, expected, wanted = [], [], []
    for path, is_down, label in zip(np.round(4095 * (0.5 + 0.6 * paths)) / 4095, radii > 0, labels, strict=True):
        changes = np.flatnonzero(np.diff(is_down)) + 1
        pieces = zip(np.split(path, changes), np.split(is_down, changes), strict=True)
        strokes = [points.tolist() for points, down in pieces if down[0]]
        with suppress(SeveralDigitsError):  # of one or two whose strokes lie far apart
            expected.append(fit_picture(drawing.picture_of(strokes), MNIST).image.ravel())
            drawings.append(strokes)
            wanted.append(label)
    assert len(drawings) >= 200
    page = open_page("#view=break")
    found = page.evaluate(
        "async (all) => { const { fitDrawing } = await import('/js/replay/drawing.js');"
        " return all.map((strokes) => [...fitDrawing(strokes, []).image.values]); }",
        drawings,
    )
    assert np.abs(np.array(found) - np.array(expected, int)).max() <= 1
    X = (np.array(found).T / 255).astype(np.float32)
    assert (TwoLayerNN.load(EVERYDAY).predict(X) == wanted).mean() > 0.9


def test_mistakes_and_their_needs(open_file, network, small):
    page = open_file("#view=mistakes")
    right = int((network.predict(small.test.X) == small.test.Y).sum())
    page.locator("[role=status]", has_text=f"{right} of 60 read correctly").wait_for()
    assert right < 60
    page.locator(".gallery button").first.click()
    page.locator(".need", has_text="it would have needed").wait_for()


def test_a_recorded_cell_adds_up(open_file, network, small):
    page = open_file("#view=glass&sample=test:1&cell=4,0")
    page.locator(".sum").wait_for()
    total = float(page.locator("[data-total]").get_attribute("data-total"))
    terms = [float(row.get_attribute("data-term")) for row in page.locator("[data-term]").all()]
    assert math.fsum(terms) == pytest.approx(total, rel=1e-9)
    assert total == pytest.approx(float(network.forward(small.test.X[:, [1]]).Z1[4, 0]), rel=1e-5)


def test_the_training_is_replayed(open_file):
    page = open_file("#view=train")
    page.locator(".status", has_text="Finished: step 240 of 240").wait_for()
    page.locator(".changes").wait_for(state="hidden")
    page.get_by_role("button", name="Again from the start").click()
    page.locator(".status", has_text="Training: step").wait_for()
    page.locator(".status", has_text="Finished: step 240 of 240").wait_for()
    for what in (page.locator(".side"), page.locator(".share"), page.get_by_role("button", name="Branch from here")):
        assert what.is_hidden()  # a recording cannot be trained


@pytest.mark.parametrize("view", ["draw&sample=test:3", "glass&sample=test:1", "mistakes", "train"])
def test_it_fits_a_phone_and_is_accessible(open_file, axe, view):
    page = open_file(f"#view={view}", viewport={"width": 375, "height": 800})
    page.locator("h2").first.wait_for(state="attached")
    wait(lambda: page.locator("canvas").count() > 0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []


def test_the_command_writes_the_page(tmp_path, monkeypatch, capsys, recorded):
    monkeypatch.setattr(module, "record", lambda data, advance: recorded)
    path = tmp_path / "lesson.html"
    with pytest.raises(SystemExit) as ended:
        main(["play", "--record", str(path)])
    assert ended.value.code == 0
    html = path.read_text(encoding="utf-8")
    packed = html.split('id="recording">')[1].split("<")[0]
    assert json.loads(gzip.decompress(b64decode(packed)))["steps"] == recorded["steps"]
    path.with_suffix(".txt").touch()
    with pytest.raises(SystemExit) as ended:
        main(["play", "--record", str(path.with_suffix(".txt"))])
    assert ended.value.code == 2
    assert "--record must end in .html" in capsys.readouterr().err
