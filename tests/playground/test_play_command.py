"""`mnist-nn play` as a process: it says where the page is, keeps to this machine, and ends cleanly.

It shows and runs the network.py of the package that it is started from, edited or not.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import neural_network
from neural_network.data.dataset import Dataset
from neural_network.data.export import export_csv

PACKAGE = Path(neural_network.__file__).parent


@pytest.fixture(scope="module")
def csv(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "data"
    export_csv(Dataset("own", "", digits.train, None), folder)
    (path,) = folder.glob("*.csv")
    return path


@contextlib.contextmanager
def playing(csv, *options, folder=PACKAGE.parent):
    """Run the command of the package in a folder; yield its process, and the address that it prints."""
    command = [sys.executable, "-m", "neural_network", "play", "--no-browser", "--data", str(csv), *options]
    pipes, environment = (
        {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
        os.environ | {"PYTHONPATH": str(folder)},
    )
    with subprocess.Popen(command, **pipes, text=True, env=environment) as process:
        try:
            line = process.stdout.readline()
            found = re.match(r"The playground is at (http://127\.0\.0\.1:\d+/) ", line)
            assert found, line
            yield process, found[1]
        finally:
            process.kill()


def post(url, path, token, values, session=""):
    headers = {"Content-Type": "application/json", "X-Token": token, "X-Session": session}
    request = urllib.request.Request(url + path, json.dumps(values).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def get(url, path, session):
    with urllib.request.urlopen(
        urllib.request.Request(url + path, headers={"X-Session": session}), timeout=40
    ) as found:
        return json.load(found)


def token_of(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return re.search(r'name="token" content="([^"]+)"', answer.read().decode())[1]


def decoded(encoded):
    return np.frombuffer(base64.b64decode(encoded["data"]), encoded["dtype"]).reshape(encoded["shape"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_while_it_trains_and_streams(csv, number):
    with playing(csv) as (process, url):
        token = token_of(url)
        session = post(url, "api/session/open", token, {"settings": {"epochs": 10000}})["session"]
        post(url, "api/train/play", token, {}, session)
        with urllib.request.urlopen(f"{url}api/train/stream?session={session}", timeout=20) as stream:
            assert b"running" in stream.readline()
            process.send_signal(number)
            assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_a_port_in_use_is_one_line(csv):
    with playing(csv) as (_, url):
        port = url.rsplit(":", 1)[1].strip("/")
        command = [sys.executable, "-m", "neural_network", "play", "--no-browser", "--data", str(csv), "--port", port]
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"port {port}" in second.stderr


RIGHT, EDITED = "dZ2 = A2 - Y  # (5)", "dZ2 = Y - A2  # (5)"


@pytest.fixture
def edited(tmp_path):
    """A folder with a copy of the package, in which the sign of (5) is flipped."""
    shutil.copytree(PACKAGE, tmp_path / "neural_network", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "neural_network" / "network.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(RIGHT) == 1
    path.write_text(text.replace(RIGHT, EDITED), encoding="utf-8")
    return tmp_path


def wait_for_step(url, session, step):
    with urllib.request.urlopen(f"{url}api/train/stream?session={session}", timeout=20) as stream:
        for line in stream:  # an event for each change, until the run has come so far
            if line.startswith(b"data:") and json.loads(line[5:])["runs"]["run 1"]["step"] >= step:
                return


def looked_at(url):
    """Train 5 steps; return row (5) and the arrays of the first, and W1 and the validation loss after 0, 1 and 5."""
    settings = {"hidden": 6, "epochs": 5, "learning_rate": 0.5, "seed": 1}
    session = post(url, "api/session/open", token_of(url), {"settings": settings, "until": 5})["session"]
    wait_for_step(url, session, 5)
    steps = [get(url, f"api/train/look?step={step}", session) for step in (0, 1, 5)]
    assert [step["step"] for step in steps] == [0, 1, 5]
    glass = get(url, "api/glass/step?sample=test:0&step=0", session)
    (row,) = (row for row in glass["rows"] if row["number"] == 5)
    values = {each["name"]: decoded(each["data"]) for each in glass["arrays"] if "data" in each}
    return row, values, [decoded(step["images"]["W1"]) for step in steps], [step["loss"] for step in steps]


def test_an_edited_equation_is_shown_and_trains_after_a_restart(csv, edited):
    with playing(csv) as (_, url):
        row, values, W1, losses = looked_at(url)
        assert row["source"] == RIGHT
        np.testing.assert_array_equal(values["dZ2"], values["A2"] - values["Y"])
        assert losses[0] > losses[1] > losses[2]
    with playing(csv, folder=edited) as (_, url):
        row_edited, values_edited, W1_edited, losses_edited = looked_at(url)
        assert row_edited["source"] == EDITED
        assert row_edited["place"] == row["place"]
        np.testing.assert_array_equal(values_edited["A2"], values["A2"])
        np.testing.assert_array_equal(values_edited["dZ2"], -values["dZ2"])
        np.testing.assert_array_equal(W1_edited[0], W1[0])
        np.testing.assert_allclose(W1_edited[1] - W1[0], W1[0] - W1[1], rtol=1e-3, atol=1e-6)
        assert losses_edited[0] < losses_edited[1] < losses_edited[2]
        with pytest.raises(urllib.error.HTTPError) as refused:  # its own edit of (5) has nothing to edit any more
            post(url, "api/session/open", token_of(url), {"experiment": "sign"})
        assert "network.py was changed" in json.load(refused.value)["error"]


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_page_shows_the_edited_equation(csv, edited, browser):
    with playing(csv, folder=edited) as (_, url), contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(f"{url}#view=glass&hidden=6&epochs=5&until=5&step=0")
        page.get_by_role("button", name="(5) dZ2 = Y - A2", exact=True).click()
        page.locator(".source pre", has_text=EDITED).wait_for()
        page.locator(".mathematics", has_text="dZ2=Y−A2").first.wait_for()
