"""The view Break it in a real browser: predict, run, read the cause, mend."""

import pytest

from neural_network.playground.sessions.experiments import EXPERIMENTS

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


def test_an_unknown_experiment_in_the_address_shows_those_there_are(open_page):
    page = open_page("#view=break&experiment=nope", refused=True)
    page.get_by_role("button", name="Dead ReLUs").click()
    page.get_by_role("heading", name="Dead ReLUs").wait_for()
