"""The guided tour in a real browser: it runs to its end, and each step shows what it is about."""

import re

import pytest

from .test_train_page import VIOLATIONS

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("width", [375, 1440])
def test_the_tour_runs_to_its_end(open_page, axe, width):
    page = open_page("", viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Guided tour").click()
    card = page.get_by_role("complementary", name="Guided tour")
    count = int(re.search(r"1 of (\d+)", card.inner_text())[1])
    for number in range(1, count + 1):
        card.get_by_text(f"{number} of {count}").wait_for()
        page.locator("main .toured").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), number
        if number == 1:
            page.get_by_role("button", name="Play", exact=True).click()
            page.locator(".status", has_text="Finished").wait_for()
            page.evaluate(axe)
            assert page.evaluate(VIOLATIONS) == []
        if number == 10:
            page.get_by_role("button", name="Branch with them").wait_for()
        card.get_by_role("button", name="Finish" if number == count else "Next").click()
    card.wait_for(state="hidden")
    assert page.locator(".toured").count() == 0


def test_the_step_that_compares_learning_rates_is_true_without_a_trained_run(open_page):
    page = open_page("#view=train&tour=9")
    card = page.get_by_role("complementary", name="Guided tour")
    card.get_by_role("button", name="Next").click()
    card.get_by_text("10 of 12").wait_for()
    task = card.locator(".task").inner_text()
    assert task.startswith("If you have trained a run before, press Branch with them; then press Play")
    assert page.get_by_role("button", name="Branch with them").count() == 0
    page.wait_for_function("() => document.querySelector('.status')?.textContent.includes('Ready: step 0')")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".chart tr, .readout", has_text="step").first.wait_for()
