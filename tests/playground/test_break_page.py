"""The view Break it in a real browser: predict, run, read the cause, mend."""

import math
from itertools import pairwise

import numpy as np
import pytest

from neural_network.playground.sessions.experiments import EXPERIMENTS
from neural_network.playground.sessions.next_batch import next_batch

from .test_train_page import VIOLATIONS

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("name", ["dead", "sign"])
def test_an_experiment_from_prediction_to_mending(open_page, axe, name):
    experiment = EXPERIMENTS[name]
    page = open_page("#view=break", viewport={"width": 375, "height": 800})
    page.get_by_role("button", name=experiment.title).click()
    run = page.get_by_role("button", name="Run it")
    assert run.is_disabled()
    page.get_by_label(experiment.predictions[0]).check()
    run.click()
    page.get_by_text("As you said").wait_for()
    assert page.locator(".finding b").first.inner_text() in experiment.causes
    assert page.locator(".finding b").last.inner_text() == experiment.tensor
    page.get_by_role("button", name="Mend it").click()
    page.get_by_text("The diagnosis finds nothing").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []
    page.go_back()
    page.get_by_text("Nine runs with one thing wrong").wait_for()


@pytest.mark.parametrize(
    ("name", "head", "source"), [("sign", "(5)", "dZ2 = Y - A2"), ("mean", "(6)", "dW2 = dZ2 @ A1.mT")]
)
def test_the_edited_line_is_the_one_under_glass_with_the_batch(open_page, served, axe, name, head, source):
    page = open_page(f"#view=break&experiment={name}", viewport={"width": 375, "height": 800})
    page.get_by_label(EXPERIMENTS[name].predictions[0]).check()
    page.get_by_role("button", name="Run it").click()
    page.get_by_text("As you said").wait_for()
    page.get_by_role("button", name="Mend it").click()
    page.get_by_text("The diagnosis finds nothing").wait_for()
    page.get_by_role("button", name="under glass").click()
    page.locator(".source pre", has_text=f"{source}  # {head}").wait_for()
    page.locator(".line h3", has_text=head).wait_for()
    page.locator(".view[aria-busy=false]").wait_for()
    page.get_by_text("The batch has 600 samples; these are the first 64.").wait_for()
    page.locator(".result canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    total = page.locator("[data-total]")
    total.wait_for()
    session = next(each for each in served.sessions._sessions.values() if each.run.job.experiment_name == name)
    indices = next_batch(session.run, 0)[0][:64]
    network, X, Y = session.network_at(0), session.dataset.train.X[:, indices], session.dataset.train.Y[indices]
    value = network.backward(np.asarray(X), Y)["W2"][1, 0] if name == "mean" else None
    if name == "sign":
        value = (network.targets(Y) - network.forward(np.asarray(X)).A2)[1, 0]
    assert float(total.get_attribute("data-total")) == pytest.approx(value, rel=1e-4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS) == []


def test_after_a_run_that_diverged_the_glass_shows_a_step_and_the_table_names_the_runs(open_page):
    page = open_page("#view=break&experiment=sign")
    page.get_by_label(EXPERIMENTS["sign"].predictions[0]).check()
    page.get_by_role("button", name="Run it").click()
    page.get_by_role("button", name="Mend it").click()
    page.get_by_text("The diagnosis finds nothing").wait_for()
    labels = page.locator(".chart").first.locator("text[text-anchor=end]")
    boxes = [label.bounding_box() for label in labels.all()]
    left = page.locator(".chart svg").first.bounding_box()["x"]
    assert 3 <= len(boxes) <= 6
    assert all(lower["y"] >= upper["y"] + upper["height"] for lower, upper in pairwise(boxes))
    assert all(box["x"] >= left for box in boxes)
    powers = [math.log10(float(text)) for text in labels.all_text_contents()]
    assert powers == pytest.approx(range(round(powers[0]), 39, round(powers[1] - powers[0])))
    page.get_by_role("link", name="Train").click()
    page.get_by_role("row", name="run 1 random weights A flipped sign in (5): epochs 100").wait_for()
    page.get_by_role("row", name="run 2 random weights A flipped sign in (5), mended: epochs 100").wait_for()
    losses = page.locator(".runs td.number:nth-child(5)").all_inner_texts()
    assert max(map(len, losses)) <= 10
    page.get_by_role("button", name="run 1").click()
    page.locator(".runs .chosen", has_text="run 1").wait_for()
    page.get_by_role("link", name="Under glass").click()
    page.get_by_text("diverges: this is step").wait_for()
    page.get_by_role("button", name="(5) dZ2 = Y - A2, edited").wait_for()
    assert page.get_by_role("alert").count() == 0


@pytest.mark.parametrize("is_mended", [False, True])
def test_what_was_found_is_still_there_on_coming_back(open_page, served, is_mended):
    page = open_page("#view=break&experiment=dead")
    page.get_by_label(EXPERIMENTS["dead"].predictions[1]).check()
    page.get_by_role("button", name="Run it").click()
    page.get_by_text("Not quite").wait_for()
    if is_mended:
        page.get_by_role("button", name="Mend it").click()
        page.get_by_text("The diagnosis finds nothing").wait_for()
    before = page.locator(".verdict").inner_text()
    page.get_by_role("button", name="under glass").click()
    page.get_by_role("button", name="Next line").wait_for()
    page.go_back()
    page.get_by_text("Not quite").wait_for()
    if is_mended:
        page.get_by_text("The diagnosis finds nothing").wait_for()
    assert page.locator(".verdict").inner_text() == before
    assert page.get_by_label(EXPERIMENTS["dead"].predictions[1]).is_checked()
    assert page.locator(".chart polyline").count() > 0
    assert page.get_by_role("button", name="Mend it").is_disabled() == is_mended
    if not is_mended:
        page.get_by_role("button", name="Mend it").click()
        page.get_by_text("The diagnosis finds nothing").wait_for()
    page.get_by_role("button", name="All experiments").click()
    page.get_by_role("button", name="Dead ReLUs").click()
    page.get_by_label(EXPERIMENTS["dead"].predictions[0]).check()
    assert page.get_by_role("button", name="Run it").is_enabled()
    assert page.locator(".verdict").inner_text() == ""


def test_an_unknown_experiment_in_the_address_shows_those_there_are(open_page):
    page = open_page("#view=break&experiment=nope", refused=True)
    page.get_by_role("button", name="Dead ReLUs").click()
    page.get_by_role("heading", name="Dead ReLUs").wait_for()
