"""`mnist-nn sweep`: the same table from one process, from several, after a cut and after a kill; and what it says."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import types
from pathlib import Path

import numpy as np
import pytest

from neural_network.data.idx import write_idx
from neural_network.inspection import figures as figures_module
from neural_network.runs import settings as settings_module
from neural_network.runs.sweep import jobs as jobs_module
from neural_network.runs.sweep import workers as workers_module
from neural_network.support.errors import WorkError

pytestmark = pytest.mark.xdist_group("processors")

MINI_BATCH = ("--vary", "hidden=3,4", "--vary", "learning-rate=0.01,0.1,1", "--batch-size", 50, "--epochs", 2)
FULL_BATCH = ("--vary", "hidden=3,4", "--epochs", 5)


@pytest.fixture
def options(small):
    return ("--data", small, "--validation", 50, "--seeds", 2)


def table(folder):
    """The rows of trials.csv in order, without the seconds."""
    rows = list(csv.DictReader((Path(folder) / "trials.csv").read_text().splitlines()))
    for row in rows:
        del row["seconds"]
    return sorted(rows, key=lambda row: (int(row["trial"]), int(row["seed"])))


@pytest.mark.parametrize(
    ("what", "best"),
    [(MINI_BATCH, ("--hidden", 4, "--learning-rate", 1, "--batch-size", 50)), (FULL_BATCH, ("--hidden", 4))],
)
def test_two_processes_give_the_bits_of_one_and_of_train(run, options, what, best):
    one = run("sweep", *options, *what, "--jobs", 1, "--name", "one")
    assert one.status == 0, one.err
    two = run("sweep", *options, *what, "--jobs", 2, "--name", "two")
    assert two.status == 0, two.err
    rows = table("runs/one")
    assert rows == table("runs/two")
    assert len(rows) == (12 if what is MINI_BATCH else 4)
    more = ("--no-figures", "--json", "--name", "alone")
    metrics = json.loads(run("train", *options, *best, *what[-2:], *more).out)["metrics"]
    for part in ("train", "validation"):
        for quantity in ("loss", "accuracy"):
            found = [float(row[f"{part}_{quantity}"]) for row in rows[-2:]]
            assert found == metrics[part][quantity]["values"]


def test_the_table_has_mean_and_deviation_the_best_first_and_the_files_are_whole(run, options):
    result = run("sweep", *options, *MINI_BATCH, "--jobs", 1, "--name", "s")
    assert result.status == 0, result.err
    assert "trial 1: hidden 3, learning_rate 0.01: " in result.err
    rows = [line.split() for line in result.out.splitlines() if " ± " in line and "%" in line]
    assert len(rows) == 6
    accuracies = [float(row[3]) for row in rows]
    assert accuracies == sorted(accuracies, reverse=True)
    assert "train --recipe runs/s/best.toml" in result.out
    assert sorted(path.name for path in Path("runs/s").iterdir()) == [
        *("best.toml", "parallel_coordinates.png", "sweep.json", "trials.csv"),
    ]
    best = tomllib.loads(Path("runs/s/best.toml").read_text())
    assert [str(best["settings"].get(name, 0.1)) for name in ("hidden", "learning_rate")] == [
        rows[0][1], str(float(rows[0][2])),
    ]  # fmt: skip
    assert (best["settings"]["batch_size"], best["settings"]["epochs"], best["settings"]["validation"]) == (50, 2, 50)
    values = [float(row["validation_accuracy"]) for row in table("runs/s") if row["trial"] == rows[0][0]]
    assert accuracies[0] == pytest.approx(50 * sum(values), abs=0.005)
    assert Path(f"{options[1]}") == Path(best["settings"]["data"])


def test_json_is_one_object_with_all_trials(run, options):
    result = run("sweep", *options, "--vary", "hidden=3,4", "--epochs", 2, "--jobs", 1, "--json", "--name", "s")
    values = json.loads(result.out)
    assert values["best"] in (1, 2)
    assert [trial["settings"] for trial in values["trials"]] == [{"hidden": 3}, {"hidden": 4}]
    trial = values["trials"][0]
    accuracy = trial["metrics"]["validation"]["accuracy"]
    assert accuracy["mean"] == pytest.approx(sum(accuracy["values"]) / 2)
    assert trial["seeds"] == [0, 1]
    assert values["recipe"] == "runs/s/best.toml"


@pytest.mark.parametrize("what", [MINI_BATCH, FULL_BATCH])
def test_a_sweep_goes_on_from_a_file_that_was_cut_anywhere(run, options, what, monkeypatch):
    trained = []
    real = jobs_module.do_job
    monkeypatch.setattr(workers_module, "do_job", lambda job, source: trained.append(job) or real(job, source))
    monkeypatch.setattr(figures_module, "save_figure", lambda figure, path: path)  # which takes most of the time
    command = ("sweep", *options, *what, "--jobs", 1, "--name", "s")
    whole_output = run(*command).out
    file = Path("runs/s/trials.csv")
    content, whole, jobs = file.read_bytes(), table("runs/s"), len(trained)
    ends = [0, content.index(b"\n") // 2, *(at + 1 for at, byte in enumerate(content) if byte == 10), len(content) - 3]
    for end in ends:
        trained.clear()
        file.write_bytes(content[:end])
        result = run(*command)
        assert result.status == 0, result.err
        assert table("runs/s") == whole, end
        known = max(0, content[:end].count(b"\n") - 1)
        assert len(trained) == jobs - (known if what is MINI_BATCH else known // 2), end
        assert result.out.split("loss")[-1].split()[2] == whole_output.split("loss")[-1].split()[2]


def test_more_trials_and_seeds_can_be_added_but_another_sweep_is_refused(run, options):
    random = (
        "--search",
        "random",
        "--vary",
        "hidden=3..30",
        "--batch-size",
        50,
        "--epochs",
        1,
        "--jobs",
        1,
        "--name",
        "s",
    )
    assert run("sweep", *options, *random, "--trials", 3).status == 0
    before = table("runs/s")
    more = run("sweep", *options, *random, "--trials", 5, "--seeds", 3)
    assert "6 of 15 trainings are known already" in more.err
    assert [row for row in table("runs/s") if row in before] == before
    assert len(table("runs/s")) == 15
    other = run("sweep", *options, *random, "--epochs", 2)
    assert other.status == 2
    assert "epochs is 2 now, and 1 there" in other.err
    other = run("sweep", *options, *random, "--learning-rate", 0.5)
    assert "learning-rate is 0.5 now, and not set there" in other.err
    replaced = run("sweep", *options, *random, "--epochs", 2, "--trials", 2, "--overwrite")
    assert replaced.status == 0, replaced.err
    assert len(table("runs/s")) == 4


def test_changed_data_are_noticed(run, options, small):
    shutil.copytree(small, "own")
    command = ("sweep", *options[2:], "--data", "own", *FULL_BATCH, "--jobs", 1, "--name", "s")
    assert run(*command).status == 0
    write_idx(Path("own/train-labels-idx1-ubyte.gz"), np.arange(400, dtype=np.uint8) % 10)
    jobs_module.read_data.cache_clear()  # as another process, which has read nothing yet
    result = run(*command)
    assert result.status == 2
    assert "SHA-256 of the data is" in result.err


def test_a_process_with_other_data_ends_the_sweep(options):
    source = jobs_module.Source(str(options[1]), 50, "of other data")
    with pytest.raises(WorkError, match="SHA-256"):
        jobs_module.do_job(jobs_module.Job(1, settings_module.Settings(), (0,)), source)


def test_values_that_are_wrong_only_beside_others_make_these_trials_fail(run, options):
    vary = ("--vary", "schedule=cosine,constant", "--vary", "warmup-steps=0,3", "--epochs", 5)
    result = run("sweep", *options, *vary, "--jobs", 1, "--name", "s")
    assert result.status == 0, result.err
    assert [row["status"] for row in table("runs/s")] == ["done"] * 6 + ["failed"] * 2
    assert "trial 4: schedule constant, warmup_steps 3: failed: InputError: warmup_steps needs schedule" in result.err


def test_a_trial_that_fails_or_diverges_does_not_end_the_sweep_and_a_failure_is_tried_again(run, options, monkeypatch):
    train_seeds = settings_module.Settings.train_seeds

    def fail(self, seeds, *arguments, **keywords):
        if (self.hidden, seeds) == (4, (1,)):
            raise MemoryError("no room\nfor this")
        return train_seeds(self, seeds, *arguments, **keywords)

    monkeypatch.setattr(settings_module.Settings, "train_seeds", fail)
    command = (
        *("sweep", *options, "--vary", "hidden=3,4", "--vary", "learning-rate=0.1,1e20", "--activation", "identity"),
        *("--batch-size", 50, "--epochs", 4, "--jobs", 1, "--name", "s"),
    )
    result = run(*command)
    assert result.status == 0, result.err
    assert [row["status"] for row in table("runs/s")] == [
        *("done", "done", "diverged", "diverged", "done", "failed", "diverged", "failed"),
    ]
    assert "failed with seed 1: MemoryError: no room for this" in result.err
    assert tomllib.loads(Path("runs/s/best.toml").read_text())["settings"]["hidden"] == 3
    monkeypatch.setattr(settings_module.Settings, "train_seeds", train_seeds)
    again = run(*command)
    assert "6 of 8 trainings are known already" in again.err
    assert [row["status"] for row in table("runs/s")] == ["done", "done", "diverged", "diverged"] * 2


def test_where_all_trials_diverge_the_status_is_3_and_where_one_fails_it_is_1(run, options):
    what = ("--vary", "learning-rate=1e20,1e30", "--activation", "identity", "--epochs", 6, "--jobs", 1)
    result = run("sweep", *options, *what, "--name", "d")
    assert (result.status, result.err.splitlines()[-1]) == (
        3, "mnist-nn: all trials diverged; try smaller learning rates",
    )  # fmt: skip
    result = run("sweep", *options, "--vary", "schedule=cosine", "--warmup-steps", 9999, "--epochs", 1, "--name", "f")
    assert result.status == 1
    assert "no trial has succeeded; trial 1: InputError: warmup_steps" in result.err


def test_ctrl_c_keeps_what_is_done(run, options, monkeypatch):
    add = jobs_module.do_job
    calls = []

    def interrupt(job, source):
        calls.append(job)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return add(job, source)

    monkeypatch.setattr(workers_module, "do_job", interrupt)
    command = ("sweep", *options, *MINI_BATCH, "--jobs", 1, "--name", "s")
    result = run(*command)
    assert result.status == 130
    assert "the same command continues" in result.err
    assert len(table("runs/s")) == 3
    assert run(*command).status == 0
    assert len(calls) == 4 + 9
    assert len(table("runs/s")) == 12


def test_nothing_is_left_of_a_sweep_without_a_result(run, options, monkeypatch):
    def interrupt(job, source):
        raise KeyboardInterrupt

    monkeypatch.setattr(workers_module, "do_job", interrupt)
    result = run("sweep", *options, *FULL_BATCH, "--jobs", 1, "--name", "s")
    assert result.status == 130
    assert not Path("runs/s").exists()


def test_a_run_is_not_replaced_by_a_sweep(run, options):
    Path("runs/s").mkdir(parents=True)
    Path("runs/s/model.safetensors").write_bytes(b"mine")
    for more in ((), ("--overwrite",)):
        result = run("sweep", *options, *FULL_BATCH, "--jobs", 1, "--name", "s", *more)
        assert result.status == 2
        assert "is not a sweep" in result.err
    assert [path.name for path in Path("runs/s").iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize(
    ("wrong", "fact"),
    [
        ([], "--vary"),
        (["--vary"], "--vary"),
        (["--vary", "hidden=3", "--hidden", 3], "leave one of them out"),
        (["--vary", "hidden=3", "--hidden", "3,4"], "'3,4'"),
        (["--vary", "hidden=0,3"], "hidden must be a whole number ≥ 1, not 0"),
        (["--vary", "learning-rate=-1,1"], "learning_rate of the settings cannot be -1.0"),
        (["--vary", "learning-rate=0..1 log"], "--vary learning-rate: a range"),
        (["--vary", "learning-rate=0..1"], 'of learning-rate: --vary "learning-rate=0..1 5"'),
        (["--vary", "learning-rate=high"], "--vary learning-rate takes numbers"),
        (["--vary", "dropout=1.5"], "not 1.5"),
        (["--vary", "activation=rleu,relu"], "did you mean 'relu'?"),
        (["--vary", "hidden=3", "--search", "radom"], "did you mean 'random'?"),
        (["--vary", "hidden=3", "--backend", "dsk"], "did you mean 'dask'?"),
        (["--vary", "hidden=3", "--backend", "dask"], "--scheduler with an address such as tcp://"),
        (["--vary", "hidden=3", "--backend", "dask", "--scheduler", "localhost:1"], "'localhost:1'"),
        (["--vary", "hidden=3", "--backend", "dask", "--scheduler", "tcp://a:1", "--jobs", 2], "--jobs goes with"),
        (["--vary", "hidden=3", "--scheduler", "tcp://a:1"], "--backend dask or ray"),
        (["--vary", "hidden=3", "--validation", 400], "400 training samples"),
        (["--vary", "hidden=3", "--validation", 0], "--validation must be a whole number ≥ 1"),
        (["--vary", "hidden=3", "--name", "../x"], "--name must be a plain name"),
        (["--vary", "hidden=3,4", "--trials", 3], "2 combinations"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_left(run, options, wrong, fact):
    result = run("sweep", "--data", options[1], *wrong)
    assert result.status == 2, result.err
    (line,) = result.err.splitlines()
    assert fact in line
    assert not Path("runs").exists() or not list(Path("runs").iterdir())


def test_plugins_are_loaded_in_the_processes_too(run, options):
    Path("own.py").write_text(
        "from neural_network.functions.activations import Activation, register_activation\n"
        "register_activation(Activation('of a sweep', g=lambda Z: Z, g_prime=lambda Z: 1 + 0 * Z))\n"
    )
    command = [sys.executable, "-m", "neural_network", "sweep", "--plugin", "own.py", *map(str, options)]
    more = ["--vary", "activation=of a sweep,relu", "--epochs", "1", "--batch-size", "50", "--jobs", "2", "--name", "s"]
    result = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert [row["status"] for row in table("runs/s")] == ["done"] * 4


# ---------------------------------------------------------------------------------- processes that are killed

LONG = (
    *("--vary", "hidden=20,30", "--vary", "learning-rate=0.01,0.1,1", "--seeds", "2", "--validation", "50"),
    *("--batch-size", "5", "--epochs", "8"),
)


def start(*options):
    command = [sys.executable, "-m", "neural_network", "sweep", *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def rows_of(folder):
    file = Path(folder) / "trials.csv"
    return file.read_bytes().count(b"\n") - 1 if file.exists() else 0


def wait_for_rows(folder, count, process):
    while rows_of(folder) < count:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def children(pid):
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if int(line.split()[1]) == pid]


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_kill_9_in_the_middle_then_the_same_command_gives_the_same_table(run, small):
    assert run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "whole").status == 0
    process = start("--data", small, *LONG, "--jobs", 2, "--name", "killed")
    wait_for_rows("runs/killed", 3, process)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    rows = rows_of("runs/killed")
    assert 3 <= rows < 12
    deadline = time.monotonic() + 10
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_running, workers))  # they end with the process that started them
    assert rows_of("runs/killed") == rows
    result = run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "killed")
    assert result.status == 0, result.err
    assert f"{rows} of 12 trainings are known already" in result.err
    assert table("runs/killed") == table("runs/whole")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_a_process_that_is_killed_costs_no_trial(run, small):
    assert run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "whole").status == 0
    process = start("--data", small, *LONG, "--jobs", 2, "--name", "killed")
    wait_for_rows("runs/killed", 2, process)
    loky = [pid for pid in children(process.pid) if "LokyProcess" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(loky[0], signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert "a process was killed; its trials begin again" in err
    assert table("runs/killed") == table("runs/whole")


# ---------------------------------------------------------------------------------- a cluster


@pytest.fixture
def scheduler(tmp_path):
    """The address of a Dask scheduler on loopback, and its two workers."""
    pytest.importorskip("distributed")
    program = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(file)]
    processes = [subprocess.Popen([*program, "scheduler", *options], **quiet)]
    try:
        while not file.exists() or not file.read_text().endswith("}"):
            assert processes[0].poll() is None
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        worker = [*program, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        worker += ["--local-directory", str(tmp_path / "dask")]
        processes += [subprocess.Popen(worker, cwd=tmp_path, **quiet) for _ in range(2)]
        yield address, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_dask_gives_the_results_of_one_process_and_a_killed_worker_costs_nothing(run, small, scheduler):
    address, processes = scheduler
    dask = ("--data", small, *LONG, "--backend", "dask", "--scheduler", address)
    assert run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "one").status == 0
    process = start(*dask, "--name", "dask")
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert table("runs/dask") == table("runs/one")
    process = start(*dask, "--name", "killed")
    wait_for_rows("runs/killed", 3, process)
    processes[1].kill()
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert table("runs/killed") == table("runs/one")
    assert len(table("runs/killed")) == 12


@pytest.mark.slow
def test_a_scheduler_that_is_killed_ends_the_sweep_which_continues_without_it(run, small, scheduler):
    address, processes = scheduler
    process = start("--data", small, *LONG, "--backend", "dask", "--scheduler", address, "--name", "s")
    wait_for_rows("runs/s", 2, process)
    processes[0].kill()
    _, err = process.communicate()
    assert process.returncode == 1, err
    assert "the cluster has no workers any more" in err.splitlines()[-1]
    assert rows_of("runs/s") < 12
    assert run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "s").status == 0
    assert run("sweep", "--data", small, *LONG, "--jobs", 1, "--name", "whole").status == 0
    assert table("runs/s") == table("runs/whole")


def test_without_a_scheduler_dask_is_an_error_of_the_work(run, options, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers_module, "PATIENCE", 1)
    command = ("sweep", *options, *FULL_BATCH, "--backend", "dask", "--scheduler", "tcp://127.0.0.1:1", "--name", "s")
    result = run(*command)
    assert result.status == 1
    assert "there is no Dask scheduler at tcp://127.0.0.1:1" in result.err.splitlines()[-1]
    assert not Path("runs/s").exists()


def test_without_a_cluster_ray_is_not_asked_and_does_not_wait(run, options, monkeypatch):
    joblib_backend = types.SimpleNamespace(register_ray=None)
    for name, module in (("ray", types.SimpleNamespace()), ("ray.util", None), ("ray.util.joblib", joblib_backend)):
        monkeypatch.setitem(sys.modules, name, module)
    for address in ("ray://127.0.0.1:1", "127.0.0.1:99999"):
        result = run("sweep", *options, *FULL_BATCH, "--backend", "ray", "--scheduler", address, "--name", "s")
        assert result.status == 1
        assert f"there is no Ray cluster at {address}" in result.err.splitlines()[-1]
        assert not Path("runs/s").exists()


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_without_its_package_the_error_says_how_to_install_it(run, options, monkeypatch, backend, module):
    monkeypatch.setitem(sys.modules, module, None)
    result = run("sweep", *options, *FULL_BATCH, "--backend", backend, "--scheduler", "tcp://127.0.0.1:1")
    assert result.status == 1
    assert f'pip install "mnist-nn[{backend}]"' in result.err.splitlines()[-1]


def test_processes_of_an_earlier_sweep_are_not_used_again(run, small, tmp_path, monkeypatch):
    """They have the environment that there was then."""
    other = tmp_path / "other"
    shutil.copytree(small, other)
    write_idx(other / "train-labels-idx1-ubyte.gz", np.arange(400, dtype=np.uint8) % 10)
    for name, data in (("first", small), ("second", other)):
        monkeypatch.setenv("MNIST_NN_DATA", str(data))
        options = ["--data", "mnist", "--vary", "hidden=3,4", "--epochs", 2, "--jobs", 2]
        assert run("sweep", *options, "--name", name).status == 0
