"""Take the screenshots of the documents: `python -m tests.playground.screenshots docs/playground`.

Every view at the width of a desktop in light colors and at that of a phone in dark ones, with built-in digits. Needs a
browser, like the tests.
"""

import io
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from neural_network.playground.server.app import make_app
from neural_network.playground.server.serve import Server, listen, names_of
from neural_network.playground.sessions.data import DataSets

RUN = "hidden=32&batch_size=100&epochs=4&learning_rate=0.3&until=2360"
THREE = [(0.3, 0.25), (0.5, 0.15), (0.66, 0.28), (0.48, 0.47), (0.68, 0.66), (0.5, 0.85), (0.28, 0.74)]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 1000}, "color_scheme": "light"}
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 812}, "color_scheme": "dark", "device_scale_factor": 2}
COLORS = 128  # of a picture
SECONDS = 120_000  # milliseconds that a view may take


def draw(page: Page) -> None:
    """Draw a 3."""
    box = page.locator("canvas.pad").bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in THREE]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()
    page.locator(".nearest canvas").first.wait_for()


def pick_cell(page: Page) -> None:
    """Show the sum behind a cell."""
    page.locator(".sum").wait_for()


def open_mistake(page: Page) -> None:
    """Show what the network would have needed for the first mistake."""
    page.locator(".gallery button").first.click()
    page.locator(".need h3").wait_for()
    page.evaluate("scrollTo(0, 0)")


def break_it(page: Page) -> None:
    """Run an experiment to its diagnosis."""
    page.get_by_label("most units die").check()
    page.get_by_role("button", name="Run it").click()
    page.get_by_role("button", name="Mend it").click()
    page.get_by_text("The diagnosis finds nothing").wait_for()
    page.locator(".guess").evaluate("(guess) => guess.scrollIntoView()")


def wait_for_pictures(page: Page) -> None:
    page.locator("canvas").first.wait_for()
    page.wait_for_timeout(1000)


VIEWS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "draw": ("", draw),
    "train": ("", wait_for_pictures),
    "glass": ("&sample=test:2&cell=3,0", pick_cell),
    "mistakes": ("", open_mistake),
    "break": ("&experiment=rate", break_it),
    "tour": ("&view=train&tour=3&step=300", wait_for_pictures),
}


@contextmanager
def served() -> Iterator[str]:
    """Serve the playground with built-in digits, and give its address."""
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = Server(make_app(DataSets({"synthetic": "synthetic"}), names_of("127.0.0.1", port)))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def main(folder: Path) -> None:
    """Write a PNG for each view and each of the two screens to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for screen, settings in (("desktop", DESKTOP), ("phone", PHONE)):
            for view, (address, prepare) in VIEWS.items():
                context = browser.new_context(reduced_motion="reduce", **settings)
                page = context.new_page()
                page.set_default_timeout(SECONDS)
                page.goto(f"{url}#view={view}&{RUN}{address}")
                if view != "break":
                    page.locator(".network, .status", has_text=re.compile("step 2,?360 of 2,?360")).wait_for()
                page.wait_for_timeout(500)
                prepare(page)
                page.wait_for_timeout(800)
                save(page.screenshot(), folder / f"{view}-{screen}.png")
                context.close()


def save(png: bytes, path: Path) -> None:
    """Write a picture with few colors, in a fraction of the bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
