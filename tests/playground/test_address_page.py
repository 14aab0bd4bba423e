"""The address of the page and the form of Train, in a real browser: neither says what the runs are not."""

from dataclasses import fields

import pytest

from neural_network.formats.shipped_models import EVERYDAY
from neural_network.playground.sessions.reading import WITHHELD
from neural_network.runs.settings import Settings

from .conftest import wait
from .test_link_page import hash_of, is_noted, press, same
from .test_look_pages import THREE, draw
from .test_train_page import ADDRESS, session, slide, status

__all__ = ["session"]  # a fixture

pytestmark = pytest.mark.xdist_group("browser")

TWO = "run1=data:digits,hidden:12,epochs:30,until:9&run2=1@7,learning_rate:0.5,until:2&run=2"


def field(page, name):
    return page.get_by_label(name, exact=True)


def enter(page, name, value):
    field(page, name).fill(value)
    field(page, name).press("Tab")


def alert(page, words):
    page.get_by_role("alert").filter(has_text=words).wait_for()


@pytest.mark.parametrize("view", ["train", "glass"])
def test_a_single_run_is_its_settings(open_page, session, view):
    page = open_page(f"#view={view}&run1=hidden:12,epochs:20,until:5&run=1")
    wait(lambda: session().run.step == 5)
    assert (session().settings.hidden, session().settings.epochs) == (12, 20)
    wait(lambda: hash_of(page) == f"#view={view}&hidden=12&epochs=20&until=5")
    page.get_by_role("link", name="Train").click()
    status(page, "Paused: step 5 of 20")
    assert field(page, "Hidden units").input_value() == "12"
    before = session()
    page.reload()
    status(page, "Paused: step 5 of 20")
    assert session() is not before
    assert session().settings == before.settings


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("view=draw&strokes=@@@", "strokes must be a drawing as a link of this page has it, not '@@@'"),
        ("view=draw&sample=test:3&class=77", "class must be 0 to 9, not 77"),
        ("view=glass&line=zzz", "line must be a whole number, not 'zzz'"),
        ("view=glass&line=999", "line must be 0 to 14, not 999"),
        ("view=glass&cell=1;2", "cell must be a row and a column, such as 3,400, not '1;2'"),
        ("view=glass&cell=99,99", "Z1 has no cell [99, 99]"),
        ("view=mistakes&true=99&read=3", "label must be 0 to 9, not 99"),
        ("view=mistakes&image=999999", "index must be 0 to 99, not 999999"),
    ],
)
def test_what_a_view_cannot_show_is_said(open_page, address, words):
    alert(open_page(f"#{address}&data=digits&hidden=4&epochs=2", refused=True), words)


def test_where_nothing_is_said_of_a_network_the_shipped_one_reads(open_page, served):
    served.sessions.close_all()
    page = open_page("#view=draw&sample=test:3")
    page.locator(".answer", has_text="It reads").wait_for()
    assert EVERYDAY in page.get_by_label("Read by").locator("option:checked").inner_text()
    assert [each.run.step for each in served.sessions._sessions.values()] == [0]


def test_the_form_shows_the_run_in_view(open_page, session):
    page = open_page(f"#view=train&{TWO}")
    status(page, r"Paused: step 2 of 30 \(9 on the time line\)")
    wait(lambda: field(page, "Learning rate").input_value() == "0.5")
    assert [field(page, name).input_value() for name in ("Hidden units", "Epochs")] == ["12", "30"]
    wait(is_noted(page, "run2=1@7,learning_rate:0.5,until:2"))
    assert page.locator(".changes").is_hidden()
    press(page, "run 1")
    wait(lambda: field(page, "Learning rate").input_value() == "0.1")


def test_the_form_shows_a_mended_run(open_page, session):
    page = open_page("#view=break&experiment=order&data=digits")
    page.locator(".choice").first.click()
    press(page, "Run it")
    page.get_by_role("button", name="Mend it").click(timeout=60_000)
    page.get_by_role("heading", name="Mended").wait_for(timeout=60_000)
    page.get_by_role("link", name="Train").click()
    wait(is_noted(page, "experiment=order-mended"))
    assert page.locator(".changes").is_hidden()


