"""The view Train in a real browser: what buttons do has the library's bits, and the address brings it back."""

import re
import sys

import numpy as np
import pytest

from neural_network.runs.settings import Settings
from neural_network.training.model import TwoLayerNN

from .conftest import wait
from .test_runs import library, same

pytestmark = pytest.mark.xdist_group("browser")

ADDRESS = "#view=train&epochs=30&seed=4&hidden=12"
SETTINGS = Settings(epochs=30, seed=4, hidden=12)
VIOLATIONS = """async () => (await axe.run(document)).violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => [id, nodes.map((node) => node.html)])"""


@pytest.fixture
def session(served):
    """The only session, which the page has opened."""

    def get():
        wait(lambda: len(served.sessions) == 1)
        (session,) = served.sessions._sessions.values()
        return session

    served.sessions.close_all()
    return get


def status(page, words):
    page.locator(".status", has_text=re.compile(words)).wait_for()


def slide(page, step):
    page.locator("#timeline").evaluate(
        "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }", step
    )


def test_play_pause_rewind_and_branch_have_the_librarys_bits(open_page, session, digits):
    steps, network, rows = library(SETTINGS, digits)
    page = open_page(ADDRESS)
    status(page, "Ready: step 0 of 30")
    page.get_by_role("button", name="1 step").click()
    status(page, "Paused: step 1 of")
    assert same(session().network_at(), steps[1])
    page.get_by_label("Stop at step").fill("20")
    page.get_by_role("button", name="Play to step").click()
    status(page, "Paused: step 20 of")
    assert same(session().network_at(), steps[20])

    slide(page, 7)
    page.get_by_role("button", name="Rewind to here").click()
    status(page, "Paused: step 7 of")
    assert same(session().network_at(), steps[7])
    page.get_by_role("button", name="Play", exact=True).click()
    status(page, "Finished: step 30 of 30")
    assert same(session().network_at(), network.parameters)
    percent = f"{100 * rows[-1]['validation_accuracy']:.2f} % in validation"
    assert percent in page.locator(".status").inner_text()

    slide(page, 10)
    page.get_by_label("Learning rate").fill("0.5")
    page.get_by_label("Learning rate").press("Tab")
    slide(page, 10)
    page.get_by_role("button", name="Branch with them").click()
    page.get_by_role("row", name="run 2 run 1, step 10").wait_for()
    page.get_by_role("button", name="1 epoch").click()
    status(page, "Paused: step 1 of")
    branch = Settings(epochs=30, seed=4, hidden=12, learning_rate=0.5)
    expected = branch.make_network(784, digits.classes)
    for name, θ in expected.parameters.items():
        θ[...] = steps[10][name]
    Settings(epochs=1, seed=4, hidden=12, learning_rate=0.5).train(expected, digits.train, progress=False)
    assert same(session().network_at(), expected.parameters)


def test_quick_clicks_are_as_many_steps(open_page):
    page = open_page(ADDRESS)
    status(page, "Ready")
    page.get_by_role("button", name="1 step").evaluate("(button) => { for (let i = 0; i < 6; i++) button.click(); }")
    status(page, "Paused: step 6")


def test_a_long_curve_has_no_more_points_than_the_server_keeps(open_page, session):
    page = open_page("#view=train&data=digits&hidden=4&batch_size=1&epochs=10&until=1300")
    status(page, "Paused: step 1,300")
    kept = len(session().run.losses.after(0))
    assert kept < 1000
    wait(lambda: len(page.locator(".line.batch").get_attribute("points").split()) == kept)


def test_the_pictures_are_those_of_the_step(open_page, session, digits):
    steps, _, _ = library(SETTINGS, digits)
    page = open_page(f"{ADDRESS}&until=30")
    status(page, "Finished")
    slide(page, 5)
    page.wait_for_function("location.hash.includes('step=5')")
    network = SETTINGS.make_network(784, digits.classes)
    for name, θ in network.parameters.items():
        θ[...] = steps[5][name]
    X, Y = digits.validation
    right = np.bincount(Y[network.predict(X) == Y], minlength=10)
    cells = page.locator(".counts td.right")
    wait(lambda: [int(text or 0) for text in cells.all_inner_texts()] == right.tolist())
    assert page.locator(".weights canvas").count() == 12


