"""Draw, Under glass and Mistakes with pictures whose classes have names, and with points in a plane."""

import numpy as np
import pytest

from neural_network.formats.shipped_models import EVERYDAY
from neural_network.inspection.analysis.toy_data import TOYS

from .conftest import CLOTHES

pytestmark = pytest.mark.xdist_group("browser")

NAMED = "data=clothes&hidden=12&epochs=20&learning_rate=0.5&seed=1&until=20"
POINTS = "data=moons&hidden=4&epochs=20&seed=1&until=20"
PHONE = {"width": 375, "height": 800}


def learned(page):
    page.locator(".network", has_text="after step 20 of 20").wait_for()
    page.locator(".view[aria-busy=false]").wait_for()


def test_draw_has_the_names_of_the_classes(open_page, digits):
    page = open_page(f"#view=draw&{NAMED}&sample=test:3", viewport=PHONE)
    page.get_by_role("heading", name="Draw one of: T-shirt/top, Trouser").wait_for()
    page.locator(".answer", has_text="It reads").wait_for()
    assert page.locator(".says .bar .name").all_inner_texts() == list(CLOTHES)
    read = page.locator(".answer").inner_text()
    assert any(f"It reads {name}" in read for name in CLOTHES)
    truth = CLOTHES[digits.test.Y[3]]
    assert "which is right" in read or f"but it is {truth}" in read
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_shipped_model_of_digits_reads_no_clothes(open_page):
    page = open_page(f"#view=draw&{NAMED}&sample=test:3&model={EVERYDAY}", refused=True)
    page.get_by_role("alert").filter(has_text=f"{EVERYDAY} reads 0, 1, 2").wait_for()


def test_glass_has_the_names_of_the_classes(open_page, digits):
    page = open_page(f"#view=glass&{NAMED}&sample=test:3", viewport=PHONE)
    page.locator("[role=status]", has_text=f"test 3: {CLOTHES[digits.test.Y[3]]}, read as ").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_mistakes_have_the_names_of_the_classes(open_page, digits):
    page = open_page(f"#view=mistakes&{NAMED}&image=3", viewport=PHONE)
    page.locator(".need h3", has_text=f"Test image 3: {CLOTHES[digits.test.Y[3]]}, read").wait_for()
    assert page.locator(".confusion-table thead th").all_inner_texts() == list(CLOTHES)
    assert " read as " in page.locator(".gallery button").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_there_is_nothing_to_draw_of_points(open_page):
    page = open_page(f"#view=draw&{POINTS}", viewport=PHONE)
    page.get_by_text("moons, are points in a plane and no pictures, so there is nothing to draw").wait_for()
    assert page.locator("canvas.pad").is_hidden()
    page.locator("main").get_by_role("button", name="Train").click()
    page.locator(".regions").wait_for()


def test_points_under_glass(open_page):
    page = open_page(f"#view=glass&{POINTS}&sample=test:3&cell=1,0", viewport=PHONE)
    label = TOYS["moons"](200, 1)[1][3]
    page.locator("[role=status]", has_text=f"test 3: {label}, read as ").wait_for()
    page.locator(".sum").wait_for()
    assert page.get_by_label("Sample", exact=True).locator("option").first.inner_text() == "Test point"


def test_mistakes_of_points(open_page):
    page = open_page(f"#view=mistakes&{POINTS}", viewport=PHONE)
    learned(page)
    page.get_by_text("The samples are points in a plane, so there are no pictures of them").wait_for()
    counts = np.array([int(text or 0) for text in page.locator(".confusion-table td button").all_inner_texts()])
    assert counts.sum() == 200
    page.locator(".gallery button").first.click()
    page.locator(".need h3", has_text="Test point").wait_for()
    assert page.locator(".need .unit-list").is_hidden()
    assert "ink" not in page.locator(".need").inner_text()
    assert page.locator("#part option").first.inner_text() == "Test points"