def test_the_chosen_step_stays_when_a_setting_changes(open_page, session):
    page = open_page(f"{ADDRESS}&until=22")
    status(page, "Paused: step 22")
    slide(page, 7)
    enter(page, "Learning rate", "0.5")
    page.get_by_text("The settings differ").wait_for()
    wait(is_noted(page, "run1=data:digits,hidden:12,seed:4,epochs:30,until:22"))
    assert "step=7" in hash_of(page)
    assert page.locator("#timeline").input_value() == "7"
    press(page, "Branch from here")
    page.get_by_role("row", name="run 2 run 1, step 7").wait_for()


def test_a_reload_restores_the_run_and_the_settings_that_were_not_started(open_page, session):
    page = open_page(f"{ADDRESS}&until=22")
    status(page, "Paused: step 22")
    enter(page, "Hidden units", "20")
    page.get_by_text("The settings differ").wait_for()
    page.get_by_role("link", name="Mistakes").click()
    page.get_by_text("The network after step 22 of 30").wait_for()
    before = session().run.network_at(22).parameters
    page.reload()
    page.get_by_text("The network after step 22 of 30").wait_for()
    assert same(session().run.network_at(22), before)
    page.get_by_role("link", name="Train").click()
    page.get_by_text("The settings differ").wait_for()
    assert field(page, "Hidden units").input_value() == "20"
    enter(page, "Hidden units", "12")
    page.get_by_text("The settings differ").wait_for(state="hidden")
    wait(is_noted(page, "until=22"))


@pytest.mark.parametrize("words", ["foo=bar", "run=5", "run2=2@7", "run1=epochs:3&run2=1@2&run=2&step=999"])
def test_in_train_too_the_usual_settings_lead_out_of_a_wrong_address(open_page, words):
    page = open_page(f"#view=train&{words}", refused=True)
    page.get_by_role("button", name="Take the usual settings").click()
    status(page, "Ready: step 0")
    page.get_by_role("alert").wait_for(state="hidden")


def test_the_step_of_an_address_stays_where_the_form_follows_the_run(open_page, session):
    page = open_page("#view=train&run1=hidden:12,epochs:30,until:9&run=1&run2=1@7,until:2&step=5")
    page.locator("output", has_text="step 5").wait_for()
    wait(lambda: field(page, "Hidden units").input_value() == "12")
    assert "step=5" in hash_of(page)
    page.reload()
    page.locator("output", has_text="step 5").wait_for()


def test_a_branch_without_a_step_is_changed_by_a_choice(open_page, session):
    page = open_page("#view=train&run1=hidden:12,epochs:30,until:3&run2=1@3,learning_rate:0.5,until:0&run=2")
    status(page, "Ready: step 0 of 30")
    wait(lambda: field(page, "Learning rate").input_value() == "0.5")
    enter(page, "Learning rate", "3")
    press(page, "Branch with them")
    wait(lambda: session().settings.learning_rate == 3)


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("step=x", "step must be a whole number ≥ 0, not 'x'"),  # as the server says, see test_address_requests.py
        (
            "learningrate=0.5&garbage&until=-1&step=x&run=0&run1=hiden:3&run2=1@1&hidden=20",
            "'learningrate' in the address is not known; did you mean 'learning_rate'?",
        ),
        ("run1=batch_size:0&run2=1@1", "run1: Batch size must be a whole number ≥ 1, not 0"),
        ("view=nosuch", "view must be one of draw, train, glass, mistakes, break, not 'nosuch'"),
    ],
)
def test_a_wrong_value_is_one_sentence_after_one_request(open_page, served, words, fact):
    served.sessions.close_all()
    page = open_page(refused=True)
    failed = []
    page.on("response", lambda response: response.status >= 400 and failed.append(response.url))
    page.goto("about:blank")
    page.goto(f"{served.url}#view=glass&{words}")
    alert(page, fact)
    page.get_by_role("button", name="Take the usual settings").first.click()
    page.get_by_role("alert").wait_for(state="hidden")
    wait(lambda: page.locator(".network", has_text="after step").or_(page.locator("canvas.pad")).count())
    assert not [word for word in words.split("&") if word in hash_of(page)]
    assert len(failed) <= 1


