"""The table of jobs, the arithmetic of the results, and the tables and figures that show them."""

import json

import numpy as np
import pytest
from benchmarks.benchmark import Benchmark, is_mnist, sweep_jobs
from benchmarks.job import Job, Training
from benchmarks.jobs import JOBS
from benchmarks.limits import Limits, better, limit
from benchmarks.plot import plot_sweeps
from benchmarks.report import main as report
from benchmarks.results_table import about, against_lines, lines, markdown, quantity, replace_part
from benchmarks.runner import Outcome, find_difference
from benchmarks.summary import summarize
from benchmarks.workload import aligned, read_array

from neural_network.data import Dataset, Samples, load

TARGETS = {
    "seed": 0.6, "sgd-10": 0.45, "sgd-128": 0.75, "adam-128": 0.8, "adam-800": 0.95, "adam-2048": 1.0,
    "predict-one": 0.3, "predict-all": 1.0, "cold": 0.25, "augment": 0.8, "csv": 1.0, "seeds-16": 0.3, "memory": 0.6,
    "time-to-98": 0.7, "run-seed": 1.0, "run-adam-128": 1.0,
}  # fmt: skip


def test_the_jobs_and_what_they_must_reach():
    assert {name: JOBS[name].target for name in JOBS} == TARGETS


@pytest.mark.parametrize("name", JOBS)
def test_a_job_survives_its_file(name):
    assert Job.from_json(json.loads(json.dumps(JOBS[name].as_json()))) == JOBS[name]


def outcome(job=JOBS["seed"], **values):
    return Outcome(job, values=values, notes=["x skipped: not installed"])


def test_the_ratio_is_that_of_medians_to_the_best_peer():
    result = summarize(outcome(ours=[3.0, 1.0, 2.0], torch=[5.0, 4.0, 40.0], jax=[8.0, 6.0, 7.0]), 0.5)
    assert (result["ours"], result["peers"]) == (2.0, {"torch": 5.0, "jax": 7.0})
    assert (result["best_peer"], result["ratio"], result["limit"]) == ("torch", 0.4, 0.5)
    assert result["spread"]["ours"] == [1.5, 2.5]
    assert result["rounds"] == {"ours": 3, "torch": 3, "jax": 3}
    assert result["notes"] == ["x skipped: not installed"]


@pytest.mark.parametrize("values", [{"ours": [1.0]}, {"torch": [1.0]}, {}])
def test_without_both_there_is_no_ratio(values):
    assert summarize(outcome(**values))["ratio"] is None


def test_a_result_below_the_accuracy_is_not_compared():
    measured = outcome(JOBS["time-to-98"], ours=[2.0, 2.0], torch=[1.0, 1.0], jax=[4.0, 4.0])
    measured.accuracies = {"ours": [0.979, 0.983], "torch": [0.979, 0.98], "jax": [0.98, 0.98]}
    result = summarize(measured)
    assert (result["best_peer"], result["ratio"]) == ("jax", 0.5)
    assert "torch not compared: 97.95% on the test images, not 98.00%" in result["notes"]
    assert result["accuracy"]["ours"] == pytest.approx(0.981)


def test_differences_are_absolute_for_small_numbers_and_relative_for_large_ones():
    assert find_difference([0.1, 1000.0], [0.1009, 1000.9], 1e-3) == ""
    assert "number 1 is 0.102, ours is 0.1" in find_difference([0.1], [0.102], 1e-3)
    assert "number 2" in find_difference([0.1, 1000.0], [0.1, 1002.0], 1e-3)
    assert "number 1" in find_difference([0.1], [float("nan")], 1e-3)
    assert "2 numbers, not 1" in find_difference([0.1], [0.1, 0.2], 1e-3)


