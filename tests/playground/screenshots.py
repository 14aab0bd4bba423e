"""Pictures of every view for the documents, with generated digits only.

python tests/playground/screenshots.py docs/images/playground
"""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

RUN = "data=synthetic&hidden=24&batch_size=128&epochs=3&optimizer=adam"
THREE = [
    (0.3, 0.25),
    (0.45, 0.15),
    (0.62, 0.22),
    (0.6, 0.4),
    (0.45, 0.48),
    (0.63, 0.55),
    (0.66, 0.75),
    (0.48, 0.85),
    (0.3, 0.76),
]


def trained(page: Page, url: str, view: str, more: str = "") -> None:
    """Open a view on a network that has been trained."""
    page.goto("about:blank")
    page.goto(f"{url}#view={view}&{RUN}&until=1383{more}")


def shoot(page: Page, url: str, folder: Path) -> None:
    """Take the picture of each view."""

    def save(name: str) -> None:
        page.wait_for_timeout(1200)
        page.screenshot(path=folder / f"{name}.png")

    trained(page, url, "train")
    page.locator(".status", has_text="Finished").wait_for(timeout=120_000)
    save("train")
    trained(page, url, "draw")
    page.get_by_text("after step 1383").wait_for(timeout=120_000)
    canvas = page.locator(".paper canvas").first
    box = canvas.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in THREE]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    save("draw")
    trained(page, url, "glass", "&sample=test:0&cell=0,0")
    page.locator(".sum").wait_for(timeout=120_000)
    save("glass")
    trained(page, url, "mistakes")
    page.get_by_text("after step 1383").wait_for(timeout=120_000)
    save("mistakes")
    page.goto("about:blank")
    page.goto(f"{url}#view=break&data=synthetic&experiment=rate")
    page.locator(".choice input").nth(1).check()
    page.get_by_role("button", name="Run it").click()
    page.get_by_role("button", name="Mend it").wait_for(timeout=120_000)
    page.evaluate("scrollTo(0, 340)")
    save("break")


def main(folder: Path) -> None:
    """Take all pictures: each view at desktop width, and the drawing on a phone in the dark."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    command = [sys.executable, "-m", "neural_network", "play", "--no-browser", "--data", "synthetic"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:
        assert server.stdout is not None
        url = server.stdout.readline().split()[4]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shoot(browser.new_page(viewport={"width": 1280, "height": 860}), url, folder)
        phone = browser.new_page(viewport={"width": 375, "height": 812}, color_scheme="dark", has_touch=True)
        (folder / "phone").mkdir(exist_ok=True)
        shoot(phone, url, folder / "phone")
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