def test_the_step_with_the_lowest_loss_is_named_and_shown(open_page, session, digits):
    settings = Settings(epochs=30, seed=4, hidden=12, learning_rate=1.5)  # too long: the lowest is not the last
    _, _, rows = library(settings, digits)
    steps = {column: min(rows, key=lambda row: row[column])["step"] for column in ("loss", "validation_loss")}
    assert steps["validation_loss"] < 30
    page = open_page(f"{ADDRESS}&learning_rate=1.5&until=30")
    status(page, "Finished")
    buttons = page.locator(".lowest button")
    wait(lambda: buttons.all_inner_texts() == [f"step {step}" for step in steps.values()])
    buttons.last.click()
    page.locator("output", has_text=f"step {steps['validation_loss']}").wait_for()


def test_reload_restores_the_state(open_page, session):
    page = open_page(f"{ADDRESS}&until=20")
    status(page, "Paused: step 20 of")
    slide(page, 9)
    page.locator("output", has_text="step 9").wait_for()
    before = session()
    page.reload()
    status(page, "Paused: step 20 of")
    page.locator("output", has_text="step 9").wait_for()
    assert page.get_by_label("Hidden units").input_value() == "12"
    assert session() is not before  # the tab's first session ended with the page


def test_a_reload_in_the_middle_comes_back_to_where_the_address_noted_it(open_page, session):
    page = open_page("#view=train&epochs=9000&seed=4&hidden=12")
    status(page, "Ready")
    page.get_by_role("button", name="Play", exact=True).click()
    wait(lambda: "until=" in page.evaluate("location.hash"))
    page.reload()
    status(page, "Paused: step [1-9]")


def test_a_wrong_address_is_one_line_and_can_be_mended(open_page, served):
    served.sessions.close_all()
    page = open_page("#view=train&hidden=none", refused=True)
    page.get_by_role("alert").filter(has_text="Hidden units must be a whole number, not 'none'").wait_for()
    for name in ("Play", "1 step", "Newest", "Branch from here"):  # there is no run yet
        assert page.get_by_role("button", name=name, exact=True).is_disabled()
    page.get_by_label("Hidden units").fill("7")
    page.get_by_label("Hidden units").press("Tab")
    status(page, "Ready: step 0 of")
    page.get_by_role("alert").wait_for(state="hidden")


def test_what_was_wrong_is_forgotten_when_it_is_mended(open_page):
    page = open_page(ADDRESS, refused=True)
    status(page, "Ready")
    alert = page.get_by_role("alert")
    for value, words in {"2.5": "must be a whole number", "-3": "must not be negative"}.items():
        page.get_by_label("Hidden units").fill(value)
        page.get_by_label("Hidden units").press("Tab")
        alert.filter(has_text=f"Hidden units {words}").wait_for()
    page.get_by_label("Hidden units").fill("12")
    page.get_by_label("Hidden units").press("Tab")
    alert.wait_for(state="hidden")
    status(page, "Ready")


