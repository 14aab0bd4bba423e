"""`mnist-nn report`: what it writes, says and refuses."""

import html
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import neural_network.inspection.report.run as report_run_module
from neural_network.data.idx import write_idx


def test_it_writes_a_page_into_the_run(run, trained, small):
    result = run("report", trained, "--only", "training_progress", "--json")
    assert result.status == 0, result.err
    told = json.loads(result.out)
    page = trained / "report.html"
    evaluated = json.loads(run("evaluate", trained, "--data", small, "--json").out)
    assert (told["report"], told["bytes"]) == (str(page), page.stat().st_size)
    assert (told["accuracy"], told["samples"]) == (evaluated["accuracy"], 100)
    assert told["interval"][0] < told["accuracy"] <= told["interval"][1]
    assert told["mistakes"] == 100 - np.trace(evaluated["confusion"])
    assert (told["figures"], told["not_drawn"]) == (["training_progress"], {})
    assert "<title>Run r</title>" in page.read_text()
    again = run("report", trained, "--only", "training_progress", "--output", "again.html")
    assert (again.status, again.out) == (0, "again.html\n")
    assert Path("again.html").read_text() == page.read_text()


def test_all_figures_are_drawn_unless_some_are_named(run, trained, monkeypatch):
    monkeypatch.setattr(report_run_module, "draw_figures", lambda run, names: ((name, Figure()) for name in names))
    monkeypatch.setattr(report_run_module, "caption", lambda name, run, figure: name)
    told = json.loads(run("report", trained, "--json").out)
    listed = [figure["name"] for figure in json.loads(run("figures", "--list", "--json").out)["figures"]]
    assert told["figures"] == [name for name in listed if name != "confusion"]  # which is there as a table
    assert (trained / "report.html").read_text().count('<figure class="plot" id="figure-') == len(listed) - 1


def test_other_data_is_told_from_the_runs_own(run, trained, small, tmp_path):
    same = json.loads(run("report", trained, "--data", small, "--only", "per_class", "--json").out)
    assert same["findings"] is not None
    rng = np.random.default_rng(1)
    for split, count in (("train", 400), ("t10k", 100)):
        write_idx(tmp_path / "other" / f"{split}-images-idx3-ubyte", rng.integers(0, 256, (count, 28, 28), np.uint8))
        write_idx(tmp_path / "other" / f"{split}-labels-idx1-ubyte", rng.integers(0, 10, count).astype(np.uint8))
    other = json.loads(run("report", trained, "--data", "other", "--only", "per_class", "--json").out)
    assert other["findings"] is None
    assert "The run was not trained on this data set" in (trained / "report.html").read_text()


def test_a_run_that_diverged_is_reported(run, small):
    options = ("--data", small, "--validation", 50, "--epochs", 5, "--learning-rate", "1e30")
    assert run("train", *options, "--name", "off").status == 3
    told = json.loads(run("report", "runs/off", "--json").out)
    assert told["diverged_at"] == json.loads(Path("runs/off/config.json").read_text())["diverged_at"]
    assert told["findings"] == ["learning-rate-too-high"]
    assert "training diverged at step" in Path("runs/off/report.html").read_text()


def test_the_run_is_made_again_by_the_command_that_is_shown(run, small):
    options = ("--hidden", 7, "--epochs", 3, "--batch-size", 50, "--optimizer", "adam", "--dropout", 0.1, "--seed", 4)
    options += ("--deterministic",)
    assert run("train", "--data", small, "--validation", 50, *options, "--name", "a", "--no-figures").status == 0
    assert run("report", "runs/a", "--only", "per_class").status == 0
    shown = html.unescape(re.search(r"<code>(mnist-nn train .*)</code>", Path("runs/a/report.html").read_text())[1])
    words = shlex.split(shown)[1:]
    assert run(*words, "--name", "b", "--no-figures").status == 0
    first, second = (Path(f"runs/{name}/model.safetensors").read_bytes() for name in "ab")
    assert first == second


def test_a_name_that_is_html_stays_a_name(run, small):
    name = "<script>alert(1)<"
    assert run("train", "--data", small, "--epochs", 1, "--validation", 50, "--name", name, "--no-figures").status == 0
    assert run("report", f"runs/{name}", "--only", "per_class", "--output", "r.html").status == 0
    page = Path("r.html").read_text()
    assert "<script>alert" not in page
    assert "<h1>Run &lt;script&gt;alert(1)&lt;</h1>" in page


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["runs/none"], "there is no run at runs/none"),
        (["runs/r/model.safetensors"], "is not the folder of a run"),
        (["runs/r", "--output", "report.txt"], "must end in .html, not report.txt"),
        (["runs/r", "--output", "mine.html"], "mine.html exists and is not an HTML page"),
        (["runs/r", "--output", "folder.html"], "folder.html exists and is not an HTML page"),
        (["runs/r", "--only", "confusoin"], "did you mean 'confusion'?"),
        (["runs/r", "--data", "nowhere"], "'nowhere': no such file or folder"),
        (["runs/cut"], "runs/cut is not the folder of a whole run: it has no history.csv"),
        (["runs/odd"], "runs/odd/config.json is not the summary of a run: data has no name"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, trained, arguments, reason):
    Path("mine.html").write_text("notes")
    Path("folder.html").mkdir()
    for name in ("cut", "odd"):
        Path("runs", name).mkdir()
    for file in ("config.json", "model.safetensors"):
        Path("runs/cut", file).write_bytes((trained / file).read_bytes())
    Path("runs/odd/config.json").write_text('{"data": {"spec": "mnist", "validation": 0}}')
    result = run("report", *arguments)
    assert result.status == 2
    assert reason in result.err
    assert result.err.count("\n") == 1
    assert Path("mine.html").read_text() == "notes"
    assert not (trained / "report.html").exists()


def test_a_damaged_file_of_snapshots_keeps_only_their_figures_from_being_drawn(run, trained, monkeypatch):
    path = trained / "snapshots.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    reason = f"{path} is damaged: its content does not have the SHA-256 that was written with it"
    names = ["weights_over_time", "training_progress", "landscape"]
    told = json.loads(run("report", trained, *(word for name in names for word in ("--only", name)), "--json").out)
    assert told["figures"] == ["training_progress"]
    assert told["not_drawn"] == {"weights_over_time": reason, "landscape": reason}
    assert f"<li>landscape: {reason}</li>" in (trained / "report.html").read_text()
    with monkeypatch.context() as patched:
        patched.setattr("neural_network.inspection.figures.FIGURES", names)
        drawn = run("figures", trained)
    assert (drawn.status, drawn.out) == (0, f"{trained}/figures/training_progress.png\n")
    assert drawn.err == f"no weights_over_time: {reason}\nno landscape: {reason}\n"
    for needed in (["--only", "landscape"], ["--animate", "weights.gif"]):
        refused = run("figures", trained, *needed)
        assert (refused.status, refused.err) == (2, f"mnist-nn: {reason}\n")
