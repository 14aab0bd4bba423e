import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_network.data import kaggle, make_samples, read_test_csv, read_train_csv, write_csv
from neural_network.data.kaggle import _find_fault
from neural_network.support.errors import InputError

HEADER = ",".join(["label", *(f"pixel{i}" for i in range(784))]) + "\n"


def rows_of(count):
    """Random images, the first of them a 9."""
    rows = np.random.default_rng(0).integers(0, 256, (count, 785)) % np.array([10] + 784 * [256])
    rows[0, 0] = 9
    return rows


def text(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


@pytest.fixture
def save(tmp_path):
    def save(content):
        path = tmp_path / "train [1].csv"  # as browsers call a second download; not a pattern to match
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


@pytest.mark.parametrize(
    "render",
    [
        lambda rows: HEADER + text(rows),
        text,
        lambda rows: text(rows).removesuffix("\n"),
        lambda rows: (HEADER + text(rows)).replace("\n", "\r\n"),
        lambda rows: "\ufeff" + HEADER + text(rows),
        lambda rows: "\ufeff" + text(rows),
        lambda rows: ",".join(["label", *map(str, range(784))]) + "\n" + text(rows),
    ],
    ids=[
        "header",
        "no header",
        "no last newline",
        "Windows",
        "byte order mark",
        "mark, no header",
        "numbers in header",
    ],
)
def test_the_numbers_written_are_the_numbers_read(save, render):
    rows = rows_of(3)
    X, Y = read_train_csv(save(render(rows)))
    assert Y.tolist() == rows[:, 0].tolist()
    assert np.array_equal(X, (rows[:, 1:].T / 255).astype(np.float32))
    assert X.T.flags.c_contiguous


def test_test_csv_has_no_labels(save):
    rows = rows_of(2)[:, 1:]
    for content in (text(rows), HEADER.removeprefix("label,") + text(rows)):
        assert np.array_equal(read_test_csv(save(content)), (rows.T / 255).astype(np.float32))


def test_what_is_written_is_read_again(tmp_path):
    rows = rows_of(4)
    samples = make_samples(rows[:, 1:], rows[:, 0])
    write_csv(tmp_path / "train.csv", samples)
    assert (tmp_path / "train.csv").read_text() == HEADER + text(rows)
    X, Y = read_train_csv(tmp_path / "train.csv")
    assert np.array_equal(X, samples.X)
    assert np.array_equal(Y, samples.Y)


def test_only_kaggles_size_is_written(tmp_path):
    with pytest.raises(InputError, match="784 pixels a line, not 4"):
        write_csv(tmp_path / "train.csv", make_samples(np.zeros((1, 4), np.uint8), np.zeros(1)))
    assert list(tmp_path.iterdir()) == []


def with_field(line, column, value):
    """Three lines of numbers, with one field of one line (from 1) replaced."""
    rows = rows_of(3).astype(object)
    rows[line - 1, column - 1] = value
    return text(rows)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (with_field(2, 5, "x"), "line 2: column 5 is 'x', expected a whole number 0 to 255"),
        (HEADER + with_field(2, 5, "x"), "line 3: column 5 is 'x'"),
        (with_field(1, 1, "x"), "line 1: column 1 is 'x'"),
        (with_field(3, 785, ""), "line 3: column 785 is ''"),
        (with_field(2, 5, '""'), "line 2: column 5 is '\"\"'"),
        (with_field(2, 5, '"5"'), "line 2: column 5 is '\"5\"'"),
        (with_field(2, 5, "x" * 30), f"line 2: column 5 is '{'x' * 20}', expected"),
        (with_field(2, 5, "3.5"), "line 2: column 5 is '3.5'"),
        (with_field(2, 5, "256"), "line 2: column 5 is '256'"),
        (with_field(2, 5, "-1"), "line 2: column 5 is '-1'"),
        (with_field(1, 1, "-1"), "line 1: column 1 is '-1'"),
        (with_field(2, 5, "nan"), "line 2: column 5 is 'nan'"),
        (with_field(2, 5, "1,2"), "line 2: has 786 columns, expected 785"),
        (HEADER + with_field(3, 1, "10"), "line 4: the label is 10, expected 0 to 9"),
        (text(rows_of(2)) + "1,2,3\n", "line 3: has 3 columns, expected 785"),
        (text(rows_of(2)) + "\n", "line 3: has 1 columns, expected 785"),
        (text(rows_of(2)[:, 1:]), r"line 1: has 784 columns, expected 785 .*; without labels it can be predicted"),
        ("1,2,3\n", r"line 1: has 3 columns, expected 785 \(a label and 28×28 pixels\)"),
        ("", "is empty"),
        ("\n", "line 1: has 1 columns"),
        (HEADER, "has a header and no lines of numbers"),
        (b"\x1f\x8b\x08\x00" + bytes(100), "is compressed; unpack it first"),
        (b"\x1f\x8b" + text(rows_of(2)).encode(), "is compressed"),
        (b"x\x9c" + text(rows_of(2)).encode(), "is compressed"),
        (b"\x28\xb5\x2f\xfd" + text(rows_of(2)).encode(), "is compressed"),
        (text(rows_of(1)).encode() + b"\xff\xfe" + text(rows_of(1)).encode(), "line 2: column 1 is '��"),
    ],
)
def test_the_guilty_line_is_named(save, content, message):
    path = save(content)
    with pytest.raises(InputError, match=message) as caught:
        read_train_csv(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_what_polars_alone_objects_to_is_told_without_a_line(save):
    path = save(text(rows_of(2)))
    assert _find_fault(path, 785, False) == f"{path}: cannot be read as comma-separated whole numbers"


def test_a_file_with_labels_is_no_test_csv(save):
    with pytest.raises(InputError, match=r"line 1: has 785 columns, expected 784 \(28×28 pixels\)"):
        read_test_csv(save(text(rows_of(1))))


@pytest.mark.parametrize("name", ["label", "Label", '"class"', "target"])
def test_a_header_that_has_the_label_elsewhere_is_refused(save, name):
    header = ",".join([*(f"pixel{i}" for i in range(784)), name]) + "\n"
    with pytest.raises(InputError, match=r"line 1: '[a-z]+' is column 785; expected the label first, then the pixels"):
        read_train_csv(save(header + text(rows_of(2))))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_train_csv(tmp_path / "nowhere.csv")


@given(st.data())
def test_no_mutation_gives_anything_but_samples_or_an_input_error(tmp_path_factory, data):
    content = bytearray(text(rows_of(2)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.getbasetemp() / "mutated.csv"
    path.write_bytes(content)
    try:
        X, Y = read_train_csv(path)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert X.shape == (784, len(Y))
    assert 0 <= X.min() <= X.max() <= 1
    assert 0 <= Y.min() <= Y.max() <= 9


@pytest.mark.parametrize(
    ("columns", "read", "hint"),
    [(784, read_train_csv, "without labels it can be predicted"), (785, read_test_csv, "with labels, evaluate --data")],
)
def test_the_other_of_kaggles_files_is_recognized(tmp_path, columns, read, hint):
    path = tmp_path / "file.csv"
    path.write_text(",".join(["0"] * columns) + "\n")
    with pytest.raises(InputError, match=f"line 1: has {columns} columns, expected .*{hint}"):
        read(path)


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (b"", True),
        (5 * (9 * b"0," + b"0\n"), True),  # 20 bytes a line, in pieces of 100
        (b"x" * 99, True),  # may be a last line
        (b"x" * 100, False),  # is longer than any line
        (b"x" * 99 + b"\n", True),
        (b"x" * 99 + b"\n" + b"x" * 100, False),
        (6 * b"\n" + 94 * b"x", True),  # 1 + 100 / 20
        (7 * b"\n" + 93 * b"x", False),
    ],
)
def test_lines_that_are_far_too_short_or_too_long_are_noticed(monkeypatch, content, sound):
    monkeypatch.setattr(kaggle, "LONGEST_LINE", 100)
    assert kaggle._has_lines_of(10, io.BytesIO(content)) is sound


def test_polars_does_not_see_what_would_take_it_gigabytes(save, monkeypatch):
    monkeypatch.setattr("polars.read_csv", lambda *arguments, **options: pytest.fail("it sees it"))
    with pytest.raises(InputError, match="line 3: has 1 columns, expected 785"):
        read_train_csv(save(text(rows_of(2)) + "\n" * 10_000))


def named(columns, **places):
    """A header of so many columns, some of which are called otherwise, and a line of zeros."""
    names = [f"p{i}" for i in range(columns)]
    for name, place in places.items():
        names[place - 1] = name
    return ",".join(names) + "\n" + ",".join(["0"] * columns) + "\n"


@pytest.mark.parametrize("places", [{"label": 2}, {"class": 2, "y": 785}])
def test_a_label_that_does_not_come_first_is_refused(save, places):
    name = next(iter(places))
    with pytest.raises(InputError, match=f"line 1: '{name}' is column 2; expected the label first, then the pixels"):
        read_train_csv(save(named(785, **places)))


def test_pixels_may_be_called_as_labels_are_where_the_label_comes_first_or_there_is_none(save):
    assert read_train_csv(save(named(785, label=1, y=785))).Y.tolist() == [0]
    assert read_test_csv(save(named(784, y=5))).shape == (784, 1)
