"""`mnist-nn bench`, on little data and two rounds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import limits, runner
from benchmarks.limits import Limits


def test_bench_prints_the_result_as_json(run, small):
    pytest.importorskip("sklearn")
    options = ["--data", small, "--quick", "--json", "--output", "r/b.json"]
    done = run("bench", "sgd-10", "csv", "time-to-98", "--peers", "scikit-learn,pandas", *options)
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
        assert 0 < figures["limit"] < figures["ours"]
        assert figures["rounds"] == {"ours": 2, peer: 2}
    untimed = result["jobs"]["time-to-98"]
    assert (untimed["ours"], untimed["ratio"]) == (None, None)
    assert untimed["notes"] == ["skipped: needs the real MNIST, and the data is small0"]
    assert json.loads(Path("r/b.json").read_text()) == result


def test_bench_prints_a_table(run, small):
    done = run("bench", "csv", "--peers", "pandas", "--data", small, "--quick", "--rounds", 1)
    assert done.status == 0, done.err
    assert "best peer" in done.out
    assert "pandas" in done.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["sgd-128x"], "unknown job 'sgd-128x'; did you mean 'sgd-128'?"),
        (["seed", "--peers", "torch,jaxx"], "unknown peer 'jaxx'; did you mean 'jax'?"),
    ],
)
def test_an_unknown_name_is_one_line_with_the_nearest(run, arguments, complaint):
    done = run("bench", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"mnist-nn: {complaint}\n"


def test_interrupted_it_keeps_what_was_measured(run, small, monkeypatch):
    seconds = iter([0.3, 0.6, 0.1])

    def measure(*_):
        try:
            return {"value": next(seconds), "check": [1.0]}
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(runner, "measure", measure)
    monkeypatch.setattr(limits, "measure", lambda: Limits(1e11, 1e10, 0.1))
    done = run(
        "bench", "csv", "seed", "--peers", "pandas", "--data", small, "--quick", "--json", "--output", "kept.json"
    )
    assert done.status == 130
    result = json.loads(done.out)
    assert list(result["jobs"]) == ["csv"]
    figures = result["jobs"]["csv"]
    assert (figures["ours"], figures["peers"], figures["rounds"]) == (0.2, {"pandas": 0.6}, {"ours": 2, "pandas": 1})
    assert json.loads(Path("kept.json").read_text()) == result


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (
            {"value": 1.0, "check": [1.2]},
            "it does not compute the same: number 1 to check is 1.2, ours 1",
        ),
        ({"skipped": "failed: it fell over"}, "failed: it fell over"),
    ],
)
def test_who_does_not_compute_the_same_is_left_out(run, small, monkeypatch, answer, note):
    ours = {"value": 2.0, "check": [1.0]}
    monkeypatch.setattr(runner, "measure", lambda folder, job, peer, seed: ours if peer == "ours" else answer)
    monkeypatch.setattr(limits, "measure", lambda: Limits(1e11, 1e10, 0.1))
    result = json.loads(run("bench", "csv", "--peers", "pandas", "--data", small, "--quick", "--json").out)
    figures = result["jobs"]["csv"]
    assert [figures[key] for key in ("ours", "peers", "ratio")] == [2.0, {}, None]
    assert figures["notes"] == [f"pandas skipped: {note}"]


def test_help_and_other_commands_import_no_peer():
    code = "import sys, neural_network.cli.app; print({'torch', 'jax', 'sklearn', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
