import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_network.data import csv_table, folders, make_samples, read_test_csv, read_train_csv, write_csv
from neural_network.data.csv_table import find_fault, read_layout
from neural_network.support.errors import InputError

HEADER = ",".join(["label", *(f"pixel{i}" for i in range(784))]) + "\n"


def rows_of(count):
    """Random images, the first of them a 9."""
    rows = np.random.default_rng(0).integers(0, 256, (count, 785)) % np.array([10] + 784 * [256])
    rows[0, 0] = 9
    return rows


def text(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def quoted(lines):
    return "".join(",".join(f'"{field}"' for field in line.split(",")) + "\n" for line in lines.splitlines())


def saved(rows, **options):
    """Return what `np.savetxt` writes."""
    file = io.StringIO()
    np.savetxt(file, rows, **options)
    return file.getvalue()


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
        lambda rows: HEADER + text(rows) + "\n\r\n\n",
        lambda rows: HEADER + text(rows[:1]) + "\n" + text(rows[1:]),
        lambda rows: quoted(HEADER + text(rows)),
        lambda rows: quoted(HEADER + text(rows)).replace('"', "'"),
        lambda rows: quoted(saved(rows / 1, delimiter=",")).replace('"', "'"),
        lambda rows: text(rows).replace(",", "|"),
        lambda rows: quoted(text(rows)).replace("\n", "\r\n"),
        lambda rows: (HEADER + text(rows)).replace(",", ";"),
        lambda rows: text(rows).replace(",", "\t"),
        lambda rows: text(rows).replace(",", ", "),
        lambda rows: text(rows).replace(",", " "),
        lambda rows: saved(rows, delimiter=","),
        lambda rows: saved(rows),
        lambda rows: saved(rows, fmt="%.1f", delimiter=";"),
        lambda rows: saved(np.column_stack([rows[:, 0], rows[:, 1:] / 255]), delimiter=","),
        lambda rows: HEADER.removeprefix("label,").strip() + ",class\n" + text(np.roll(rows, -1, axis=1)),
        lambda rows: "," + HEADER + text(np.column_stack([1000 + np.arange(len(rows)), rows])),
        lambda rows: "," + ",".join(map(str, range(785))) + "\n" + text(np.column_stack([np.arange(len(rows)), rows])),
        lambda rows: ",".join(map(str, range(785))) + "\n" + text(rows),
        lambda rows: text(rows).replace(",0,", ",000,"),
    ],
    ids=[
        *("header", "no header", "no last newline", "Windows", "byte order mark", "mark, no header"),
        *("numbers in header", "empty lines", "empty line", "quotes", "single quotes"),
        *("single quotes, fractions", "bars", "quotes, Windows", "semicolons", "tabs"),
        *("commas and spaces", "spaces", "savetxt, commas", "savetxt", "savetxt, one digit", "fractions of white"),
        *("label last", "pandas with index", "pandas without names", "pandas, numbers for names", "leading zeros"),
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


def test_only_squares_are_written(tmp_path):
    with pytest.raises(InputError, match="square images such as 28×28, not 5 pixels"):
        write_csv(tmp_path / "train.csv", make_samples(np.zeros((1, 5), np.uint8), np.zeros(1)))
    assert list(tmp_path.iterdir()) == []


def test_squares_of_another_size_are_written_and_read(tmp_path):
    rows = rows_of(3)[:, :65]
    write_csv(tmp_path / "train.csv", make_samples(rows[:, 1:], rows[:, 0]))
    X, Y = read_train_csv(tmp_path / "train.csv")
    assert np.array_equal(X, (rows[:, 1:].T / 255).astype(np.float32))
    assert Y.tolist() == rows[:, 0].tolist()


def test_fractions_of_255_are_kept(save):
    rows = rows_of(3).astype(float)
    rows[:, 1:] = np.minimum(rows[:, 1:] + 0.25, 255)
    X, Y = read_train_csv(save(saved(rows, delimiter=",")))
    assert np.allclose(X, rows[:, 1:].T / 255, rtol=0, atol=1e-7)
    assert Y.tolist() == rows[:, 0].tolist()


def test_zeros_and_ones_are_black_and_white(save):
    rows = np.random.default_rng(0).integers(0, 2, (4, 785))
    assert np.array_equal(read_train_csv(save(text(rows))).X, rows[:, 1:].T.astype(np.float32))


def dark_corners(labels):
    """Rows with the label first, of images whose first and last pixels are black, as MNIST's are."""
    rows = rows_of(len(labels))
    rows[:, 0], rows[:, 1], rows[:, -1] = labels, 0, 0
    return rows


def test_a_label_in_the_last_column_of_a_table_without_names_is_found(save):
    rows = dark_corners([7, 0, 25])
    dataset = folders.read(save(text(np.roll(rows, -1, axis=1))))
    assert [dataset.classes[label] for label in dataset.train.Y] == ["7", "0", "25"]
    assert np.array_equal(dataset.train.X, (rows[:, 1:].T / 255).astype(np.float32))
    assert "from its last column" in dataset.note


@pytest.mark.parametrize(("header", "last"), [("", 0), (HEADER, 0), (HEADER, 50)])
@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 0]])
def test_zeros_in_the_first_column_may_be_labels(save, labels, header, last):
    rows = dark_corners(labels)
    rows[0, -1] = last
    dataset = folders.read(save(header + text(rows)))
    assert dataset.train.Y.tolist() == labels
    assert dataset.note == ""