def test_a_setting_beside_the_runs_is_said_to_be_ignored(open_page, session):
    page = open_page(f"#view=glass&{TWO}&hidden=20")
    alert(page, "The address has hidden=20 beside its runs, which is ignored here")
    page.locator(".network", has_text="after step 2 of 30").wait_for()
    page.get_by_role("link", name="Train").click()
    page.get_by_text("The settings differ").wait_for()  # which says it there
    page.get_by_role("alert").wait_for(state="hidden")
    page.go_back()
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_role("alert").wait_for(state="hidden")
    assert "hidden=20" not in hash_of(page)


def test_the_words_of_an_address_are_the_librarys_settings_and_few_others(open_page):
    page = open_page(ADDRESS)
    names = page.evaluate("import('./js/settings.js').then(({ SETTINGS }) => SETTINGS)")
    assert sorted(names) == sorted({field.name for field in fields(Settings)} - set(WITHHELD))
    wrong = "values => import('./js/address.js').then(({ wrongWord }) => wrongWord(values))"
    assert page.evaluate(wrong, {"foo": "bar"}).startswith("'foo' in the address is not known; it takes the names of")
    assert page.evaluate(wrong, {"garbage": ""}).startswith("'garbage' in the address is not known")
    assert page.evaluate(wrong, dict.fromkeys([*names, "until", "step", "run", "run7"], "x")) == ""


def test_the_step_to_train_to_stays_in_the_address_until_it_is_reached(open_page, session):
    page = open_page("#view=train&hidden=12&epochs=9000&until=8999")
    status(page, "Training: step [1-9]")
    page.evaluate("""() => {
        window.seen = new Set();
        const observer = new MutationObserver(() => window.seen.add(location.hash));
        observer.observe(document.querySelector(".status"), { childList: true, characterData: true, subtree: true });
    }""")
    before = session().run.step
    wait(lambda: session().run.step > before + 50 and page.evaluate("window.seen.size"))
    assert page.evaluate("[...window.seen]") == ["#view=train&hidden=12&epochs=9000&until=8999"]
    press(page, "Pause")
    status(page, "Paused: step")
    wait(is_noted(page, f"until={session().run.step}"))


def test_a_shipped_model_reads_though_the_settings_are_wrong(open_page, served):
    served.sessions.close_all()
    page = open_page("#view=draw&hidden=0", refused=True)
    alert(page, "Hidden units must be a whole number")
    press(page, f"Draw with {EVERYDAY}")
    draw(page, THREE)
    page.locator(".answer", has_text="It reads 3.").wait_for()
    alert(page, "Hidden units must be a whole number")
    page.get_by_role("link", name="Train").click()
    enter(page, "Hidden units", "7")
    wait(lambda: [each.settings.hidden for each in served.sessions._sessions.values()] == [7])
    page.get_by_role("alert").wait_for(state="hidden")


def test_train_leaves_the_address_alone_once_it_has_gone(open_page, session):
    page = open_page(f"{ADDRESS}&until=5")
    status(page, "Paused: step 5")
    page.get_by_role("link", name="Mistakes").click()
    page.locator(".network", has_text="after step 5").wait_for()
    held = []
    page.route("**/api/train/state*", lambda route: held.append(route))
    page.get_by_role("link", name="Train").click()
    wait(lambda: page.locator(".controls").count() and len(held) == 2)  # at first, and to let the form follow
    page.get_by_role("link", name="Break it").click()
    page.get_by_role("button", name="Dead ReLUs").click()
    page.locator(".guess").wait_for()
    for route in list(held):
        with page.expect_response("**/api/train/state*"):
            route.continue_()
    page.get_by_role("radio").first.click()
    page.get_by_role("button", name="Run it").click()
    page.locator(".verdict h3").first.wait_for()
    assert "experiment=dead" in hash_of(page)
    assert page.locator(".guess").is_visible()
