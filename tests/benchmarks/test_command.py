"""`python -m benchmarks`, on little data and two rounds."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import limits, runner
from benchmarks.limits import Limits
from benchmarks.worker import ROOT, SOURCE

import neural_network


@pytest.fixture
def known_limits(monkeypatch):
    """The machine's limits, without measuring them."""
    monkeypatch.setattr(limits, "measure", lambda: Limits(1e11, 1e10, 0.1))


@pytest.mark.slow
def test_the_limits_of_the_machine_are_measured():
    flops, bandwidth, start = limits.measure()
    assert 1e8 < flops < 1e14
    assert 1e7 < bandwidth < 1e13
    assert 0.01 < start < 10


def test_the_result_as_json(run, small, known_limits):
    pytest.importorskip("sklearn")
    options = ["--data", small, "--quick", "--rounds", 1, "--json", "--output", "r/b.json"]
    done = run("sgd-10", "csv", "time-to-98", "--peers", "scikit-learn,pandas", *options)
    assert done.status == 0, done.err
    result = json.loads(done.out)
    assert result.keys() == {"machine", "jobs"}
    assert {"processor", "threads", "versions", "commit", "date", "data", "flops", "bandwidth"} <= result[
        "machine"
    ].keys()
    assert list(result["jobs"]) == ["sgd-10", "csv", "time-to-98"]
    for job, peer in (("sgd-10", "scikit-learn"), ("csv", "pandas")):
        figures = result["jobs"][job]
        assert (list(figures["peers"]), figures["best_peer"], figures["notes"]) == ([peer], peer, [])
        assert figures["ratio"] == figures["ours"] / figures["peers"][peer]
        assert figures["limit"] > 0
        assert figures["rounds"] == {"ours": 1, peer: 1}
    untimed = result["jobs"]["time-to-98"]
    assert (untimed["ours"], untimed["ratio"]) == (None, None)
    assert untimed["notes"] == ["skipped: needs the real MNIST, and the data is small"]
    assert json.loads(Path("r/b.json").read_text()) == result


def test_the_result_as_a_table(run, small, known_limits):
    done = run("csv", "--peers", "pandas", "--data", small, "--quick", "--rounds", 1)
    assert done.status == 0, done.err
    assert "best peer" in done.out
    assert "pandas" in done.out


def test_it_runs_as_a_module_from_the_root_of_the_checkout():
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "run-adam-128" in "".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["sgd-128x"], "unknown job 'sgd-128x'; did you mean 'sgd-128'?"),
        (["seed", "--peers", "torch,jaxx"], "unknown peer 'jaxx'; did you mean 'jax'?"),
        (["seed", "--peers", "against"], "peer 'against' needs --against"),
        (["seed", "--against", "nowhere"], "a checkout of this project, with src/neural_network, not nowhere"),
        (["seed", "--data", "nowhere.csv"], "nowhere.csv"),
        (["--rounds", "0"], "--rounds"),
    ],
)
def test_bad_arguments_are_one_line_with_status_2(run, arguments, complaint):
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("benchmarks: ")
    assert done.err.count("\n") == 1
    assert complaint in done.err


def test_interrupted_it_keeps_what_was_measured(run, small, known_limits, monkeypatch):
    seconds = iter([0.3, 0.6, 0.1])

    def measure(*_):
        try:
            return {"value": next(seconds), "check": [1.0]}
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(runner, "measure", measure)
    done = run("csv", "seed", "--peers", "pandas", "--data", small, "--quick", "--json", "--output", "kept.json")
    assert done.status == 130
    assert done.err.endswith("benchmarks: interrupted\n")
    result = json.loads(done.out)
    assert list(result["jobs"]) == ["csv"]
    figures = result["jobs"]["csv"]
    assert (figures["ours"], figures["peers"], figures["rounds"]) == (0.2, {"pandas": 0.6}, {"ours": 2, "pandas": 1})
    assert json.loads(Path("kept.json").read_text()) == result


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ({"value": 1.0, "check": [1.2]}, "its results differ: number 1 is 1.2, ours is 1"),
        ({"skipped": "failed: out of memory"}, "failed: out of memory"),
    ],
)
def test_a_peer_with_other_results_is_excluded(run, small, known_limits, monkeypatch, answer, note):
    ours = {"value": 2.0, "check": [1.0]}
    monkeypatch.setattr(runner, "measure", lambda folder, job, peer, *_: ours if peer == "ours" else answer)
    result = json.loads(run("csv", "--peers", "pandas", "--data", small, "--quick", "--json").out)
    figures = result["jobs"]["csv"]
    assert [figures[key] for key in ("ours", "peers", "ratio")] == [2.0, {}, None]
    assert figures["notes"] == [f"pandas skipped: {note}"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_result_and_prints_the_new(run, small, known_limits, monkeypatch, call):
    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(runner, "measure", lambda *_: {"value": 2.0, "check": []})
    monkeypatch.setattr(os, call, fail)
    Path("b.json").write_text("old")
    done = run("seed", "--data", small, "--quick", "--peers", "torch", "--json", "--output", "b.json")
    assert done.status == 1
    assert done.err.splitlines()[-1].startswith("benchmarks: cannot write b.json")
    assert json.loads(done.out)["jobs"]["seed"]["ours"] == 2.0
    assert [path.read_text() for path in Path().iterdir() if path.is_file()] == ["old"]


def test_another_checkout_is_measured_with_its_own_package(run, small, known_limits, tmp_path):
    shutil.copytree(SOURCE, tmp_path / "slow" / "src", ignore=shutil.ignore_patterns("__pycache__"))
    network = tmp_path / "slow" / "src" / "neural_network" / "network.py"
    slow = network.read_text().replace(
        "        Z1 = W1 @ X", "        __import__('time').sleep(0.05)\n        Z1 = W1 @ X"
    )
    network.write_text(slow)
    done = run("sgd-10", "--against", "slow", "--peers", "against", "--data", small, "--quick", "--json")
    assert done.status == 0, done.err
    figures = json.loads(done.out)["jobs"]["sgd-10"]
    assert figures["notes"] == []
    assert figures["rounds"] == {"ours": 2, "against": 2}
    assert figures["ours"] < 0.05 < figures["peers"]["against"]
    assert figures["against_ratio"] == figures["ours"] / figures["peers"]["against"]
    assert figures["best_peer"] is None


def test_ours_is_the_package_of_this_checkout(monkeypatch, tmp_path):
    """Even if another version is installed, or named in PYTHONPATH."""
    (tmp_path / "neural_network").mkdir()
    (tmp_path / "neural_network" / "__init__.py").write_text("raise SystemExit('the wrong package')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = "import neural_network; print(neural_network.__file__)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=runner.environment(), capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == SOURCE / "neural_network" / "__init__.py"


def test_importing_the_command_imports_no_peer():
    code = "import sys, benchmarks.__main__; print({'torch', 'jax', 'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_package_does_not_need_the_benchmark():
    package = Path(neural_network.__file__).parent
    assert not [path for path in package.rglob("*.py") if "benchmarks" in path.read_text()]
