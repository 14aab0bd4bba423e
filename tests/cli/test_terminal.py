"""Tables and help at any width of the terminal: no name is broken in two, no number is cut."""

import io
import re

import pytest

from neural_network.cli import main
from neural_network.cli.table import Console, Table

WIDTHS = [0, 1, 20, 40, 59, 80, 200]


def printed(table, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


@pytest.fixture
def table():
    table = Table("name", "what it is", "published train", "test", title="data from /a/folder", words=2)
    table.add_row("fashion-mnist", "pictures of clothes", "60,000", "10,000")
    table.add_row("[red]", "brackets \x1b are no markup", "1", "")
    return table


def test_a_table_that_fits_has_a_line_for_each_row(table):
    lines = printed(table, 80).splitlines()
    assert "data from /a/folder" in lines
    (line,) = [line for line in lines if "fashion-mnist" in line]
    assert line.split() == ["fashion-mnist", "pictures", "of", "clothes", "60,000", "10,000"]
    assert any("[red]" in line and r"\x1b" in line for line in lines)


def test_no_word_and_no_number_is_broken_at_any_width(table):
    for width in range(1, 101):
        text = printed(table, width)
        words = text.split()
        for word in ("/a/folder", "fashion-mnist", "clothes", "60,000", "10,000", "published", "[red]"):
            assert word in words, width
        assert all(len(line.rstrip()) <= max(width, 20) for line in text.splitlines()), width


def test_where_columns_do_not_fit_each_row_is_a_block(table):
    assert printed(table, 40).splitlines()[2:8] == [
        "",
        "name fashion-mnist",
        "  what it is       pictures of clothes",
        "  published train  60,000",
        "  test             10,000",
        "",
    ]
    assert printed(table, 30).splitlines()[4:7] == [
        "  what it is",
        "    pictures of clothes",
        "  published train  60,000",
    ]


@pytest.mark.parametrize("columns", WIDTHS)
def test_every_command_prints_whole_names_and_numbers_at_any_width(run, small, trained, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("MNIST_NN_DATA", str(small))
    evaluated = run("evaluate", trained, "--data", small)
    assert evaluated.status == 0
    assert {"precision", "recall", "samples", "100.0%"} <= set(evaluated.out.split())
    assert {"training_progress", "decision_boundaries"} <= set(run("figures", "--list").out.split())
    listed = run("data", "list").out.split()
    assert {"fashion-mnist", str(small), "60,000"} <= set(listed)
    assert {f"{small.name}[0]", "probability"} <= set(run("predict", trained, "--index", 0).out.split())
    shown = run("data", "show", "--data", small).out.split()
    assert shown.count("100") == 1  # all test images
    again = run("train", "--data", small, "--epochs", 2, "--no-figures", "--name", f"w{columns}")
    assert {"validation", "samples", f"runs/w{columns}"} <= set(again.out.split())
    compared = run("compare", trained, f"runs/w{columns}")
    assert {str(trained), f"runs/w{columns}", "7,960"} <= set(compared.out.split())


@pytest.mark.parametrize("columns", [0, 20, 40, 80])
@pytest.mark.parametrize("command", [[], ["train"], ["predict"], ["data", "export"], ["explain"]])
def test_help_shows_whole_names_at_any_width(run, monkeypatch, columns, command):
    monkeypatch.setenv("COLUMNS", str(columns))
    result = run(*command, "--help")
    assert result.status == 0
    words = result.out.split()
    names = {"": "evaluate", "train": "--checkpoint-every", "predict": "fashion-mnist,"}
    assert names.get(" ".join(command), "--json") in words
    assert all(len(line) <= max(columns or 80, len(max(words, key=len)) + 6) for line in result.out.splitlines())


def test_help_has_no_types_of_flags_and_train_begins_with_what_people_start_with(run):
    for command in ("train", "evaluate", "predict", "explain", "check", "data show"):
        text = run(*command.split(), "--help").out
        assert not re.search(r"<\w|bool|\[bold\]|range", text), text
    text = run("train", "--help").out
    options = text[text.index("Options:") : text.index("Network:")]
    first = ["--data", "--hidden", "--epochs", "--batch-size", "--learning-rate", "--name"]
    assert re.findall(r"^  (--[\w-]+)", options, re.MULTILINE)[:6] == first


def test_a_terminal_of_a_few_columns_is_no_error(capsys, monkeypatch):
    for columns in ("-3", "²", "abc", "1e3", "99999999999"):
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setenv("LINES", columns)
        with pytest.raises(SystemExit) as stopped:
            main(["figures", "--list"])
        assert not stopped.value.code
        assert "decision_boundaries" in capsys.readouterr().out
