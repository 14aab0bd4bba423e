"""`mnist-nn play` as a process: it says where the page is, keeps to this machine, and ends cleanly."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from neural_network.data.dataset import Dataset
from neural_network.data.export import export_csv


@pytest.fixture(scope="module")
def csv(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "data"
    export_csv(Dataset("own", "", digits.train, None), folder)
    (path,) = folder.glob("*.csv")
    return path


@contextlib.contextmanager
def playing(csv, *options):
    """Run the command; yield its process, and the address that it prints."""
    command = [sys.executable, "-m", "neural_network", "play", "--no-browser", "--data", str(csv), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_while_it_trains_and_streams(csv, number):
    with playing(csv) as (process, url):
        with urllib.request.urlopen(url, timeout=20) as answer:
            token = re.search(r'name="token" content="([^"]+)"', answer.read().decode())[1]
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
