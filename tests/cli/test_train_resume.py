"""`mnist-nn train --checkpoint-every` and `--resume`: stopped, killed, damaged, and what is refused."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from neural_network import History
from neural_network.cli.train import command, once
from neural_network.data.idx import write_idx
from neural_network.formats.tensor_file import write
from neural_network.runs import settings
from neural_network.runs.checkpoint_files import load_checkpoint
from neural_network.training.callback import Callback
from neural_network.training.monitor import Monitor

TRAIN = ["--validation", 50, "--no-figures", "--epochs", 4, "--batch-size", 64]  # 24 steps
ALL = [
    *("--optimizer", "adam", "--schedule", "one-cycle", "--augment", "light", "--dropout", 0.2, "--input-dropout", 0.1),
    *("--l2", 0.001, "--clip", 1, "--max-norm", 4, "--average", 0.9, "--early-stopping", 9, "--hidden", 16),
]


@pytest.fixture
def at_step(monkeypatch):
    """Have something done in the middle of a step of the runs that follow."""

    def arrange(step, do):
        class Arranged(Monitor):
            def on_gradients(self, run):
                super().on_gradients(run)
                if run.step == step:
                    do()

        monkeypatch.setattr(once, "Monitor", Arranged)
        Arranged.__name__ = "Monitor"

    return arrange


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def crash():
    raise RuntimeError("a crash")


def checkpoints(folder="runs/r"):
    return sorted(int(path.stem.partition("-")[2]) for path in Path(folder).glob("checkpoint-*"))


def content(folder):
    """What a run leaves, but for its name and the time it took."""
    folder = Path(folder)
    summary = json.loads((folder / "config.json").read_text())
    del summary["training"]["seconds"], summary["run"]
    rows = History.load(folder / "history.csv").rows
    for row in rows:
        del row["seconds"]
    files = sorted(path.name for path in folder.iterdir())
    return (folder / "model.safetensors").read_bytes(), summary, rows, files


@pytest.fixture
def crashed(have_run, small, at_step):
    """A run of 24 steps with checkpoints at 10 and 15, which crashed in step 18."""
    at_step(18, crash)
    have_run("--data", small, *TRAIN, "--checkpoint-every", 5, status=1)
    at_step(0, crash)
    assert checkpoints() == [10, 15]


@pytest.mark.parametrize("step", [1, 6, 9, 24])  # within an epoch, at the end of one, at the end of the run
def test_after_ctrl_c_a_run_goes_on_to_the_same_bits(run, have_run, small, at_step, step):
    options = ["--data", small, *TRAIN, *ALL]
    have_run(*options, name="whole")
    at_step(step, ctrl_c)
    stopped = run("train", *options, "--name", "r")
    assert stopped.status == 130
    assert "To continue: mnist-nn train --resume runs/r" in stopped.err
    assert checkpoints() == [step]
    at_step(0, ctrl_c)
    resumed = run("train", "--resume", "runs/r", "--no-figures")
    assert resumed.status == 0, resumed.err
    assert content("runs/r") == content("runs/whole")


@pytest.mark.parametrize(
    ("number", "ctrl_c"),
    [
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_IGN),  # as in the background of a shell
    ],
)
def test_signals_from_outside_leave_a_checkpoint(small, tmp_path, number, ctrl_c):
    command = [sys.executable, "-m", "neural_network", "train", "--data", str(small), "--validation", "50"]
    options = ["--epochs", "10000000", "--name", "r", "--no-figures", "--checkpoint-every", "0.1s"]
    usual = signal.signal(signal.SIGINT, ctrl_c)  # what is ignored is ignored in the new process too
    process = subprocess.Popen([*command, *options], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, usual)
    while process.poll() is None and max(checkpoints(tmp_path / "runs/r"), default=0) == 0:
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    step = checkpoints(tmp_path / "runs/r")[-1]
    assert len(History.load(tmp_path / "runs/r/history.csv")) == step
    assert load_checkpoint(tmp_path / f"runs/r/checkpoint-{step}.safetensors").values["place"]["step"] == step


def test_after_a_crash_the_newest_checkpoint_is_taken(run, have_run, small, crashed):
    assert run("train", "--resume", "runs/r", "--no-figures").status == 0
    have_run("--data", small, *TRAIN, name="whole")
    assert content("runs/r") == content("runs/whole")


def test_it_goes_on_with_the_interval_of_before(run, crashed, at_step):
    at_step(22, crash)
    assert run("train", "--resume", "runs/r").status == 1
    assert checkpoints() == [15, 20]


def test_a_run_with_an_interval_can_go_on_from_its_first_moment(run, have_run, small, at_step):
    at_step(1, crash)
    run("train", "--data", small, *TRAIN, "--name", "r", "--checkpoint-every", "3600s")
    assert checkpoints() == [0]
    at_step(0, crash)
    assert run("train", "--resume", "runs/r", "--no-figures").status == 0
    have_run("--data", small, *TRAIN, name="whole")
    assert content("runs/r") == content("runs/whole")


def test_strays_of_a_crash_are_cleaned(run, crashed):
    Path("runs/r/.checkpoint-16.safetensors.abc.tmp").write_bytes(b"half")
    run("train", "--resume", "runs/r", "--no-figures")
    left = sorted(path.name for path in Path("runs/r").iterdir())
    assert left == ["config.json", "history.csv", "model.safetensors", "snapshots.safetensors"]


@pytest.mark.parametrize("damage", ["truncated", "empty", "flipped", "metadata", "garbage"])
def test_a_damaged_checkpoint_is_passed_over_in_one_line(run, have_run, small, crashed, damage):
    newest = Path("runs/r/checkpoint-15.safetensors")
    data = bytearray(newest.read_bytes())
    if damage == "flipped":
        data[-1000] ^= 1
    elif damage == "metadata":
        place = data.index(b"samples_seen") + len(b'samples_seen": ')
        data[place] = ord("1") if data[place] != ord("1") else ord("2")
    else:
        data = {"truncated": data[:-1], "empty": b"", "garbage": b"\xff" * 500}[damage]
    newest.write_bytes(data)
    result = run("train", "--resume", "runs/r", "--no-figures", "--json")
    assert result.status == 0, result.err
    lines = [line for line in result.err.splitlines() if "checkpoint" in line]
    assert len(lines) == 1
    assert "checkpoint-15.safetensors is" in lines[0]
    assert "step 10" in lines[0]
    have_run("--data", small, *TRAIN, name="whole")
    assert content("runs/r") == content("runs/whole")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"hidden": 10**12}, "does not have the 1000000000000 hidden units"),
        ({"hidden": "4"}, "hidden of the settings cannot be '4'"),
        ({"data": 7}, "data of its list of options cannot be 7"),
        ({"data": "+".join(["mnist"] * 99)}, "more than 8 parts"),
        ({"validation": -1}, "validation of its list of options cannot be -1"),
        ({"callbacks": [7]}, "callbacks of the settings cannot be [7]"),
    ],
)
def test_options_that_a_stranger_wrote_into_a_checkpoint_are_checked(run, crashed, change, complaint):
    for step in checkpoints():
        path = Path(f"runs/r/checkpoint-{step}.safetensors")
        checkpoint = load_checkpoint(path)
        origin = checkpoint.origin | {"options": checkpoint.origin["options"] | change}
        write(path, checkpoint.values | {"origin": origin}, checkpoint.tensors)
    result = run("train", "--resume", "runs/r")
    assert result.status == 2
    assert complaint in result.err
    assert result.err.count("\n") == 1


def test_where_all_are_damaged_it_says_so(run, crashed):
    for path in Path("runs/r").glob("checkpoint-*"):
        path.write_bytes(path.read_bytes()[:-1])
    result = run("train", "--resume", "runs/r")
    assert result.status == 2
    assert "checkpoint-10.safetensors is not a checkpoint of mnist-nn" in result.err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--epochs", 5], "--epochs is 5 now, but 4 in runs/r"),
        (["--from", "runs/r"], "--from is 'runs/r' now, but "),
        (["--dropout", 0.1], "--dropout is 0.1 now, but 0.0 in runs/r"),
        (["--seed", 1], "--seed is 1 now, but 0 in runs/r"),
        (["--data", "synthetic"], "--data is 'synthetic' now, but"),
        (["--validation", 0], "--validation is 0 now, but 50 in runs/r"),
        (["--name", "other"], "--name is 'other' now, but 'r' in runs/r"),
        (["--overwrite"], "--overwrite is True now, but False in runs/r"),
        (["--seeds", 2], "--seeds is 2 now, but 1 in runs/r"),
        (["--checkpoint-every", "often"], "not 'often'"),
    ],
)
def test_other_options_are_refused_in_one_line(run, crashed, options, complaint):
    result = run("train", "--resume", "runs/r", *options)
    assert (result.status, result.err.count("\n"), result.out) == (2, 1, "")
    assert complaint in result.err
    assert checkpoints() == [10, 15]


def test_the_same_options_are_not(run, small, crashed):
    assert run("train", "--resume", "runs/r", "--data", small, *TRAIN, "--name", "r").status == 0


def test_other_data_are_refused_in_one_line(run, small, tmp_path, at_step):
    from neural_network.data.idx import read_pair

    images, labels = read_pair(small / "train-images-idx3-ubyte.gz", small / "train-labels-idx1-ubyte.gz")
    (tmp_path / "mine").mkdir()
    write_idx(tmp_path / "mine/train-images-idx3-ubyte", images)
    write_idx(tmp_path / "mine/train-labels-idx1-ubyte", labels)
    at_step(9, ctrl_c)
    assert run("train", "--data", "mine", *TRAIN, "--name", "r").status == 130
    images = images.copy()
    images[0, 0, 0] ^= 1  # of a sample that is held out
    write_idx(tmp_path / "mine/train-images-idx3-ubyte", images)
    result = run("train", "--resume", "runs/r")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "--data mine has changed since runs/r began" in result.err


def test_data_that_were_found_are_found_again(run, tmp_path, small, at_step, monkeypatch):
    monkeypatch.delenv("MNIST_NN_DATA", raising=False)
    (tmp_path / "data").symlink_to(small)
    at_step(9, ctrl_c)
    assert run("train", *TRAIN, "--name", "r").status == 130
    at_step(0, ctrl_c)
    result = run("train", "--resume", "runs/r", "--no-figures")
    assert result.status == 0, result.err
    assert run("train", *TRAIN, "--name", "whole").status == 0
    assert content("runs/r") == content("runs/whole")


def test_a_finished_run_is_finished(run, small):
    whole = run("train", "--data", small, *TRAIN, "--name", "r", "--checkpoint-every", 5, "--json")
    assert checkpoints() == []
    again = run("train", "--resume", "runs/r", "--json")
    assert again.status == 0
    assert json.loads(again.out) == json.loads(whole.out)
    assert again.err == "runs/r is finished: there is nothing to continue\n"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--epochs", 5], "--epochs is 5 now, but 4 in runs/r"),
        (["--from", "runs/r"], "--from is 'runs/r' now, but "),
        (["--learning-rate", 0.5], "--learning-rate is 0.5 now, but 0.1 in runs/r"),
        (["--data", "synthetic"], "--data is 'synthetic' now, but"),
        (["--validation", 0], "--validation is 0 now, but 50 in runs/r"),
        (["--name", "other"], "--name is 'other' now, but 'r' in runs/r"),
        (["--callback", "x"], "--callback is ['x'] now, but [] in runs/r"),
    ],
)
def test_a_finished_run_is_not_taken_for_one_of_other_options(run, have_run, small, options, complaint):
    have_run("--data", small, "--epochs", 4, "--validation", 50, "--no-figures")
    result = run("train", "--resume", "runs/r", *options)
    assert (result.status, result.err.count("\n"), result.out) == (2, 1, "")
    assert complaint in result.err
    same = run("train", "--resume", "runs/r", "--data", small, "--epochs", 4, "--validation", 50, "--name", "r")
    assert (same.status, same.err) == (0, "runs/r is finished: there is nothing to continue\n")
    assert run("train", "--resume", "runs/r", "--data", "auto").status == 0


def test_what_cannot_be_resumed_is_one_line(run, small):
    assert "there is no run at runs/nowhere to resume" in run("train", "--resume", "runs/nowhere").err
    Path("runs/empty").mkdir(parents=True)
    result = run("train", "--resume", "runs/empty")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "runs/empty has no checkpoint to continue from" in result.err


def test_a_run_that_can_go_on_is_not_replaced_unless_asked(run, small, crashed):
    result = run("train", "--data", small, *TRAIN, "--name", "r")
    assert result.status == 2
    assert "or replace it with --overwrite, or go on with it: --resume runs/r" in result.err
    assert run("train", "--data", small, *TRAIN, "--name", "r", "--overwrite", "--checkpoint-every", 23).status == 0
    assert checkpoints() == []


def test_a_run_that_was_replaced_cannot_go_on(run, small, crashed, at_step):
    at_step(3, crash)
    assert run("train", "--data", small, *TRAIN, "--name", "r", "--overwrite").status == 1
    assert checkpoints() == []


def test_sigterm_ends_the_command_where_ctrl_c_is_ignored(run, small, monkeypatch):
    monkeypatch.setattr(command, "check_writable", lambda folder: os.kill(os.getpid(), signal.SIGTERM))
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result = run("train", "--data", small)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert (result.status, result.err) == (130, "mnist-nn: interrupted\n")


@pytest.mark.parametrize("text", ["0", "-5", "0s", "-1s", "s", "nans", "1e99s", "5m", "1.5", "many"])
def test_an_interval_that_is_none_is_refused(run, small, text):
    result = run("train", "--data", small, f"--checkpoint-every={text}")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert f"not {text!r}" in result.err
    assert not Path("runs").exists()


def test_seeds_have_no_checkpoints(run, small):
    result = run("train", "--data", small, "--seeds", 2, "--checkpoint-every", 5)
    assert result.status == 2
    assert "--checkpoint-every works with one network" in result.err


def test_a_full_disk_leaves_the_older_checkpoints_whole(run, small, crashed, monkeypatch):
    before = {path: path.read_bytes() for path in Path("runs/r").iterdir()}

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    result = run("train", "--resume", "runs/r")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "cannot write runs/r/checkpoint-20.safetensors: No space left on device" in result.err
    assert {path: path.read_bytes() for path in Path("runs/r").iterdir()} == before


def test_a_file_that_may_not_grow_leaves_the_older_checkpoints_whole(run, crashed):
    resource = pytest.importorskip("resource")
    before = {path: path.read_bytes() for path in Path("runs/r").iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        result = run("train", "--resume", "runs/r")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "cannot write runs/r/checkpoint-20.safetensors: File too large" in result.err
    assert {path: path.read_bytes() for path in Path("runs/r").iterdir()} == before


def test_a_deterministic_run_goes_on_as_one(run, small, at_step):
    """Its products are made by one thread each, before and after."""
    threads = []

    def look():
        threads.append(max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"))
        if len(threads) == 1:
            ctrl_c()

    with threadpool_limits(2, user_api="blas"):
        options = ["--deterministic", "--validation", 50, "--epochs", 4, "--hidden", 800, "--name", "r"]
        at_step(2, look)
        assert run("train", "--data", small, *options, "--no-figures").status == 130
        at_step(3, look)
        assert run("train", "--resume", "runs/r", "--no-figures").status == 0
    assert threads == [1, 1]
    assert json.loads(Path("runs/r/config.json").read_text())["training"]["deterministic"]


def test_a_run_that_diverged_is_not_finished(run, small):
    options = ("--data", small, "--validation", 0, "--epochs", 3, "--learning-rate", 1e30, "--name", "d")
    assert run("train", *options).status == 3
    result = run("train", "--resume", "runs/d")
    assert result.status == 2
    assert result.err == "mnist-nn: runs/d cannot continue: its training diverged; see mnist-nn diagnose runs/d\n"


@pytest.mark.parametrize(("given", "drawn"), [((), False), (("--figures",), True)])
def test_a_run_without_figures_goes_on_without(run, small, monkeypatch, given, drawn):
    class Interrupt(Callback):
        def on_step(self, run):
            if run.step == 2:
                run.interrupt = True

    monkeypatch.setattr(settings.Settings, "make_callbacks", lambda self: [Interrupt()])
    options = ("--data", small, "--validation", 0, "--epochs", 3, "--name", "r")
    assert run("train", *options, "--no-figures").status == 130
    assert run("train", "--resume", "runs/r", *given).status == 0
    assert Path("runs/r/figures").exists() == drawn
