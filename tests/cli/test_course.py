"""`mnist-nn course`, from start to the last exercise."""

import json
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from neural_network.course.catalog import find_exercise, ordered

FILES = [exercise.file for exercise in ordered()]
RELU = find_exercise("relu")


@pytest.fixture
def lab(run):
    """The folder of a course that has just been started."""
    assert run("course", "start", "lab").status == 0
    return Path("lab")


def solve(folder, *names):
    for name in names:
        (folder / find_exercise(name).file).write_text(find_exercise(name).solution)


def test_start_writes_stubs_and_pages_but_no_solutions(lab):
    for exercise in ordered():
        assert (lab / exercise.file).read_text() == exercise.stub
        page = (lab / f"{exercise.module}.md").read_text()
        assert exercise.page in page
        assert f"# {exercise.number}. {exercise.title}" in page
    everything = "".join(path.read_text() for path in lab.iterdir())
    assert "rng.standard_normal((fan_out, fan_in)) * np.sqrt" not in everything
    assert "A2 - Y" not in everything
    assert {path.name for path in lab.iterdir()} == {
        *FILES,
        *(f"{exercise.module}.md" for exercise in ordered()),
        "README.md",
        ".progress.json",
    }


def test_start_keeps_what_is_there(run):
    Path("lab").mkdir()
    Path("lab/notes.txt").write_text("mine")
    result = run("course", "start", "lab")
    assert result.status == 2
    assert "lab exists already and is not empty" in result.err


def test_the_way_through_an_exercise(run, lab):
    assert "1. One-hot labels" in run("course", "next", "--dir", lab).out
    result = run("course", "check", "--dir", lab)
    assert result.status == 1
    assert "`one_hot` is still to be written" in result.out
    wrong = find_exercise("one_hot").solution.replace("Y[labels, np.arange(len(labels))]", "Y[labels]")
    (lab / "ex01_one_hot.py").write_text(wrong)
    result = run("course", "check", "--dir", lab)
    assert result.status == 1
    assert "Whole rows are set: the assignment names the row of a label, but not the column" in result.out
    assert "and should be 0" in result.out
    assert "mnist-nn course hint one_hot" in result.out
    for count in (1, 2, 3, 3):
        hints = run("course", "hint", "--dir", lab).out
        assert re.findall(r"Hint (\d) of 3", hints) == [str(number + 1) for number in range(count)]
    assert "mnist-nn course solution one_hot" in hints
    solve(lab, "one_hot")
    result = run("course", "check", "--dir", lab)
    assert result.status == 0
    assert "Exercise 1, One-hot labels: right." in result.out
    assert "Why this works." in result.out
    assert "A question." in result.out
    assert "Next is exercise 2, ReLU and its derivative: mnist-nn course next" in result.out
    assert "2. ReLU and its derivative" in run("course", "next", "--dir", lab).out
    rows = json.loads(run("course", "progress", "--dir", lab, "--json").out)
    assert rows["passed"] == 1
    assert rows["exercises"][0] == {
        "number": 1, "exercise": "one_hot", "title": "One-hot labels", "passed": True, "hints": 3,
        "solution_shown": False,
    }  # fmt: skip
    assert "1 of 19 exercises have passed" in run("course", "progress", "--dir", lab).out


def test_a_folder_can_be_graded(run, lab):
    solve(lab, "one_hot", "softmax")
    (lab / RELU.file).write_text(RELU.solution.replace("Z > 0", "Z < 0"))
    result = run("course", "check", "--json", "--dir", lab)
    assert result.status == 1
    report = json.loads(result.out)
    assert report["passed"] == 2
    assert [each["status"] for each in report["exercises"]] == ["passed", "wrong", "passed"] + ["not started"] * 16
    relu = report["exercises"][1]
    assert relu.keys() == {
        "number", "title", "exercise", "file", "status", "passed", "messages", "mistakes", "printed", "hints",
        "solution_shown",
    }  # fmt: skip
    assert relu["mistakes"] == [
        {
            "title": "`relu_prime` is 1 where Z is negative: the comparison is the wrong way round",
            "equation": "g'(z) is 1 where z is positive, and 0 where it is negative",
        }
    ]
    assert json.loads(run("course", "check", "relu", "--json", "--dir", lab).out)["exercises"] == [relu]
    table = run("course", "check", "--all", "--dir", lab)
    assert table.status == 1
    assert "2 of 19 exercises are right" in table.out


