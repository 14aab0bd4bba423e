import stat

import numpy as np
import pytest

from neural_network.data import FORMATS, Dataset, folders, make_samples
from neural_network.support.errors import InputError, WorkError

CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


@pytest.fixture
def dataset(rng):
    images = rng.integers(0, 256, (30, 28, 28)).astype(np.uint8)
    labels = np.arange(30) % 10
    return Dataset("name", "source", make_samples(images[:20], labels[:20]), make_samples(images[20:], labels[20:]))


def in_one_order(samples):
    order = np.lexsort(samples.X)
    return samples.X[:, order], samples.Y[order]


@pytest.mark.parametrize("export", FORMATS.values(), ids=FORMATS)
def test_what_is_exported_is_read_again(export, dataset, tmp_path):
    export(dataset, tmp_path / "new")
    again = folders.read(tmp_path / "new")
    assert again.classes == dataset.classes
    for split in ("train", "test"):
        for read, written in zip(getattr(again, split), getattr(dataset, split), strict=True):
            if export is not FORMATS["png"]:  # reading pictures makes the classes take turns
                assert np.array_equal(read, written)
        for read, written in zip(
            in_one_order(getattr(again, split)), in_one_order(getattr(dataset, split)), strict=True
        ):
            assert np.array_equal(read, written)


@pytest.mark.parametrize("export", FORMATS.values(), ids=FORMATS)
def test_a_data_set_without_test_samples_stays_one(export, dataset, tmp_path):
    export(Dataset("name", "source", dataset.train), tmp_path / "new")
    assert folders.read(tmp_path / "new").test is None


def test_classes_with_names_keep_their_labels_as_pictures(dataset, tmp_path):
    FORMATS["png"](Dataset("name", "source", dataset.train, classes=CLOTHES), tmp_path / "new")
    again = folders.read(tmp_path / "new")
    assert again.classes[0] == "0-T-shirt-top"
    assert np.array_equal(in_one_order(again.train)[1], in_one_order(dataset.train)[1])


@pytest.mark.parametrize("name", ["idx", "png"])
def test_what_is_no_square_image_is_refused(name, tmp_path):
    flat = Dataset("name", "source", make_samples(np.zeros((1, 5), np.uint8), np.zeros(1)))
    with pytest.raises(InputError, match="images of 5 pixels are not square"):
        FORMATS[name](flat, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("there", FORMATS.values(), ids=FORMATS)
def test_no_form_is_written_among_others(export, there, dataset, tmp_path):
    there(dataset, tmp_path / "used")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="used exists already and is not empty; give the name of a new folder"):
        export(Dataset("name", "source", dataset.train), tmp_path / "used")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("export", FORMATS.values(), ids=FORMATS)
def test_an_empty_folder_is_as_good_as_none_and_a_file_is_not(export, dataset, tmp_path):
    (tmp_path / "empty").mkdir()
    export(dataset, tmp_path / "empty")
    assert len(folders.read(tmp_path / "empty").train.Y) == 20
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="file exists already"):
        export(dataset, tmp_path / "file")


@pytest.mark.parametrize("name", ["csv", "idx"])
def test_a_file_that_cannot_be_written_is_one_clear_line(name, dataset, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WorkError, match=r"^cannot write \S*new: No space left on device$"):
        FORMATS[name](dataset, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_half_way_leaves_nothing(dataset, tmp_path, monkeypatch):
    def full(image, path):
        if path.name == "000010.png":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("PIL.Image.Image.save", full)
    with pytest.raises(WorkError, match=r"cannot write .*new: No space left on device"):
        FORMATS["png"](dataset, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_the_new_folder_is_as_open_as_any_other(dataset, tmp_path):
    FORMATS["png"](dataset, tmp_path / "new")
    (tmp_path / "other").mkdir()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_name_in_csv_is_a_single_file_for_training(dataset, tmp_path):
    FORMATS["csv"](dataset, tmp_path / "data" / "train.csv")
    again = folders.read(tmp_path / "data" / "train.csv")
    assert np.array_equal(again.train.X, dataset.train.X)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["train.csv"]
    with pytest.raises(InputError, match=r"train\.csv exists already"):
        FORMATS["csv"](dataset, tmp_path / "data" / "train.csv")


@pytest.mark.parametrize("export", FORMATS.values(), ids=FORMATS)
def test_classes_named_by_numbers_keep_them(export, dataset, tmp_path):
    classes = tuple(str(number) for number in (*range(1, 9), 11, 24))
    export(Dataset("name", "source", dataset.train, dataset.test, classes), tmp_path / "new")
    again = folders.read(tmp_path / "new")
    assert again.classes == classes
    assert np.array_equal(in_one_order(again.train)[1], in_one_order(dataset.train)[1])