def test_labels_over_9_become_classes_by_their_numbers_without_gaps(save):
    labels = [0, 24, 10, 8, 24]  # the sign language's labels have no 9
    dataset = folders.read(save(HEADER + text(dark_corners(labels))))
    assert dataset.classes == ("0", "8", "10", "24")
    assert [int(dataset.classes[label]) for label in dataset.train.Y] == labels


def test_labels_that_are_measurements_are_refused(save):
    with pytest.raises(InputError, match="1,001 different labels"):
        folders.read(save(HEADER + text(np.column_stack([np.arange(1001), np.zeros((1001, 784), int)]))))


def with_field(line, column, value):
    """Three lines of numbers, with one field of one line (from 1) replaced."""
    rows = rows_of(3).astype(object)
    rows[line - 1, column - 1] = value
    return text(rows)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (with_field(2, 5, "x"), "line 2: column 5 is 'x', expected a number from 0 to 255"),
        (HEADER + with_field(2, 5, "x"), "line 3: column 5 is 'x'"),
        (with_field(1, 1, "x"), "line 1: column 1 is 'x'"),
        (with_field(3, 785, ""), "line 3: column 785 is ''"),
        (with_field(2, 5, '""'), "line 2: column 5 is ''"),
        (with_field(2, 5, "x" * 30), f"line 2: column 5 is '{'x' * 20}', expected"),
        (with_field(2, 1, "3.5"), "line 2: the label is 3.5, expected a whole number from 0"),
        (with_field(2, 5, "256"), "line 2: column 5 is '256'"),
        (with_field(2, 5, "-1"), "line 2: column 5 is '-1'"),
        (with_field(1, 1, "-1"), "line 1: the label is -1"),
        (HEADER + "\n" + with_field(2, 1, "-1"), "line 4: the label is -1"),
        (with_field(2, 1, "nan"), "line 2: the label is nan"),
        (with_field(2, 5, "nan"), "line 2: column 5 is 'nan'"),
        (with_field(2, 5, "1,2"), "line 2: has 786 columns, expected 785"),
        (text(rows_of(2)) + "1,2,3\n", "line 3: has 3 columns, expected 785"),
        (text(rows_of(2)[:, 1:]), r"line 1: has 784 columns, expected 785 .*; without labels it can be predicted"),
        ("1,2,3\n", r"line 1: has 3 columns, expected 785 \(a label and 28×28 pixels\)"),
        (
            with_field(1, 1, "H"),
            "line 1: column 1 is 'H', expected a number; if it names a class, write a number from 0",
        ),
        (with_field(2, 5, "-0.5"), r"column 5 is '-0.5', expected .*; if the pixels x are from -1 to 1, save"),
        (saved(rows_of(2) / 300, delimiter=";").replace(".", ","), "; write fractions with a point"),
        (text(rows_of(2)).encode("utf-16"), "is text in UTF-16, .*; save it in UTF-8"),
        ("", "is empty"),
        ("\n", "line 1: has 1 columns"),
        (HEADER, "has no lines of numbers"),
        (HEADER + "\n\n", "has no lines of numbers"),
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