def test_an_exercise_that_is_broken_again_has_not_passed(run, lab):
    solve(lab, "one_hot")
    run("course", "check", "--dir", lab)
    (lab / "ex01_one_hot.py").write_text("def one_hot(labels, classes):\n    return 1\n")
    assert run("course", "check", "one_hot", "--dir", lab).status == 1
    assert json.loads(run("course", "progress", "--dir", lab, "--json").out)["passed"] == 0


def test_reset_asks_nothing_where_the_file_is_gone(run, lab):
    (lab / "ex02_relu.py").unlink()
    assert run("course", "reset", "relu", "--dir", lab).status == 0
    assert (lab / "ex02_relu.py").read_text() == RELU.stub


def test_reset_writes_the_stub_and_keeps_what_was_there(run, lab):
    solve(lab, "relu")
    assert run("course", "reset", "relu", "--dir", lab).status == 2
    result = run("course", "reset", "relu", "--yes", "--dir", lab)
    assert "Yours is kept in lab/ex02_relu.before_reset" in result.out
    assert (lab / RELU.file).read_text() == RELU.stub
    assert (lab / "ex02_relu.before_reset").read_text() == RELU.solution
    (lab / RELU.file).unlink()
    assert "mnist-nn course reset relu" in run("course", "check", "relu", "--dir", lab).out
    assert run("course", "reset", "2", "--yes", "--dir", lab).status == 0
    assert (lab / RELU.file).read_text() == RELU.stub


def test_the_solution_needs_a_confirmation_and_is_noted(run, lab):
    result = run("course", "solution", "softmax", "--dir", lab)
    assert (result.status, result.out) == (2, "")
    assert "Confirm with --yes" in result.err
    assert find_exercise("softmax").solution in run("course", "solution", "softmax", "--yes", "--dir", lab).out
    rows = json.loads(run("course", "progress", "--dir", lab, "--json").out)["exercises"]
    assert [row["exercise"] for row in rows if row["solution_shown"]] == ["softmax"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "softmx", "--dir", "lab"], "did you mean 'softmax'?"),
        (
            ["check", "--dir", "elsewhere"],
            "elsewhere is not a folder of the course; make one with: mnist-nn course start",
        ),
        (["next"], ". is not a folder of the course"),
        (["check", "relu", "--all", "--dir", "lab"], "--all checks every exercise: leave 'relu' out"),
        (["check", "relu", "--data", "synthetic", "--dir", "lab"], "--data goes with the last exercise"),
    ],
)
def test_bad_arguments(run, lab, arguments, words):
    result = run("course", *arguments)
    assert result.status == 2
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"passed": 3}', '{"hints": {"relu": "x"}}', '{"solutions": [1]}', "\xff"])
def test_a_damaged_record_is_refused(run, lab, text):
    (lab / ".progress.json").write_text(text)
    result = run("course", "progress", "--dir", lab)
    assert result.status == 2
    assert ".progress.json is damaged" in result.err
    (lab / ".progress.json").write_text("{}")
    assert run("course", "progress", "--dir", lab).status == 0


def test_the_last_exercise_is_seen_beside_the_reference(run, lab, small):
    solve(lab, *(exercise.name for exercise in ordered()))
    assert run("course", "check", "--all", "--dir", lab).status == 0
    assert "You have built all of it." in run("course", "next", "--dir", lab).out
    assert "All is done." in run("course", "progress", "--dir", lab).out
    result = json.loads(run("course", "check", "network", "--data", small, "--json", "--dir", lab).out)["comparison"]
    assert result["learner_accuracy"] > 0.5
    assert result["reference_accuracy"] > 0.5
    assert "the reference" in run("course", "check", "network", "--data", small, "--dir", lab).out


@pytest.fixture
def watching(lab):
    """A `watch` that runs in the folder, and the lines that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "neural_network", "course", "watch", "--dir", lab],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
    yield process, lines
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()


def read_until(lines, words):
    while words not in (line := lines.get(timeout=60)):
        pass
    return line


def test_watch_checks_what_is_saved(lab, watching):
    process, lines = watching
    assert "ex01_one_hot.py" in read_until(lines, "The next exercise is")
    time.sleep(0.3)
    started = time.monotonic()
    (lab / RELU.file).write_text(RELU.solution.replace("Z > 0", "Z < 0"))
    read_until(lines, "`relu_prime` is 1 where Z is negative")
    assert time.monotonic() - started < 1.0 * 5  # within a second, but where tests of others run beside it
    solve(lab, "relu")
    read_until(lines, "Exercise 2, ReLU and its derivative: right.")
    read_until(lines, "Next is exercise 1")
    (lab / RELU.file).unlink()
    read_until(lines, "is not there")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert process.stderr.read() == "mnist-nn: interrupted\n"
