"""Commands that look at a run take its own data, wherever `auto` would look; and --data where these have moved."""

import json
import shutil
from pathlib import Path

import pytest

from neural_network.data.idx import read_pair, write_idx


@pytest.fixture
def other(small, tmp_path, monkeypatch):
    """Another data set, which `auto` finds: the first 40 images of each file, the labels all 0."""
    for split in ("train", "t10k"):
        names = [f"{split}-{kind}" for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
        images, labels = read_pair(*(small / f"{name}.gz" for name in names))
        write_idx(tmp_path / "other" / names[0], images[:40])
        write_idx(tmp_path / "other" / names[1], 0 * labels[:40])
    monkeypatch.setenv("MNIST_NN_DATA", str(tmp_path / "other"))


def test_a_run_is_looked_at_with_its_own_data(run, small, trained, other):
    evaluated = json.loads(run("evaluate", trained, "--json").out)
    assert (evaluated["data"]["source"], evaluated["samples"]) == (str(small), 100)
    (prediction,) = json.loads(run("predict", trained, "--index", 70, "--json").out)["predictions"]
    assert prediction["image"] == f"{small.name}[70]"
    (sample,) = json.loads(run("explain", trained, "--index", 70, "--json").out)["samples"]
    assert sample["name"] == f"{small.name}[70]"
    assert f"on 100 samples of {small.name} from {small}" in run("evaluate", trained).out


def test_a_model_file_and_the_option_are_taken_at_their_word(run, small, trained, other):
    for arguments in ([trained / "model.safetensors"], [trained, "--data", "auto"], [trained, "--data", "other"]):
        assert json.loads(run("evaluate", *arguments, "--json").out)["samples"] == 40
    (trained / "config.json").unlink()
    assert json.loads(run("evaluate", trained, "--json").out)["samples"] == 40


def test_where_the_data_have_moved_one_line_says_what_to_do(run, small):
    shutil.copytree(small, "here")
    options = ["--data", "here", "--validation", 50, "--epochs", 1, "--no-figures"]
    for name in ("a", "b"):
        assert run("train", *options, "--name", name).status == 0
    assert run("train", *options, "--learning-rate", "1e30", "--name", "off").status == 3
    Path("here").rename("there")
    for command in (
        ["evaluate", "runs/a"],
        ["predict", "runs/a", "--index", 0],
        ["explain", "runs/a"],
        ["diagnose", "runs/a"],
        ["figures", "runs/a", "--only", "per_class"],
        ["report", "runs/a", "--only", "per_class"],
        ["report", "runs/off"],
        ["compare", "runs/a", "runs/b"],
    ):
        lost = run(*command)
        assert (lost.status, lost.out, lost.err.count("\n")) == (2, "", 1), command
        assert "'here': no such file or folder" in lost.err
        assert "with --data, say where they are now" in lost.err
        assert run(*command, "--data", "there").status == 0, command