def test_the_limit_is_the_slower_of_computing_and_reading():
    job = Job("step", "", training=Training(100, 50))
    flops = 50 * 100 * (4 * 794 + 20)  # forward and gradients of both layers, and the hidden layer's error
    assert limit(job, Limits(1e6, 1e18, 0.1)) == pytest.approx(flops / 1e6)
    assert limit(job, Limits(1e18, 1e6, 0.1)) == pytest.approx(50 * 784 * 4 / 1e6)
    assert limit(JOBS["memory"], Limits(1, 1, 1)) == 41_000 * (784 * 4 + 8)
    assert limit(JOBS["cold"], Limits(1, 1, 0.25)) == 0.25
    images = 500 * 60_000
    assert limit(JOBS["run-seed"], Limits(1e18, 1e9, 0.25)) == pytest.approx(0.25 + images * 784 * 4 / 1e9)


def test_the_better_limits_are_kept():
    assert better(None, Limits(1, 2, 3)) == (1, 2, 3)
    assert better(Limits(1, 2, 3), Limits(2, 1, 2)) == (2, 2, 2)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "s", "–"),
        (1.234, "s", "1.23 s"),
        (0.0412, "s", "41.2 ms"),
        (0.00041, "s", "410 µs"),
        (1e-7, "s", "0.1 µs"),
        (1234.0, "s", "1,234 s"),
        (131_000_000, "bytes", "131 MB"),
    ],
)
def test_quantities_have_three_digits(value, unit, text):
    assert quantity(value, unit) == text


MACHINE = {"date": "2026-01-02T", "processor": "P", "threads": 2, "python": "3", "versions": {"numpy": "2"}}
MACHINE |= {"blas": "B", "commit": None, "data": "mnist", "flops": 1e11, "bandwidth": 1e10}


def test_the_table_has_a_line_a_job():
    jobs = {"seed": summarize(outcome(ours=[0.02], torch=[0.05], jax=[0.04]), 0.01)}
    text = markdown({"machine": MACHINE, "jobs": jobs})
    what = "10 hidden, full batch of 41,000, SGD: a step"
    assert f"| seed | {what} | 20 ms | 40 ms | jax | 0.50 | 0.6 | 10 ms | torch 50 ms |" in text
    assert "100 GFLOP/s here, and memory is read at 10.0 GB/s" in text
    assert "- seed: x skipped: not installed" in text
    assert "not to be trusted" not in text
    assert len(lines({"jobs": jobs})) == 1


def test_another_checkout_has_a_ratio_of_its_own_and_is_never_the_best_peer():
    result = summarize(outcome(ours=[3.0], torch=[5.0], against=[2.0]))
    assert (result["best_peer"], result["ratio"], result["against_ratio"]) == ("torch", 0.6, 1.5)
    assert "against_ratio" not in summarize(outcome(ours=[3.0], torch=[5.0]))
    alone = summarize(outcome(ours=[3.0], against=[2.0]))
    assert (alone["best_peer"], alone["ratio"], alone["against_ratio"]) == (None, None, 1.5)


def test_memory_and_accuracy_of_scripts_are_shown():
    measured = outcome(JOBS["run-seed"], ours=[1.0], torch=[2.0], against=[4.0])
    measured.accuracies = {"ours": [0.9, 0.92], "torch": [0.9]}
    measured.memories = {"ours": [2e8, 9e8, 3e8], "torch": [5e8], "against": [6e8]}
    result = {"jobs": {"run-seed": summarize(measured)}, "machine": MACHINE}
    assert "- run-seed: mean accuracy on the test images: ours 91.00%, torch 90.00%" in markdown(result)
    assert "- run-seed: peak memory, of all processes together: ours 300 MB, torch 500 MB" in markdown(result)
    assert lines(result)[0].others == "–"
    assert against_lines(result) == [
        ("run-seed", "1 s", "4 s", "0.25"),
        ("run-seed, memory", "300 MB", "600 MB", "0.50"),
    ]


