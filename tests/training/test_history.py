import math
from fractions import Fraction

import numpy as np
import pytest

from neural_network import History, InputError


def test_a_history_reads_back_the_same(tmp_path):
    history = History()
    history.rows = [{"epoch": 1, "loss": 0.1 + 0.2}, {"epoch": 2, "loss": 1e-300}]
    history.save(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text().splitlines()[0] == "epoch,loss"
    assert History.load(tmp_path / "history.csv").rows == history.rows


def test_columns():
    history = History()
    history.rows = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}]
    assert history["loss"] == [2.0, 1.0]
    with pytest.raises(InputError, match="no column 'los'; its columns are epoch, loss"):
        history["los"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2,x", "history.csv, line 3: loss should be a number, not 'x'"),
        ("2", "history.csv, line 3 has fewer columns than line 1 has names"),
        ("2,0.4,7", "history.csv, line 3 has more columns than line 1 has names"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, line, complaint):
    (tmp_path / "history.csv").write_text(f"epoch,loss\n1,0.5\n{line}\n")
    with pytest.raises(InputError, match=f"{complaint}$"):
        History.load(tmp_path / "history.csv")


def saved_and_loaded(rows, path):
    history = History()
    history.rows = rows
    history.save(path)
    return History.load(path)


def test_a_column_of_some_rows_only_is_kept(tmp_path):
    rows = [{"epoch": 1}, {"epoch": 2, "note": 0.5}, {"epoch": 3}]
    loaded = saved_and_loaded(rows, tmp_path / "h")
    assert loaded.rows == rows
    assert loaded.columns == ["epoch", "note"]
    np.testing.assert_array_equal(loaded["note"], [math.nan, 0.5, math.nan])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int64(3), 3),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.array(1, ">i4"), 1),
        (True, 1),
        (np.False_, 0),
        (Fraction(1, 4), 0.25),
        (-math.inf, -math.inf),
        (2**200, 2.0**200),
        (-(10**5000), -math.inf),  # longer than Python prints
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_number_of_any_type_reads_back_as_that_number(tmp_path, value, number):
    assert saved_and_loaded([{"epoch": 1, "x": value}], tmp_path / "h").rows == [{"epoch": 1, "x": number}]


@pytest.mark.parametrize(
    "value", [None, "", "good", "a,b\n\x1b[2J", "\udcff", "x" * 200_000, [1, 2], np.arange(3), b"\xff", 1j]
)
def test_what_is_no_number_costs_neither_the_file_nor_its_readers(tmp_path, value):
    history = saved_and_loaded([{"epoch": 1, "x": value, "\x1b[2J": 1}, {"epoch": 2, "x": 7}], tmp_path / "h")
    assert history.rows == [{"epoch": 1, "\\x1b[2J": 1}, {"epoch": 2, "x": 7}]


def test_text_is_for_people_to_read(tmp_path):
    saved_and_loaded([{"epoch": 1, "phase": "warm up"}], tmp_path / "h")
    assert (tmp_path / "h").read_text() == "epoch,phase\n1,warm up\n"


def test_a_column_in_memory_is_of_numbers_too():
    history = History()
    history.rows = [{"x": 1}, {"x": "two"}, {"x": None}]
    np.testing.assert_array_equal(history["x"], [1, math.nan, math.nan])
