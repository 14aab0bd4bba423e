"""The scripts of whole processes: each trains with its library, and prints the accuracy on the test images."""

import os
import sys
import time

import numpy as np
import pytest
from benchmarks import runner, script
from benchmarks.job import Job, Training
from benchmarks.jobs import JOBS
from benchmarks.peer_table import OURS, PEERS
from benchmarks.worker import VARIABLES

LIBRARIES = [name for name in PEERS if "script" in PEERS[name].kinds and name != "against"]


def test_every_library_has_a_script_for_each_job():
    modules = {PEERS[name].module for name in LIBRARIES}
    names = {f"{job.script}_{module}.py" for job in map(JOBS.__getitem__, JOBS) if job.script for module in modules}
    assert {path.name for path in script.SCRIPTS.glob("*.py")} == names


@pytest.mark.parametrize(
    "name", [name if name == OURS else pytest.param(name, marks=pytest.mark.slow) for name in LIBRARIES]
)
@pytest.mark.parametrize("job", ["run-seed", "run-adam-128"])
def test_a_script_learns_the_bars(make_workload, monkeypatch, name, job):
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "1")  # for so few samples, more threads take longer
    for package in PEERS[name].packages:
        pytest.importorskip(package)
    workload = make_workload(Job("script", "", training=Training(), images=600, script=JOBS[job].script))
    measured = script.measure(workload, PEERS[name].module)
    assert measured["accuracy"] > 0.9
    assert measured["check"] == [measured["accuracy"]]
    assert 0.1 < measured["value"] < 100


@pytest.fixture
def with_script(make_workload, tmp_path):
    """Return a function that gives a workload whose script has this code."""

    def make(code):
        (tmp_path / "s_ours.py").write_text(code)
        return make_workload(Job("script", "", images=10, script=str(tmp_path / "s")))

    return make


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives the peak memory of other processes")
def test_the_memory_is_that_of_all_processes_together(with_script):
    hold = "import sys, time, subprocess; a = b'x' * {}; time.sleep(1)"
    code = hold.format(50_000_000) + f"\nother = subprocess.Popen([sys.executable, '-c', {hold.format(70_000_000)!r}])"
    workload = with_script(f"{code}\nother.wait(); print(0.5)")
    assert 120e6 < script.measure(workload, "ours")["memory"] < 200e6


def test_a_script_that_fails_is_the_reason_why_it_is_not_measured(with_script):
    workload = with_script("raise ValueError('no such thing')")
    with pytest.raises(RuntimeError, match="no such thing"):
        script.measure(workload, "ours")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_a_script_that_takes_too_long_is_ended_with_all_its_processes(with_script, tmp_path, monkeypatch):
    write = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))"
    workload = with_script(f"import os, time; {write}; time.sleep(99)")
    monkeypatch.setattr(runner, "TIMEOUT", 8)
    assert runner.measure(workload.folder, "job", "ours", 0) == {"skipped": "took more than 8 seconds"}
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the script is still running")


def test_scripts_get_the_images_as_bytes(make_workload, bars):
    workload = make_workload(Job("script", "", images=600, script="s"))
    with np.load(workload.place / "mnist.npz") as data:
        assert (data["x_train"].dtype, data["x_train"].shape) == (np.uint8, (600, 28, 28))
        np.testing.assert_array_equal(data["x_test"].reshape(200, 784).T / np.float32(255), bars.test.X)
        np.testing.assert_array_equal(data["y_test"], bars.test.Y)
