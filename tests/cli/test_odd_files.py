"""Pipes, names that are no text, no input and no output: one line each, or they work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

COMMAND = [sys.executable, "-m", "neural_network"]

needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


def one_png() -> bytes:
    Image.fromarray(np.pad(np.full((40, 8), 255, np.uint8), 30)).save("one.png")
    return Path("one.png").read_bytes()


@needs_fifo
def test_predict_reads_a_picture_from_a_pipe(trained):
    one_png()
    script = f"{' '.join(COMMAND)} predict {trained} --json one.png <(cat one.png)"
    result = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    file, pipe = json.loads(result.stdout)["predictions"]
    assert file["probabilities"] == pipe["probabilities"]


@needs_fifo
def test_a_pipe_named_like_a_checkpoint_or_a_model_is_not_read(run, trained):
    os.mkfifo(trained / "checkpoint-99.safetensors")
    resumed = run("train", "--resume", trained)
    assert (resumed.status, resumed.err.count("\n")) == (2, 1)
    assert "checkpoint-99.safetensors is not a regular file" in resumed.err
    os.mkfifo("pipe")
    result = run("evaluate", "pipe")
    assert (result.status, result.err) == (2, "mnist-nn: pipe is neither a file nor the folder of a run\n")


def test_a_run_is_resumed_from_within_its_folder(run, small, trained, monkeypatch):
    folder = trained.resolve()
    monkeypatch.chdir(folder)
    for path in (".", "../r", "figures/.."):
        Path("figures").mkdir(exist_ok=True)
        result = run("train", "--resume", path)
        assert (result.status, result.err.count("\n")) == (0, 1), result.err
        assert "is finished" in result.err


@pytest.mark.parametrize("path", ["", "/", "/dev/null", "one.png"])
def test_what_is_no_run_is_not_resumed(run, path):
    one_png()
    result = run("train", "--resume", path)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff"), "-x", "--", "a\nb", "a/b", "..", "é" * 150])
def test_a_name_that_is_none_for_a_folder_is_refused(run, small, name):
    result = run("train", "--data", small, "--name", name)
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "--name must be a plain name" in result.err
    assert not Path("runs").exists()


def test_a_picture_whose_name_is_no_text_is_read(run, trained):
    name = os.fsdecode(b"\xff.png")
    try:
        Path(name).write_bytes(one_png())
    except OSError:
        pytest.skip("this file system has names of text only")
    result = run("predict", trained, name, "--json")
    assert result.status == 0
    assert json.loads(result.out)["predictions"][0]["image"] == name


def test_no_input_and_no_room_for_the_output_are_one_line(trained):
    run = subprocess.run(
        ["bash", "-c", f"{' '.join(COMMAND)} predict {trained} - <&-"], capture_output=True, check=False
    )
    assert (run.returncode, run.stderr.count(b"\n")) == (2, 1)
    assert b"standard input: is empty" in run.stderr
    if Path("/dev/full").exists():
        full = subprocess.run(
            ["bash", "-c", f"{' '.join(COMMAND)} data list >/dev/full"], capture_output=True, check=False
        )
        assert (full.returncode, full.stderr) == (1, b"mnist-nn: the output: no space left on device\n")