def test_a_fault_that_is_not_found_again_is_told_without_a_line(save):
    path = save(text(rows_of(2)))
    assert find_fault(path, read_layout(path), [1, 2]) == f"{path}: cannot be read as a table of numbers"


def test_a_file_with_labels_is_no_test_csv(save):
    with pytest.raises(InputError, match=r"line 1: has 785 columns, expected 784 \(28×28 pixels\)"):
        read_test_csv(save(text(rows_of(1))))


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
    assert Y.min() >= 0  # a label may have got one more figure: 19 is a class too


@pytest.mark.parametrize(
    ("columns", "read", "hint"),
    [(784, read_train_csv, "without labels it can be predicted"), (785, read_test_csv, "with labels, evaluate --data")],
)
def test_the_other_of_kaggles_files_is_recognized(tmp_path, columns, read, hint):
    path = tmp_path / "file.csv"
    path.write_text(",".join(["0"] * columns) + "\n")
    with pytest.raises(InputError, match=f"line 1: has {columns} columns, expected .*{hint}"):
        read(path)


def named(columns, **places):
    """A header of so many columns, some of which are called otherwise, and a line of zeros."""
    names = [f"p{i}" for i in range(columns)]
    for name, place in places.items():
        names[place - 1] = name
    return ",".join(names) + "\n" + ",".join(["0"] * columns) + "\n"


@pytest.mark.parametrize("names", [{"label": 2}, {"class": 2, "y": 785}, {"Target": 785}])
def test_the_column_that_a_header_names_has_the_labels(save, names):
    path = save(named(785, **names))
    row = list(range(785))
    path.write_text(path.read_text().splitlines()[0] + "\n" + ",".join(str(value % 256) for value in row) + "\n")
    place = next(iter(names.values()))
    X, Y = read_train_csv(path)
    assert Y.tolist() == [row.pop(place - 1) % 256]
    assert np.rint(255 * X[:, 0]).tolist() == [value % 256 for value in row]


def test_pixels_may_be_called_as_labels_are_where_the_label_comes_first_or_there_is_none(save):
    assert read_train_csv(save(named(785, label=1, y=785))).Y.tolist() == [0]
    assert read_test_csv(save(named(784, y=5))).shape == (784, 1)


def test_lines_are_read_in_chunks(save, monkeypatch):
    rows = rows_of(20)
    monkeypatch.setattr(csv_table, "CHUNK", 5000)  # two lines
    monkeypatch.setattr(csv_table, "CHUNKS", 2)
    assert np.array_equal(read_test_csv(save(text(rows[:, 1:]))), (rows[:, 1:].T / 255).astype(np.float32))


def test_a_line_that_is_too_long_is_refused(save, monkeypatch):
    monkeypatch.setattr(csv_table, "LONGEST_LINE", 4000)
    with pytest.raises(InputError, match=r"line 2: has [0-9]* columns"):
        read_train_csv(save(text(rows_of(1)) + "1," * 10**6))


@given(
    st.lists(st.lists(st.integers(0, 300) | st.integers(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=4),
    st.booleans(),
)
def test_bytes_are_parsed_as_python_does_it_or_not_at_all(rows, last_newline):
    lines = text(rows).encode()
    found = csv_table.parse_bytes(lines if last_newline else lines[:-1], csv_table.Layout(b",", 3, ()))
    assert (found is None) if max(map(max, rows)) > 255 else (found.tolist() == rows)


@pytest.mark.parametrize("lines", [b"1,2\n3,4,5,6\n", b"1,2,3,4\n5,6\n", b"1,2,3\n4,5\n6,7,8,9\n"])
def test_lines_of_unequal_length_are_no_table_of_bytes(lines):
    assert csv_table.parse_bytes(lines, csv_table.Layout(b",", 3, ())) is None


@given(st.text("0129,\n.;- ", max_size=30))
def test_what_is_parsed_as_bytes_is_a_table_of_bytes(lines):
    found = csv_table.parse_bytes(lines.encode(), csv_table.Layout(b",", 3, ()))
    if found is not None and lines:
        fields = [line.split(",") for line in lines.removesuffix("\n").split("\n")]
        assert [[int(field) for field in row] for row in fields] == found.tolist()