def test_the_report_writes_each_table_from_the_results_that_have_it(tmp_path, capsys):
    document = tmp_path / "d.md"
    parts = [f"<!-- begin: {name} -->\nold {name}\n<!-- end: {name} -->" for name in ("table", "against")]
    document.write_text("\n".join(parts))
    for name, values in (("libraries", {"torch": [4.0]}), ("checkout", {"against": [2.0]})):
        machine = MACHINE | ({"against": "0123456789abcdef"} if name == "checkout" else {})
        result = {"machine": machine, "jobs": {"seed": summarize(outcome(ours=[1.0], **values))}}
        (tmp_path / f"{name}.json").write_text(json.dumps(result))

    report([str(tmp_path / "checkout.json"), "--document", str(document)])
    assert "old table" in document.read_text()
    assert "| seed | 1 s | 2 s | 0.50 |" in document.read_text()
    assert "(the other checkout: 0123456789)" in document.read_text()
    report([str(tmp_path / "checkout.json"), str(tmp_path / "libraries.json"), "--document", str(document)])
    assert "old" not in document.read_text()
    assert "| 1 s | 4 s | torch | 0.25 |" in document.read_text()
    assert capsys.readouterr().out == f"{document}\n{document}\n"


def test_a_busy_machine_is_mentioned():
    assert about({"machine": MACHINE | {"load": 3.14}}).endswith("(load 3.1), so these figures are not to be trusted.")
    assert "load" not in about({"machine": MACHINE | {"load": 0.2}})


def test_a_part_of_a_document_is_replaced():
    document = "a\n<!-- begin: t -->\nold\n<!-- end: t -->\nb\n"
    assert replace_part(document, "t", "new") == "a\n<!-- begin: t -->\n\nnew\n\n<!-- end: t -->\nb\n"
    with pytest.raises(ValueError, match="no part between"):
        replace_part(document, "u", "new")


def test_arrays_are_read_once_and_aligned(tmp_path, rng):
    array = rng.random((7, 3), dtype=np.float32)
    np.save(tmp_path / "a.npy", array)
    read = read_array(tmp_path / "a.npy", 5)
    np.testing.assert_array_equal(read, array[:5])
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy"), array)
    assert read.ctypes.data % 64 == 0
    assert aligned((3,), np.int64).ctypes.data % 64 == 0


def test_other_digits_are_not_taken_for_mnist(small):
    dataset = load(str(small))
    assert not is_mnist(dataset)
    assert not is_mnist(Dataset("mnist", "a file", dataset.train))


def test_mnist_is_known_by_its_labels(real_mnist):
    dataset = load(str(real_mnist))
    assert is_mnist(dataset)
    other = Samples(dataset.test.X, np.roll(dataset.test.Y, 1))
    assert not is_mnist(Dataset("mnist", "a file", dataset.train, other))


def test_sweeps_are_listed_by_what_is_varied_and_drawn():
    benchmark = Benchmark(sweep_jobs(), ["torch"], 1)
    for number, (name, job) in enumerate(benchmark.jobs.items(), start=1):
        benchmark.outcomes[name] = Outcome(job, values={"ours": [float(number)], "torch": [number / 2]})
    benchmark.outcomes["hidden-32"].values.pop("torch")
    benchmark.outcomes["hidden-32"].notes.append("torch skipped: failed")
    result = benchmark.result()
    assert result["jobs"] == {}
    assert benchmark.notes() == ["hidden-32: torch skipped: failed"]
    assert list(result["sweeps"]) == ["hidden", "batch_size"]
    hidden = result["sweeps"]["hidden"]
    assert hidden["ours"] == {"10": 1.0, "32": 2.0, "128": 3.0, "512": 4.0, "2048": 5.0, "4096": 6.0}
    assert hidden["torch"] == {"10": 0.5, "128": 1.5, "512": 2.0, "2048": 2.5, "4096": 3.0}

    left, right = plot_sweeps(result["sweeps"]).axes
    assert (left.get_xlabel(), right.get_xlabel()) == ("hidden units", "samples a batch")
    ours = left.get_lines()[0]
    assert (ours.get_label(), ours.get_xdata()[-1], ours.get_ydata()[-1]) == ("ours", 4096, 6000.0)


@pytest.mark.parametrize("name", [*JOBS, *sweep_jobs()])
def test_a_quick_job_has_whole_batches(name):
    job = (JOBS[name] if name in JOBS else sweep_jobs()[name]).quick()
    assert job.samples >= (job.training.batch_size or 1)
    assert job.accuracy or job.samples <= 8192
