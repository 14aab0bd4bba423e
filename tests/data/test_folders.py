import numpy as np
import pytest
from PIL import Image

from neural_network.data import folders, write_csv, write_idx
from neural_network.data.dataset import make_samples, to_pixels
from neural_network.support.byte_pixels import Pixels
from neural_network.support.errors import InputError

NAMES = (*folders.idx_names("train"), *folders.idx_names("t10k"))


@pytest.fixture
def arrays(rng):
    """Images and labels to train on, and to test with, in the order of NAMES."""
    images = rng.integers(0, 256, (7, 28, 28)).astype(np.uint8)
    return images[:5], np.arange(5, dtype=np.uint8), images[5:], np.array([9, 8], np.uint8)


def write(folder, arrays, names=NAMES):
    for name, array in zip(names, arrays, strict=False):
        write_idx(folder / name, array)


@pytest.mark.parametrize("rename", [str, "{}.gz".format, lambda name: name.replace("-idx", ".idx")])
def test_four_idx_files_are_read(tmp_path, arrays, rename):
    write(tmp_path, arrays, [rename(name) for name in NAMES])
    dataset = folders.read(tmp_path)
    assert np.array_equal(to_pixels(dataset.train.X), arrays[0].reshape(5, 784))
    assert dataset.train.Y.tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(to_pixels(dataset.test.X), arrays[2].reshape(2, 784))
    assert dataset.test.Y.tolist() == [9, 8]
    assert dataset.source == str(tmp_path)


@pytest.mark.parametrize(("large", "kept"), [(5 * 784, True), (5 * 784 + 1, False)])
def test_many_images_stay_bytes(tmp_path, arrays, monkeypatch, large, kept):
    monkeypatch.setattr(folders, "LARGE", large)
    write(tmp_path, arrays)
    dataset = folders.read(tmp_path)
    assert isinstance(dataset.train.X, Pixels) is kept
    assert isinstance(dataset.test.X, np.ndarray)  # two images only


def test_the_test_pair_may_be_missing(tmp_path, arrays):
    write(tmp_path, arrays[:2])
    assert folders.read(tmp_path).test is None


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_missing_half_is_named(tmp_path, arrays, missing):
    write(tmp_path, arrays)
    (tmp_path / NAMES[missing]).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{NAMES[missing]} \(plain or .gz\) is missing"):
        folders.read(tmp_path)


def test_test_files_alone_are_not_enough(tmp_path, arrays):
    write(tmp_path, arrays[2:], NAMES[2:])
    with pytest.raises(FileNotFoundError, match=f"{NAMES[0]} .* is missing"):
        folders.read(tmp_path)


def test_training_and_test_images_must_be_of_one_size(tmp_path, arrays):
    write(tmp_path, (*arrays[:2], arrays[2][:, 1:], arrays[3]))
    with pytest.raises(InputError, match="training images have 784 pixels, test images 756"):
        folders.read(tmp_path)


def test_a_csv_is_read_by_itself_or_in_its_folder_before_idx_files(tmp_path, arrays):
    write(tmp_path, arrays)
    write_csv(tmp_path / "train.csv", make_samples(arrays[2], arrays[3]))
    for path in (tmp_path, tmp_path / "train.csv"):
        dataset = folders.read(path)
        assert dataset.train.Y.tolist() == [9, 8]
        assert dataset.test is None
        assert dataset.source == str(tmp_path / "train.csv")


def test_kaggles_test_csv_is_no_labelled_test_set(tmp_path, arrays):
    write_csv(tmp_path / "train.csv", make_samples(arrays[2], arrays[3]))
    (tmp_path / "test.csv").write_text("not looked at")
    assert folders.read(tmp_path).test is None


@pytest.mark.parametrize("name", ["train.csv", *NAMES, f"{NAMES[3]}.gz"])
def test_one_file_is_enough_to_tell_that_a_folder_holds_files(tmp_path, name):
    (tmp_path / "notes.txt").touch()
    assert folders.holds_files(tmp_path) is False
    (tmp_path / name).touch()
    assert folders.holds_files(tmp_path) is True


def test_a_folder_for_each_class_is_read(tmp_path, arrays):
    for name, image in zip("ab", arrays[0], strict=False):
        (tmp_path / name).mkdir()
        Image.fromarray(image).save(tmp_path / name / "1.png")
    assert folders.read(tmp_path).train.Y.tolist() == [0, 1]


def test_what_is_no_data_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(
        InputError, match=r"holds no data; expected train-images-idx3-ubyte and train-labels.*train\.csv"
    ):
        folders.read(tmp_path)
    with pytest.raises(InputError, match=r"notes\.txt: expected a folder or a \.csv file"):
        folders.read(tmp_path / "notes.txt")
    with pytest.raises(FileNotFoundError, match="nowhere: no such file or folder"):
        folders.read(tmp_path / "nowhere")
