"""Numbers kept beside the text they were read from: the same numbers, and never those of another text."""

import json
import os
import struct

import numpy as np
import pytest
from safetensors import safe_open

from neural_network.data import csv_cache, kaggle, load, read_train_csv
from neural_network.data.dataset import make_samples
from neural_network.data.kaggle import write_csv


@pytest.fixture
def csv(tmp_path, monkeypatch):
    """A train.csv of 50 random images, taken for a large file, and a list of the times it was parsed."""
    monkeypatch.setattr(csv_cache, "LARGE", 1)
    path, times, parse = tmp_path / "train.csv", [], kaggle._read
    monkeypatch.setattr(kaggle, "_read", lambda *a, **k: times.append(1) or parse(*a, **k))
    write(path, seed=0)
    return path, times


def write(path, seed):
    rng = np.random.default_rng(seed)
    samples = make_samples(rng.integers(0, 256, (50, 784)), rng.integers(0, 10, 50))
    write_csv(path, samples)
    return samples


def beside(path):
    return path.with_name("train.csv.parsed.safetensors")


def assert_read(path, expected):
    X, Y = read_train_csv(path)
    assert np.array_equal(X, expected.X)
    assert np.array_equal(Y, expected.Y)


def test_a_text_is_parsed_once(csv):
    path, times = csv
    expected = write(path, seed=1)
    for _ in range(3):
        assert_read(path, expected)
    assert len(times) == 1
    assert np.array_equal(load(str(path.parent)).train.X, expected.X)  # the file beside is no data of its own
    assert len(times) == 1


def test_another_text_is_parsed_anew_even_of_the_same_size_and_time(csv):
    path, times = csv
    read_train_csv(path)
    stat = path.stat()
    text = path.read_bytes()
    path.write_bytes(text[:-2] + (b"1" if text[-2:-1] != b"1" else b"2") + text[-1:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    X, _ = read_train_csv(path)
    assert len(times) == 2
    assert round(255 * float(X[-1, -1])) % 10 == int(path.read_bytes()[-2:-1])


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:-9] + b"!" + b[-8:], lambda b: b"", lambda b: b"{}" * 99]
)
def test_a_damaged_file_beside_is_made_anew(csv, damage):
    path, times = csv
    expected = read_train_csv(path)
    beside(path).write_bytes(damage(beside(path).read_bytes()))
    assert_read(path, expected)
    assert_read(path, expected)
    assert len(times) == 2


@pytest.mark.parametrize(
    ("metadata", "kind", "shape"),
    [
        ({"first": None}, "U8", [50, 785]),
        ({"sum": None}, "U8", [50, 785]),
        ({"first": "x"}, "U8", [50, 785]),
        ({}, "I8", [50, 785]),
        ({}, "U8", [39250]),
        ({}, "BF16", [25, 785]),  # which NumPy has not
    ],
)
def test_a_file_beside_that_someone_else_wrote_is_made_anew(csv, metadata, kind, shape):
    path, times = csv
    expected = read_train_csv(path)
    with safe_open(beside(path), framework="numpy") as file:
        honest, table = file.metadata(), file.get_tensor("table")
    metadata = {key: value for key, value in (honest | metadata).items() if value is not None}
    tensor = {"dtype": kind, "shape": shape, "data_offsets": [0, table.nbytes]}
    header = json.dumps({"__metadata__": metadata, "table": tensor}).encode()
    beside(path).write_bytes(struct.pack("<Q", len(header)) + header + table.tobytes())
    assert_read(path, expected)
    assert len(times) == 2


def test_a_text_is_large_from_one_byte_on(csv, monkeypatch):
    path, _ = csv
    for more, kept in ((1, False), (0, True)):
        monkeypatch.setattr(csv_cache, "LARGE", path.stat().st_size + more)
        read_train_csv(path)
        assert beside(path).exists() is kept


def test_a_folder_that_cannot_be_written_to_costs_only_time(csv):
    path, times = csv
    beside(path).mkdir()  # so that no file can take the place
    expected = read_train_csv(path)
    assert_read(path, expected)
    assert len(times) == 2
    assert [each.name for each in path.parent.iterdir() if each.suffix == ".tmp"] == []


def test_small_texts_and_those_that_are_not_to_be_kept_leave_no_file(csv, monkeypatch):
    path, _ = csv
    read_train_csv(path, keep=False)
    monkeypatch.undo()
    read_train_csv(path)  # 140 kB
    assert not beside(path).exists()
