"""A link shows the same thing elsewhere, in a real browser: all runs with their bits, or what is wrong with it."""

import re

import pytest

from neural_network.formats.shipped_models import EVERYDAY, SHIPPED
from neural_network.training.model import TwoLayerNN

from .conftest import wait
from .test_look_pages import THREE, draw
from .test_runs import same
from .test_train_page import ADDRESS, session, slide, status

__all__ = ["session"]  # a fixture

pytestmark = pytest.mark.xdist_group("browser")

VIEWS = ["draw", "glass", "mistakes", "train", "break"]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def hash_of(page):
    return page.evaluate("location.hash")


def rows(page):
    return page.locator(".runs tr").all_inner_texts()


def is_noted(page, text):
    return lambda: text in hash_of(page)


def play_to(page, step):
    page.get_by_label("Stop at step").fill(str(step))
    press(page, "Play to step")
    status(page, f"Paused: step {step}")


def test_a_reload_and_a_link_restore_all_branches_to_the_same_bits(open_page, session):
    page = open_page(f"{ADDRESS}&until=30")
    status(page, "Finished")
    slide(page, 10)
    press(page, "Rewind to here")
    status(page, "Paused: step 10")
    play_to(page, 22)
    slide(page, 7)
    press(page, "Branch from here")
    page.get_by_role("row", name="run 2 run 1, step 7").wait_for()
    page.get_by_label("Learning rate").fill("0.5")
    page.get_by_label("Learning rate").press("Tab")
    play_to(page, 9)
    slide(page, 4)
    press(page, "Branch with them")
    page.get_by_role("row", name="run 3 run 2, step 11").wait_for()
    press(page, "Play")
    status(page, "Finished: step 30")
    page.get_by_role("row").get_by_role("button", name="run 2").click()
    status(page, "Paused: step 9")
    slide(page, 3)
    wait(is_noted(page, "run=2"))
    wait(is_noted(page, "run3=2@4,learning_rate:0.5,until:30"))
    assert "run1=data:digits,hidden:12,seed:4,epochs:30,until:22" in hash_of(page)
    assert "run2=1@7,until:9" in hash_of(page)
    before, shown = session(), rows(page)
    runs = {name: (run.step, run.losses.after(0), run.network_at(run.step)) for name, run in before.runs.items()}
    link = hash_of(page)

    for again in (page.reload, lambda: (page.goto("about:blank"), page.goto(open_page.url + link))):
        again()
        wait(lambda: rows(page) == shown)
        status(page, "Paused: step 9 of 30")
        page.locator("output", has_text="step 10").wait_for()  # 7 + 3
        wait(lambda: hash_of(page) == link)
        restored = session()
        assert restored is not before
        assert restored.name == "run 2"
        for name, (step, losses, network) in runs.items():
            run = restored.runs[name]
            assert (run.step, run.losses.after(0)) == (step, losses)
            assert same(run.network_at(step), network.parameters)
        page.locator(".changes").wait_for(state="hidden")


def test_a_link_to_other_runs_that_is_pasted_into_the_page_is_followed(open_page, session):
    page = open_page(f"{ADDRESS}&until=30")
    status(page, "Finished")
    page.goto(f"{open_page.url}{ADDRESS}&run1=epochs:5,until:4&run2=1@2,until:3&run=1")
    status(page, "Paused: step 4 of 5")
    wait(lambda: len(session().runs) == 2)
    page.get_by_role("link", name="Mistakes").click()
    page.locator(".network", has_text="after step 4 of 5").wait_for()
    assert "run2=1@2,until:3" in hash_of(page)
    page.get_by_role("link", name="Train").click()
    page.get_by_text("The settings differ").wait_for()
    press(page, "Start anew")
    status(page, "Ready: step 0 of 30")
    assert "run" not in hash_of(page)


