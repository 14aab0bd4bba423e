"""Parquet files as Hugging Face has them."""

import io
import json
import os
import sys

import numpy as np
import pytest
from PIL import Image

from neural_network.data import folders
from neural_network.data.dataset import to_pixels
from neural_network.support.errors import InputError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def write(path, images, labels, names=None, column="image"):
    """Write pictures as Hugging Face's `datasets` does."""
    features = {column: {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
    pictures = [{"bytes": png(image), "path": f"{i}.png"} for i, image in enumerate(images)]
    table = pyarrow.table({column: pictures, "label": pyarrow.array(labels, pyarrow.int64())})
    metadata = {"huggingface": json.dumps({"info": {"features": features}})} if names else None
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table.replace_schema_metadata(metadata), path)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (3, 28, 28)).astype(np.uint8)


def test_a_folder_whose_name_is_not_in_utf_8_is_read(tmp_path, images):
    write(tmp_path / "train-0.parquet", images, [5, 0, 9])
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (tmp_path / "train-0.parquet").rename(folder / "train-0.parquet")
    assert folders.read(folder).train.Y.tolist() == [5, 0, 9]


@pytest.mark.parametrize("column", ["image", "img"])
def test_shards_for_training_and_testing_are_read(tmp_path, images, column):
    names = [str(digit) for digit in range(10)]
    write(tmp_path / "mnist" / "train-00000-of-00002.parquet", images[:1], [5], names, column)
    write(tmp_path / "mnist" / "train-00001-of-00002.parquet", images[1:2], [0], names, column)
    write(tmp_path / "mnist" / "test-00000-of-00001.parquet", images[2:], [9], names, column)
    for folder in (tmp_path, tmp_path / "mnist"):
        dataset = folders.read(folder)
        assert dataset.train.Y.tolist() == [5, 0]
        assert dataset.test.Y.tolist() == [9]
        assert np.array_equal(to_pixels(dataset.train.X), images[:2].reshape(2, 784))
        assert np.array_equal(to_pixels(dataset.test.X), images[2:].reshape(1, 784))
        assert dataset.classes == tuple(names)


def test_the_names_of_the_classes_are_in_the_file(tmp_path, images):
    write(tmp_path / "train.parquet", images, [0, 1, 1], ["cat", "dog"])
    dataset = folders.read(tmp_path / "train.parquet")
    assert dataset.classes == ("cat", "dog")
    assert dataset.test is None


@pytest.mark.parametrize(("labels", "classes"), [([1, 2, 3], 10), ([1, 2, 30], 31)])
def test_without_names_classes_are_numbers(tmp_path, images, labels, classes):
    write(tmp_path / "train.parquet", images, labels)
    dataset = folders.read(tmp_path / "train.parquet")
    assert dataset.train.Y.tolist() == labels
    assert dataset.classes == tuple(map(str, range(classes)))


def test_other_columns_are_refused(tmp_path):
    parquet.write_table(pyarrow.table({"pixel0": [1], "label": [1]}), tmp_path / "train.parquet")
    with pytest.raises(InputError, match="has the columns pixel0, label; expected image and label"):
        folders.read(tmp_path / "train.parquet")


@pytest.mark.parametrize(
    ("pictures", "labels", "message"),
    [
        ([{"bytes": b"no picture", "path": "a"}], [0], "1 of 1 files are left out: row 0 is not a picture"),
        ([{"bytes": None, "path": "a.png"}], [0], "row 0: the picture is not in the file"),
        ([{"bytes": png(np.zeros((28, 28), np.uint8)), "path": "a"}], [-1], "labels must be whole numbers from 0"),
        ([], [], "expected labels below"),
    ],
)
def test_damage_is_told_in_one_line(tmp_path, pictures, labels, message):
    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    columns = {"image": pyarrow.array(pictures, kind), "label": pyarrow.array(labels, pyarrow.int64())}
    parquet.write_table(pyarrow.table(columns), tmp_path / "train.parquet")
    with pytest.raises(InputError, match=message):
        folders.read(tmp_path / "train.parquet")


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "train.parquet").write_bytes(b"PAR1 no table PAR1")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        folders.read(tmp_path)


def test_without_pyarrow_the_extra_is_named(tmp_path, images, monkeypatch):
    write(tmp_path / "train.parquet", images, [0, 1, 2])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "mnist-nn\[parquet\]"'):
        folders.read(tmp_path / "train.parquet")
