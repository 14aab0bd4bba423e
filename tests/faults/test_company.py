"""In company: two processes at the same place, folders that may not be written or that vanish, readers who leave."""

import contextlib
import ctypes
import hashlib
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from neural_network.data import read_idx
from neural_network.data.idx import write_idx
from neural_network.runs.folder import claim_run_folder
from neural_network.support.directory_lock import lock_file

pytestmark = pytest.mark.faults

TRAIN = ("train", "--data", "data", "--validation", "50", "--batch-size", "20", "--no-figures")
LONG = (*TRAIN, "--epochs", "100000", "--checkpoint-every", "50")
KEPT = ["config.json", "history.csv", "model.safetensors", "snapshots.safetensors"]


@pytest.fixture
def home(tmp_path):
    """A folder with random images in data/: 400 to train on, and 50 to test with."""
    rng = np.random.default_rng(0)
    for split, count in (("train", 400), ("t10k", 50)):
        write_idx(tmp_path / f"data/{split}-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28)).astype(np.uint8))
        write_idx(tmp_path / f"data/{split}-labels-idx1-ubyte", rng.integers(0, 10, count).astype(np.uint8))
    return tmp_path


@pytest.fixture
def start(home):
    """A function that starts the command in `home`, or other code; what still runs in the end is killed."""
    with contextlib.ExitStack() as ends:

        def start(*arguments, code=None, **options):
            command = ["-c", code] if code else ["-m", "neural_network"]
            process = ends.enter_context(
                subprocess.Popen(
                    [sys.executable, *command, *map(str, arguments)],
                    **{"cwd": home, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options,
                )
            )
            ends.callback(process.kill)
            return process

        yield start


def wait_for(what, process):
    """Wait until the process has come so far that `what` is true."""
    while not what():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def checkpoints(run):
    return len(list(run.glob("checkpoint-*")))


def complaint(process):
    """The status of a process, and the one line that it says on standard error."""
    _, err = process.communicate()
    assert len(err.splitlines()) == 1, err
    return process.returncode, err


def remove(folder):
    """Remove a folder that somebody is writing to."""
    moved = folder.with_name("moved")
    folder.rename(moved)
    while moved.exists():
        shutil.rmtree(moved, ignore_errors=True)


def stop(process):
    """End a run by Ctrl-C."""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err


# ---------------------------------------------------------------------- two processes


def test_a_folder_that_is_trained_into_is_left_alone(start, home):
    """A second run of its name, the same again to overwrite it, and one that would resume it, are all refused."""
    first, run = start(*LONG, "--name", "r"), home / "runs/r"
    wait_for(lambda: checkpoints(run) == 2, first)
    stray = run / ".model.safetensors.of-the-first.tmp"
    stray.write_bytes(b"")
    for options in ([*TRAIN, "--name", "r", "--overwrite"], ["train", "--resume", "runs/r"]):
        status, err = complaint(start(*options))
        assert (status, err.split(";")[0]) == (2, "mnist-nn: another process is training into runs/r")
    assert stray.exists()
    stop(first)
    assert not lock_file(run).exists()
    assert json.loads((run / "config.json").read_text())["training"]["batch_size"] == 20


def test_a_folder_is_free_again_when_its_process_is_killed(start, home):
    first, run = start(*LONG, "--name", "r"), home / "runs/r"
    wait_for(lambda: checkpoints(run) == 2, first)
    first.kill()
    first.wait()
    second = start(*TRAIN, "--epochs", "1", "--name", "r", "--overwrite")
    assert second.wait() == 0, second.stderr.read()
    assert sorted(path.name for path in run.iterdir()) == KEPT


def test_runs_that_start_at_once_have_folders_of_their_own(start, home):
    processes = [start(*TRAIN, "--epochs", "1", "--seed", seed) for seed in range(3)]
    for process in processes:
        assert process.wait() == 0, process.stderr.read()
    summaries = [json.loads(path.read_text()) for path in home.glob("runs/*/config.json")]
    assert sorted(summary["training"]["seed"] for summary in summaries) == [0, 1, 2]


def test_a_folder_by_the_date_is_never_one_that_somebody_holds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.ExitStack() as all_of_them:
        folders = {all_of_them.enter_context(claim_run_folder(None)) for _ in range(3)}
        assert len(folders) == 3
    assert not list(tmp_path.glob("runs/.*"))


def test_one_of_many_holds_a_folder_at_a_time(start, home):
    """They take turns 50 times each, whatever becomes of the file of the lock; each turn adds 1 to a number."""
    (home / "number").write_text("0")
    code = """
import pathlib
from neural_network.support.errors import InputError
from neural_network.support.directory_lock import hold
number, turns = pathlib.Path("number"), 0
while turns < 50:
    try:
        with hold(pathlib.Path("folder")):
            number.write_text(str(int(number.read_text()) + 1))
            turns += 1
    except InputError:
        pass
"""
    for process in [start(code=code) for _ in range(3)]:
        assert process.wait() == 0, process.stderr.read()
    assert (home / "number").read_text() == "150"


def test_two_downloads_at_once_leave_the_originals(start, home):
    """Both find nothing, fetch at the same time, and put the same file in place."""
    content = (home / "data/train-images-idx3-ubyte").read_bytes()
    both = threading.Barrier(2, timeout=60)

    class Mirror(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_error(405)

        def do_GET(self):
            both.wait()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = f"""
from pathlib import Path
from neural_network.data.download import download
from neural_network.data.sources import Source
mirrors, digests = ("http://127.0.0.1:{server.server_port}/",), {{"images": "{hashlib.sha256(content).hexdigest()}"}}
download(Source("s", "", "s", mirrors, digests, {len(content)}, ()), Path("cache"))
"""
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        processes = [start(code=code, env=environment) for _ in range(2)]
        for process in processes:
            assert process.wait() == 0, process.stderr.read()
        server.shutdown()
    assert [path.name for path in (home / "cache").iterdir()] == ["images"]
    assert len(read_idx(home / "cache/images")) == 400


# ---------------------------------------------------------------------- folders


def without_privilege():
    """Have root, too, heed the permissions of files: drop CAP_DAC_OVERRIDE (1) from what the process may gain."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="drops a privilege of Linux")
@pytest.mark.parametrize(
    ("command", "place"),
    [
        ((*TRAIN, "--epochs", "1", "--name", "r", "--overwrite"), "runs"),
        (("train", "--resume", "runs/r"), "runs"),
        (("data", "generate", "--count", "20", "--test", "5", "--output", "runs/digits"), "runs"),
        (("data", "export", "--data", "data", "--output", "runs/digits"), "runs"),
    ],
)
def test_a_folder_that_may_not_be_written_is_named_in_one_line(start, home, command, place):
    (home / place / "r").mkdir(parents=True)
    (home / place).chmod(0o555)
    try:
        status, err = complaint(start(*command, preexec_fn=without_privilege))
    finally:
        (home / place).chmod(0o755)
    assert status == 1
    assert "cannot write runs" in err
    assert [path.name for path in (home / place).rglob("*")] == ["r"]


def test_a_run_whose_folder_vanishes_makes_it_again(start, home):
    process, run = start(*TRAIN, "--epochs", "200", "--checkpoint-every", "60s", "--name", "r"), home / "runs/r"
    wait_for(lambda: checkpoints(run) == 1, process)
    shutil.rmtree(home / "data")
    remove(run)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert sorted(path.name for path in run.iterdir()) == KEPT


def test_a_run_whose_current_folder_vanishes_says_so_in_one_line(start, home):
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    process = start(*LONG, "--data", home / "data", "--name", "r", cwd=elsewhere)
    wait_for(lambda: checkpoints(elsewhere / "runs/r") == 2, process)
    remove(elsewhere)
    status, err = complaint(process)
    assert status == 1
    assert "cannot write runs/r/" in err


# ---------------------------------------------------------------------- readers who leave


@pytest.mark.parametrize(
    "command",
    [
        ("data", "list"),
        ("evaluate", "model.safetensors", "--data", "data", "--json"),
        ("train", "--help"),
        *(
            pytest.param(command, marks=pytest.mark.slow)
            for command in (
                ("data", "list", "--json"),
                ("data", "show", "--data", "data"),
                ("evaluate", "model.safetensors", "--data", "data"),
            )
        ),
    ],
)
def test_a_reader_who_leaves_ends_the_command_quietly(start, home, command):
    from neural_network import TwoLayerNN

    TwoLayerNN(seed=0).save(home / "model.safetensors")
    process = start(*command)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141


def test_a_run_is_saved_though_nobody_reads_its_results(start, home):
    process = start(*TRAIN, "--epochs", "1", "--json", "--name", "r")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141
    assert sorted(path.name for path in (home / "runs/r").iterdir()) == KEPT


@pytest.mark.parametrize("command", [("data", "list"), ("data", "list", "--json"), ("train", "--help")])
def test_without_an_output_the_work_is_done_all_the_same(start, command):
    process = start(*command, preexec_fn=lambda: os.close(1))
    assert process.stderr.read() == ""
    assert process.wait() == 0
