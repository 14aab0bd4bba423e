"""The figures of docs/playground.md: how fast the page trains, how soon a step is seen, and how much memory it takes.

python tests/playground/measure.py              the speed of three runs in the page, against the same in a terminal
python tests/playground/measure.py --minutes 30     the memory of the server while it trains for so long

It needs Chromium and playwright. Runs in the page and in the terminal take turns, and medians are printed.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

JOBS = {
    "10 units, full batch": {"epochs": 150},
    "128 units, batches of 64": {"hidden": 128, "batch_size": 64, "epochs": 30},
    "32 units, adam, batches of 128": {"hidden": 32, "batch_size": 128, "optimizer": "adam", "epochs": 20},
}
TERMINAL = """
import json, sys
from neural_network.playground.sessions.data import DataSets
from neural_network.runs.settings import Settings
from neural_network.training.monitor import Monitor
data, settings = DataSets({"synthetic": "synthetic"}).get("synthetic"), Settings(**json.loads(sys.argv[1]))
network = settings.make_network(len(data.train.X), data.classes, data.picture_format)
rows = settings.train(network, data.train, data.validation, callbacks=[Monitor()], progress=False).rows
print(rows[-1]["seconds"] - rows[0]["seconds"])
"""
ROUNDS = 3


def in_terminal(settings: dict[str, object]) -> float:
    """Return the seconds from the end of the first epoch to the end of the last."""
    command = [sys.executable, "-c", TERMINAL, json.dumps(settings)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def in_page(page: Page, url: str, settings: dict[str, object]) -> float:
    """Return the same of a run in the page, which draws its curves and pictures meanwhile."""
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url) if "/stream?" in request.url else None)
    page.goto("about:blank")
    page.goto(f"{url}#view=train&data=synthetic&" + "&".join(f"{name}={value}" for name, value in settings.items()))
    page.locator(".status", has_text="Ready").wait_for(timeout=60_000)
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".status", has_text="Finished").wait_for(timeout=600_000)
    with urllib.request.urlopen(streams[-1]) as stream:
        line = next(line for line in stream if line.startswith(b"data:"))
    rows = json.loads(line[5:])["runs"]["run 1"]["rows"]
    return float(rows[-1]["seconds"] - rows[0]["seconds"])


def step_to_picture(page: Page, url: str) -> float:
    """Return the median of milliseconds from a press of "1 step" to the pictures of that step."""
    page.goto("about:blank")
    page.goto(f"{url}#view=train&data=synthetic&batch_size=64&epochs=1")
    page.locator(".status", has_text="Ready").wait_for(timeout=60_000)
    button, times = page.get_by_role("button", name="1 step"), []
    for step in range(1, 31):
        times.append(button.evaluate("""(button, step) => new Promise((done) => {
            const began = performance.now();
            const look = performance.getEntriesByType("resource").length;
            const wait = () => {
                const asked = performance.getEntriesByType("resource").slice(look);
                const found = asked.some(({ name }) => name.endsWith(`look?step=${step}`));
                if (found) requestAnimationFrame(() => done(performance.now() - began));
                else setTimeout(wait, 1);
            };
            button.click();
            wait();
        })""", step))  # fmt: skip
        page.wait_for_timeout(100)
    return statistics.median(times)


def stroke_to_answer(page: Page, url: str) -> float:
    """Return the median of milliseconds from a point of a stroke to the answer, with all pictures, while one draws."""
    page.goto("about:blank")
    page.goto(f"{url}#view=draw&data=synthetic&hidden=64&batch_size=100&epochs=1")
    page.locator(".network", has_text="after step 590 of 590").wait_for(timeout=120_000)
    page.evaluate("""() => {
        globalThis.times = [];
        const time = document.querySelector(".says .small");
        new MutationObserver(() => times.push(Number(time.dataset.milliseconds)))
            .observe(time, { attributes: true, attributeFilter: ["data-milliseconds"] });
    }""")
    box = page.locator("canvas.pad").bounding_box()
    assert box
    x, y, side = box["x"], box["y"], box["width"]
    for _ in range(5):
        page.mouse.move(x + 0.3 * side, y + 0.2 * side)
        page.mouse.down()
        for corner in ((0.7, 0.2), (0.45, 0.85)):
            page.mouse.move(x + corner[0] * side, y + corner[1] * side, steps=20)
            page.locator(".draw[aria-busy=false]").wait_for()
        page.mouse.up()
        page.locator(".draw[aria-busy=false]").wait_for()
        page.get_by_role("button", name="Clear").click()
    return statistics.median(page.evaluate("times"))


def memory(pid: int) -> int:
    """Return the resident memory of a process, in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def watch_memory(page: Page, url: str, pid: int, minutes: float) -> None:
    """Print the memory of the server while it trains with Adam in mini-batches, again from the start where it ends."""
    page.goto(f"{url}#view=train&data=synthetic&hidden=128&batch_size=64&optimizer=adam&epochs=10000")
    page.locator(".status", has_text="Ready").wait_for(timeout=60_000)
    page.get_by_role("button", name="Play", exact=True).click()
    began, most = time.monotonic(), 0
    while time.monotonic() - began < 60 * minutes:
        page.wait_for_timeout(5000)
        most = max(most, memory(pid))
    print(f"{minutes:g} minutes: {page.locator('.status').inner_text()}\nat most {most} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0.0)
    minutes = parser.parse_args().minutes
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    command = [sys.executable, "-m", "neural_network", "play", "--no-browser", "--data", "synthetic"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:
        assert server.stdout is not None
        url = server.stdout.readline().split()[4]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        if minutes:
            watch_memory(page, url, server.pid, minutes)
        else:
            print(f"from stroke to answer: {stroke_to_answer(page, url):.0f} ms")
            print(f"from step to picture: {step_to_picture(page, url):.0f} ms")
            for name, settings in JOBS.items():
                pairs = [(in_terminal(settings), in_page(page, url, settings)) for _ in range(ROUNDS)]
                terminal, seen = (statistics.median(times) for times in zip(*pairs, strict=True))
                print(f"{name}: terminal {terminal:.2f} s, page {seen:.2f} s, {terminal / seen:.0%}", flush=True)
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