def test_toy_data_shows_its_regions(open_page):
    page = open_page("#view=train&data=moons&epochs=20&optimizer=adam&hidden=8")
    page.get_by_role("button", name="Play", exact=True).click()
    status(page, "Finished")
    page.locator(".regions").wait_for()
    page.locator(".weights").wait_for(state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_it_fits_and_is_accessible(open_page, axe, scheme, width):
    page = open_page(f"{ADDRESS}&until=30", color_scheme=scheme, viewport={"width": width, "height": 800})
    status(page, "Finished")
    page.locator(".counts td.right").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []


def test_the_keyboard_alone_trains_and_reads_the_chart(open_page):
    page = open_page(ADDRESS)
    status(page, "Ready")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Play":
            break
    page.keyboard.press("Enter")
    status(page, "Finished")
    page.locator(".chart svg").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.locator(".readout").first.inner_text().startswith("step 2")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('step=2')")


def test_code_is_copied_and_models_are_saved_and_loaded(open_page, session, tmp_path):
    page = open_page(f"{ADDRESS}&until=30")
    status(page, "Finished")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as command").click()
    page.get_by_text("Copied").wait_for()
    command = "mnist-nn train --data synthetic --hidden 12 --seed 4 --epochs 30"
    assert page.evaluate("navigator.clipboard.readText()") == command
    before = session().network_at()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as safetensors").click()
    download.value.save_as(tmp_path / "model.safetensors")
    page.locator(".share input[type=file]").set_input_files(tmp_path / "model.safetensors")
    page.get_by_text("is the network now").wait_for()
    status(page, "Ready: step 0")
    assert session().run.step == 0
    assert same(session().network_at(), before.parameters)


@pytest.mark.parametrize("step", [30, 12])
def test_saved_models_predict_what_the_network_does(open_page, session, digits, tmp_path, step):
    onnxruntime = pytest.importorskip("onnxruntime")
    steps, _, _ = library(SETTINGS, digits)
    page = open_page(f"{ADDRESS}&until=30")
    status(page, "Finished")
    if step < 30:
        slide(page, step)
        page.locator("output", has_text=f"step {step}").wait_for()
    paths = {}
    for kind in ("safetensors", "ONNX"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        paths[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(paths[kind])
    assert [path.name for path in paths.values()] == ["model.safetensors", "model.onnx"]
    network = TwoLayerNN.load(paths["safetensors"])
    assert same(network, steps[step])
    X = np.ascontiguousarray(digits.test.X.T)
    model = onnxruntime.InferenceSession(paths["ONNX"], providers=["CPUExecutionProvider"])
    label, probabilities = model.run(["label", "probabilities"], {"X": X})
    np.testing.assert_array_equal(label, network.predict(digits.test.X))
    np.testing.assert_allclose(probabilities.T, network.predict_proba(digits.test.X), atol=1e-6)


def test_without_the_package_onnx_its_name_is_said(open_page, session, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    page = open_page(f"{ADDRESS}&until=3", refused=True)
    status(page, "Paused: step 3")
    page.get_by_role("button", name="Save as ONNX").click()
    page.get_by_role("alert").filter(has_text='pip install "mnist-nn[onnx]"').wait_for()
    assert "internal" not in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("width", [375, 1440])
def test_what_cannot_be_taken_is_said_beside_the_buttons(open_page, axe, width):
    page = open_page("#view=train&data=moons&epochs=3&hidden=4", refused=True, viewport={"width": width, "height": 700})
    status(page, "Ready")
    command = page.get_by_role("button", name="Copy as command")
    command.click()
    said = page.get_by_role("alert").filter(has_text="toy data have no command")
    said.wait_for()
    assert page.get_by_role("alert").count() == 1
    box, button = said.bounding_box(), command.bounding_box()
    assert 0 < box["y"] - button["y"] < 250
    assert box["y"] + box["height"] <= 700
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []
    page.get_by_role("button", name="Copy as Python").click()
    page.locator(".share pre").wait_for()
    said.wait_for(state="hidden")


def test_a_session_that_was_given_up_comes_back(open_page, session, served):
    page = open_page(f"{ADDRESS}&until=10", gone=True)
    status(page, "Paused: step 10 of")
    served.sessions.close_all()
    page.get_by_role("button", name="1 step").click()
    status(page, "Paused: step 11 of")


LOST = """async () => {
    const { Stream } = await import("./js/stream.js"), said = [], answers = [Promise.reject("gone"), Promise.resolve()];
    answers[0].catch(() => {});
    globalThis.EventSource = class {
        constructor() { if (answers.length) setTimeout(() => this.onerror()); }
        close() {}
    };
    const stream = new Stream(async () => "", () => {}, () => answers.shift(), (problem) => said.push(problem));
    while (said.length < 2) await new Promise((done) => setTimeout(done, 50));
    stream.end();
    return said;
}"""


def test_a_server_that_has_gone_is_said_until_it_is_back(open_page):
    assert open_page("#view=break").evaluate(LOST) == ["gone", None]


def test_a_setting_that_is_not_confirmed_moves_no_button(open_page, session):
    page = open_page(f"{ADDRESS}&until=22")
    status(page, "Paused: step 22")
    page.get_by_label("Learning rate").fill("0.5")
    page.get_by_role("button", name="Branch from here").click()  # and the field is left, which shows a notice
    page.get_by_role("row", name="run 2 run 1, step 22").wait_for()
    wait(lambda: session().settings.learning_rate == 0.5)
    assert page.locator(".changes").is_hidden()


def test_a_click_right_after_a_change_plays_with_it(open_page, session):
    page = open_page(ADDRESS)
    status(page, "Ready: step 0")
    page.evaluate("""() => {
        const field = document.querySelector("#control-learning_rate");
        field.value = "0.5";
        field.dispatchEvent(new Event("change"));
        document.querySelector(".play").click();  // long before the change starts a run of its own accord
    }""")
    status(page, "Finished: step 30")
    assert session().settings.learning_rate == 0.5
    page.wait_for_timeout(400)  # and no other run begins
    status(page, "Finished: step 30")


def test_a_run_can_be_chosen_by_a_slow_click_while_another_trains_on(open_page, session):
    page = open_page("#view=train&run1=hidden:12,epochs:30,until:22&run2=1@7,until:9&run=2")
    status(page, "Paused: step 9")
    box = page.get_by_role("row").get_by_role("button", name="run 1").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    session().run.advance()
    status(page, "Paused: step 10")  # and the table has been drawn anew
    page.mouse.up()
    status(page, "Paused: step 22")


def test_the_line_above_a_curve_is_of_the_run_in_view(open_page):
    page = open_page("#view=train&run1=hidden:12,epochs:30,until:22&run2=1@7,learning_rate:0.5,until:9&run=2")
    page.locator(".readout", has_text="step 16").first.wait_for()
    assert re.search(r"training \d", page.locator(".readout").first.inner_text())


def test_copied_code_stays_with_its_run(open_page, session):
    page = open_page(f"{ADDRESS}&until=9")
    status(page, "Paused: step 9")
    page.get_by_role("button", name="Copy as command").click()
    page.locator(".share pre").wait_for()
    page.get_by_role("button", name="1 step").click()
    status(page, "Paused: step 10")
    assert page.locator(".share pre").is_visible()
    page.get_by_role("button", name="Branch from here").click()
    page.locator(".share pre").wait_for(state="hidden")
    assert "Copied" not in page.locator(".share").inner_text()


def test_a_shipped_model_goes_on_from_an_address_that_names_it_alone(open_page, session):
    page = open_page("#view=train&from=everyday-800&until=5")
    status(page, "Paused: step 5")
    wait(lambda: page.get_by_label("Hidden units").input_value() == "800")
    wait(lambda: "until=5" in page.evaluate("location.hash"))
    assert page.locator(".changes").is_hidden()


def test_a_page_that_is_being_left_opens_no_other_session(open_page, session, served):
    page = open_page(ADDRESS)
    status(page, "Ready")
    session()
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    wait(lambda: len(served.sessions) == 0)
    page.get_by_role("button", name="1 step").click()  # as a request does that is still to be sent
    page.wait_for_timeout(500)
    assert len(served.sessions) == 0


@pytest.mark.slow
def test_eight_tabs_work_though_a_browser_opens_six_connections(browser, served):
    served.sessions.close_all()
    context = browser.new_context()
    pages = [context.new_page() for _ in range(8)]
    for page in pages:
        page.goto(f"{served.url}{ADDRESS}")
        status(page, "Ready: step 0 of 30")
        page.wait_for_timeout(1100)  # until its stream is closed, as a hidden tab's is at once
    assert len(served.sessions) == 8
    for page in pages:
        page.get_by_role("button", name="Play", exact=True).click()
        status(page, "Finished: step 30 of 30")
    pages.pop().close()
    wait(lambda: pages[0].evaluate("1") and len(served.sessions) == 7)
    context.close()
    wait(lambda: len(served.sessions) == 0)
