import numpy as np
import pandas as pd
import pytest

from neural_network.data import prepare_data
from neural_network.support.errors import InputError

ROWS = np.array([[7, 0, 51, 255], [0, 255, 102, 0]])


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.tolist(),
        ROWS.astype(np.uint8),
        ROWS.astype(np.float64),
        np.asfortranarray(ROWS),
        pd.DataFrame(ROWS, columns=["label", "pixel0", "pixel1", "pixel2"]),
    ],
    ids=["int64", "list", "uint8", "float64", "fortran", "DataFrame"],
)
def test_rows_become_columns_of_fractions_and_labels(rows):
    X, Y = prepare_data(rows)
    assert X.dtype == np.float32
    assert X.T.flags.c_contiguous
    assert np.array_equal(X, np.array([[0, 1], [0.2, 0.4], [1, 0]], np.float32))
    assert Y.dtype == np.int64
    assert Y.tolist() == [7, 0]


def changed(row, column, value, rows=ROWS):
    rows = rows.astype(np.float64)
    rows[row, column] = value
    return rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[0], r"rows must have the shape \(samples, 1 \+ pixels\).*not \(4,\)"),
        (ROWS[:, :1], r"rows must have the shape .* not \(2, 1\)"),
        (ROWS[:0], r"at least one sample.*\(0, 4\)"),
        (ROWS.astype(str), "rows must hold numbers, not <U"),
        (ROWS.astype(object), "rows must hold numbers, not object"),
        (changed(1, 2, np.nan), r"pixels must be 0 to 255, but rows\[1, 2\] is nan"),
        (changed(1, 3, 256), r"pixels must be 0 to 255, but rows\[1, 3\] is 256"),
        (changed(0, 1, -1), r"pixels must be 0 to 255, but rows\[0, 1\] is -1"),
        (changed(1, 3, 256, changed(0, 2, -1)), r"pixels must be 0 to 255, but rows\[0, 2\] is -1"),  # the first of two
        (changed(1, 0, 3.5), r"whole numbers ≥ 0, but rows\[1, 0\] is 3.5"),
        (changed(1, 0, -1), r"whole numbers ≥ 0, but rows\[1, 0\] is -1"),
        (changed(1, 0, np.nan), r"whole numbers ≥ 0, but rows\[1, 0\] is nan"),
        (changed(1, 0, np.inf), r"whole numbers ≥ 0, but rows\[1, 0\] is inf"),
        (changed(1, 0, 1e300), r"whole numbers ≥ 0, but rows\[1, 0\] is 1e\+300"),
        (np.array([[2**64 - 1, 0]], np.uint64), r"whole numbers ≥ 0, but rows\[0, 0\]"),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_line(rows, message):
    with pytest.raises(InputError, match=message) as caught:
        prepare_data(rows)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [np.array([[7, 0, 0.2, 1]]), np.array([[7, 0, 1]]), np.array([[7, 0, 0.5]])])
def test_pixels_from_0_to_1_are_named(rows):
    with pytest.warns(UserWarning, match="pixels from 0 to 1") as caught:
        prepare_data(rows)
    assert [warning.filename for warning in caught] == [__file__]


def test_black_images_are_nothing_to_name():
    X, _ = prepare_data(np.zeros((2, 5)))
    assert not X.any()
