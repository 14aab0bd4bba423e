"""`mnist-nn predict RUN test.csv --output FILE`: Kaggle's submission file."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.data import load


@pytest.fixture
def test_csv(small, tmp_path):
    """The test images of `small` as Kaggle's test.csv, 28,000 rows, and their labels."""
    X, Y = load(str(small)).test
    rows = np.tile(np.rint(255 * X.T).astype(int), (280, 1))
    header = ",".join(f"pixel{i}" for i in range(784))
    lines = [",".join(map(str, row)) for row in rows[:100]] * 280
    (tmp_path / "test.csv").write_text("\n".join([header, *lines, ""]))
    return rows, np.tile(Y, 280)


def test_a_line_for_each_row_in_a_second_or_two(run, trained, test_csv):
    rows, _ = test_csv
    before = time.process_time()
    result = run("predict", trained, "test.csv", "--output", "submission.csv")
    assert time.process_time() - before < 4  # of two processors, busy with the rest of the tests
    assert (result.status, result.out, result.err) == (0, "submission.csv: 28,000 labels\n", "")
    network = TwoLayerNN.load(trained / "model.safetensors")
    expected = network.predict((rows.T / 255).astype(np.float32))
    lines = Path("submission.csv").read_text().splitlines()
    assert lines[0] == "ImageId,Label"
    assert lines[1:] == [f"{number},{label}" for number, label in enumerate(expected, start=1)]
    again = run("predict", trained, "test.csv", "--output", "submission.csv", "--json")
    assert json.loads(again.out) == {"written": "submission.csv", "rows": 28_000}


def test_the_table_of_many_rows_is_cut(run, trained, test_csv):
    before = time.process_time()
    result = run("predict", trained, "test.csv")
    assert time.process_time() - before < 6
    assert "test.csv, row 100" in result.out
    assert "test.csv, row 101" not in result.out
    assert "and 27,900 more: --json prints all of them" in result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["seven.png", "--output", "a.csv"], "--output writes a submission for one CSV file"),
        (["test.csv", "test.csv", "--output", "a.csv"], "--output writes a submission for one CSV file"),
        (["--index", "1", "--output", "a.csv"], "--output writes a submission for one CSV file"),
        (["test.csv", "--output", "a.txt"], "another file in .csv, not a.txt"),
        (["test.csv", "--output", "./test.csv"], "another file in .csv, not test.csv"),
        (["nowhere.csv", "--output", "a.csv"], "nowhere.csv"),
        (["tiny.csv", "--output", "a.csv"], "tiny.csv"),
    ],
)
def test_anything_else_is_refused_in_one_line(run, trained, arguments, words):
    Path("test.csv").write_text(",".join(["0"] * 784))
    Path("tiny.csv").write_text("0,0,0,0\n")
    result = run("predict", trained, *arguments)
    assert result.status == 2
    assert words in result.err
    assert result.err.count("\n") == 1
    assert not Path("a.csv").exists()