def test_the_runs_of_a_link_show_their_progress_and_can_be_stopped(open_page, session):
    page = open_page("#view=train&run1=epochs:9000,until:9000&run2=1@8000")
    status(page, "Training run 1 of 2 again, as the address says. Training: step [1-9]")
    for name in ("1 step", "Play to step", "Branch from here", "Copy as Python"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled()
    assert "run2=1@8000" in hash_of(page)  # a reload begins once more
    press(page, "Pause")
    status(page, "^Paused: step")
    assert len(session().runs) == 1
    wait(lambda: "run2" not in hash_of(page))


def test_runs_that_turn_out_impossible_are_one_line(open_page, session):
    page = open_page("#view=train&run1=epochs:60,learning_rate:1e30,seed:0&run2=1@50", refused=True)
    page.get_by_role("alert").filter(has_text="run2: step must be 0 to").wait_for()


def test_a_shipped_model_is_named_by_the_address(open_page, session):
    page = open_page(ADDRESS)
    status(page, "Ready")
    page.get_by_label("Start from a shipped model").select_option("seed")
    page.get_by_text("seed is the network now").wait_for()
    wait(is_noted(page, "from=seed"))
    page.get_by_label("Learning rate").fill("0.05")
    page.get_by_label("Learning rate").press("Tab")
    wait(lambda: session().settings.learning_rate == 0.05)
    press(page, "1 step")
    status(page, "Paused: step 1")
    seed = TwoLayerNN.load(SHIPPED["seed"])
    parameters = session().network_at(1).parameters
    assert same(session().network_at(0), {name: θ.astype("float32") for name, θ in seed.parameters.items()})
    wait(is_noted(page, "until=1"))
    before = session()
    page.reload()
    status(page, "Paused: step 1")
    assert session() is not before
    assert same(session().network_at(), parameters)
    page.get_by_text("which no link can hold").wait_for(state="hidden")
    page.get_by_label("Hidden units").fill("12")
    page.get_by_label("Hidden units").press("Tab")
    press(page, "Start anew")
    wait(lambda: session().settings.hidden == 12)
    assert "from=" not in hash_of(page)


def test_a_model_that_is_not_trained_further_is_not_called_untrained(open_page, session):
    page = open_page("#view=train&from=seed")
    status(page, "Ready")
    for view in ("Mistakes", "Under glass"):
        page.get_by_role("link", name=view).click()
        page.locator(".network", has_text="The weights of seed, not trained further.").wait_for()
    page.get_by_role("link", name="Draw").click()
    page.locator(".network", has_text="The weights of seed, not trained further.").wait_for()


def test_a_model_from_a_file_is_not_in_the_address_and_the_page_says_so(open_page, session, tmp_path):
    page = open_page(f"{ADDRESS}&until=20")
    status(page, "Paused: step 20")
    path = tmp_path / "secret-name.safetensors"
    session().network_at().save(path)
    page.locator(".share input[type=file]").set_input_files(path)
    warning = page.locator(".share").get_by_text("a model from a file, which no link can hold")
    warning.wait_for()
    press(page, "1 step")
    status(page, "Paused: step 1")
    wait(lambda: "until" not in hash_of(page))
    assert "secret" not in hash_of(page)
    press(page, "Copy the link")
    page.locator(".share").get_by_text("a link cannot hold the model from a file").wait_for()
    press(page, "Branch from here")
    page.get_by_role("row", name="run 2 run 1, step 1").wait_for()
    assert warning.is_visible()
    assert "run" not in hash_of(page)
    page.get_by_label("Learning rate").fill("0.5")
    page.get_by_label("Learning rate").press("Tab")
    press(page, "Start anew")
    warning.wait_for(state="hidden")


def test_a_wrong_setting_is_said_in_every_view_with_a_way_out(open_page):
    page = open_page(refused=True)
    alert = page.get_by_role("alert")
    usual = alert.get_by_role("button", name="Take the usual settings")
    shown = {"draw": "canvas.pad", "train": ".status >> text=Ready", "break": "text=Dead ReLUs"}
    for view in VIEWS:
        page.goto("about:blank")
        page.goto(f"{open_page.url}#view={view}&hidden=none&epochs=3")
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            alert.filter(has_text="Hidden units must be a whole number, not 'none'").wait_for()
            wait(lambda: len(page.locator("main").inner_text()) > 80)
            usual.click(trial=True)
        usual.click()
        alert.wait_for(state="hidden")
        assert "hidden" not in hash_of(page)
        assert "epochs" not in hash_of(page)
        page.locator(shown.get(view, ".network >> text=after step")).first.wait_for()


def test_a_wrong_setting_that_was_typed_is_said_in_the_other_views_too(open_page):
    page = open_page(ADDRESS, refused=True)
    status(page, "Ready")
    page.get_by_label("Hidden units").fill("-3")
    page.get_by_label("Hidden units").press("Tab")
    said = page.get_by_role("alert").filter(has_text="Hidden units must not be negative")
    said.wait_for()
    for view in [view for view in VIEWS if view != "train"]:
        page.locator(f"#views a[href*='view={view}']").click()
        page.locator(f".view.{view}").wait_for()
        said.wait_for()
    page.get_by_role("button", name="Take the usual settings").first.click()
    page.get_by_role("alert").wait_for(state="hidden")


def test_a_wrong_setting_can_be_corrected_in_train(open_page, served):
    served.sessions.close_all()
    page = open_page("#view=glass&hidden=none", refused=True)
    press(page, "Correct them in Train")
    page.get_by_label("Hidden units").fill("7")
    page.get_by_label("Hidden units").press("Tab")
    status(page, "Ready")
    page.get_by_role("alert").wait_for(state="hidden")


def test_nothing_is_trained_behind_a_shipped_model_until_a_view_needs_it(open_page, session):
    page = open_page()
    draw(page, THREE)
    page.locator(".answer", has_text="It reads 3.").wait_for()
    assert EVERYDAY in page.get_by_label("Read by").locator("option:checked").inner_text()
    page.wait_for_timeout(300)
    assert (session().run.step, session().run.status) == (0, "paused")
    page.get_by_role("link", name="Mistakes").click()
    wait(lambda: session().run.step > 0)


@pytest.mark.parametrize("view", ["Train", "Break it"])
def test_a_view_with_a_button_to_train_waits_for_it(open_page, session, view):
    page = open_page()
    wait(lambda: session().run.status == "paused")
    page.get_by_role("link", name=view).click()
    page.get_by_role("heading", name=re.compile(view)).first.wait_for(state="attached")
    page.get_by_role("link", name="Under glass").click()
    page.locator(".network", has_text="Untrained").wait_for()
    assert session().run.step == 0


def test_the_network_that_is_trained_here_is_trained_once_it_reads(open_page, session):
    page = open_page()
    wait(lambda: session().run.status == "paused")
    page.get_by_label("Read by").select_option("")
    wait(lambda: session().run.step > 0)
