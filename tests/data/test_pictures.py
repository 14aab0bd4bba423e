import numpy as np
import pytest
from PIL import Image

from neural_network.data import folders
from neural_network.data.dataset import to_pixels
from neural_network.data.images import FORMATS
from neural_network.data.normalize import MNIST, normalize
from neural_network.data.preprocess import fit_picture
from neural_network.data.synthetic import generate
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat


def save(path, value, size=(28, 28), mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value).save(path)


def test_sub_folders_named_by_digits_are_labels(tmp_path):
    save(tmp_path / "3" / "a.png", 30)
    save(tmp_path / "7" / "b.PNG", 70)
    for stray in (tmp_path / "notes.txt", tmp_path / "7" / "notes.txt"):
        stray.write_text("not a picture")
    save(tmp_path / ".hidden" / "c.png", 0)
    dataset = folders.read(tmp_path)
    assert dataset.train.Y.tolist() == [3, 7]
    assert to_pixels(dataset.train.X).tolist() == [[30] * 784, [70] * 784]
    assert dataset.classes == tuple("0123456789")
    assert dataset.test is None


def test_what_a_mac_leaves_beside_the_files_it_packs_is_no_picture(tmp_path):
    save(tmp_path / "3" / "a.png", 30)
    for stray in ("3/._a.png", "__MACOSX/3/._a.png", "__MACOSX/b.png"):
        (tmp_path / stray).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / stray).write_bytes(b"no picture")
    dataset = folders.read(tmp_path)
    assert dataset.train.Y.tolist() == [3]
    assert dataset.classes == tuple("0123456789")


def test_sub_folders_without_pictures_do_not_count(tmp_path):
    save(tmp_path / "3" / "a.png", 30)
    save(tmp_path / "7" / "b.png", 70)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read me.txt").write_text("not a picture")
    dataset = folders.read(tmp_path)
    assert dataset.train.Y.tolist() == [3, 7]
    assert dataset.classes == tuple("0123456789")


def test_other_names_are_classes_in_their_order_and_take_turns(tmp_path):
    for value in range(4):
        save(tmp_path / "cat" / f"{value}.png", value)
    for value in range(2):
        save(tmp_path / "dog" / f"{value}.png", 100 + value)
    dataset = folders.read(tmp_path)
    assert dataset.classes == ("cat", "dog")
    assert dataset.train.Y.tolist() == [0, 1, 0, 0, 1, 0]
    assert to_pixels(dataset.train.X)[:, 0].tolist() == [0, 100, 1, 2, 101, 3]


def test_train_and_test_are_told_apart(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", 1)
    save(tmp_path / "train" / "dog" / "a.png", 2)
    save(tmp_path / "test" / "dog" / "a.png", 3)
    dataset = folders.read(tmp_path)
    assert dataset.train.Y.tolist() == [0, 1]
    assert dataset.test.Y.tolist() == [1]
    assert to_pixels(dataset.test.X)[0, 0] == 3


@pytest.mark.parametrize("empty", ["train/0", "test/0", "train/2", "test/2"])
def test_a_class_may_be_empty(tmp_path, empty):
    for split in ("train", "test"):
        for label in range(3):
            if f"{split}/{label}" != empty:
                save(tmp_path / split / str(label) / "a.png", 10 * label)
    (tmp_path / empty).mkdir()
    dataset = folders.read(tmp_path)
    for split in ("train", "test"):
        X, Y = getattr(dataset, split)
        assert Y.tolist() == [label for label in range(3) if f"{split}/{label}" != empty]
        assert to_pixels(X)[:, 0].tolist() == [10 * label for label in Y]


def test_a_class_unknown_to_training_is_refused(tmp_path):
    save(tmp_path / "train" / "cat" / "a.png", 1)
    save(tmp_path / "test" / "dog" / "a.png", 3)
    with pytest.raises(InputError, match=r"test: has the class dog, which .*train does not have"):
        folders.read(tmp_path)


def test_jpeg_and_colour_are_read_as_grey(tmp_path):
    save(tmp_path / "0" / "a.jpg", 120)
    save(tmp_path / "1" / "b.png", (90, 90, 90), mode="RGB")
    assert to_pixels(folders.read(tmp_path).train.X)[:, 0].tolist() == [120, 90]


def test_what_cannot_be_read_is_left_out_counted_and_named(tmp_path):
    save(tmp_path / "0" / "a.png", 0)
    for name in ("b.heic", "c.jpg", "d.HEIC"):
        (tmp_path / "0" / name).write_bytes(b"\0\0\0\x18ftypheic" + bytes(20))
    (tmp_path / "0" / "e.png").write_bytes(b"no picture")
    (tmp_path / "0" / "Thumbs.db").write_bytes(b"clutter")
    dataset = folders.read(tmp_path)
    assert dataset.train.X.shape == (784, 1)
    assert dataset.note.startswith("4 of 5 files are left out: 0/b.heic is a picture in the format HEIC")
    assert "save it as JPEG" in dataset.note
    assert "(and 2 more like it); 0/e.png is not a picture" in dataset.note


def test_where_no_picture_can_be_read_the_folder_is_refused(tmp_path):
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "a.heic").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(InputError, match=r"no picture can be read; 1 of 1 files are left out: 0/a\.heic is a picture"):
        folders.read(tmp_path)


@pytest.mark.parametrize("suffix", [suffix for suffixes in FORMATS.values() for suffix in suffixes])
def test_every_format_that_predict_reads_is_read_from_a_folder(tmp_path, suffix):
    form = next(name for name, suffixes in FORMATS.items() if suffix in suffixes)
    digit = np.kron(generate(1, 3)[0][0], np.ones((3, 3), np.uint8))
    (tmp_path / "5").mkdir()
    image = Image.fromarray(digit)
    (image.point(lambda grey: 255 * (grey > 127), "1") if suffix == ".pbm" else image).save(
        tmp_path / "5" / f"a{suffix}", form
    )
    dataset = folders.read(tmp_path)
    assert (dataset.train.Y.tolist(), dataset.note) == ([5], "")


@pytest.mark.parametrize("change", [lambda digit: 255 - digit, lambda digit: np.roll(255 - digit, 3, 0)])
def test_digits_dark_on_light_become_what_predict_makes_of_them(tmp_path, change):
    images, labels = generate(30, 4)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / "a" / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(change(image)).save(tmp_path / "a" / str(label) / f"{number}.png")
    dataset = folders.read(tmp_path / "a")
    assert dataset.picture_format == MNIST
    expected = sorted(fit_picture(change(image), MNIST).image.tobytes() for image in images)
    assert sorted(row.tobytes() for row in to_pixels(dataset.train.X)) == expected
    assert to_pixels(dataset.train.X)[:, :28].max() == 0  # bright ink on black


def test_the_format_of_a_model_is_used_instead_of_a_choice(tmp_path):
    digit = np.kron(generate(1, 3)[0][0], np.ones((3, 3), np.uint8))
    (tmp_path / "5").mkdir()
    Image.fromarray(digit).save(tmp_path / "5" / "a.png")
    form = PictureFormat(16, 8, "frame", 16, 1.0)
    dataset = folders.read(tmp_path, form)
    assert (dataset.shape, dataset.picture_format) == ((16, 8), form)
    assert np.array_equal(to_pixels(dataset.train.X).reshape(16, 8), fit_picture(digit, form).image)


def test_folders_named_by_digits_may_hold_other_pictures_which_stay_as_they_are(tmp_path, rng):
    for label in range(10):
        (tmp_path / str(label)).mkdir()
        shirt = np.zeros((28, 28), np.uint8)
        shirt[1:27, 4:24] = rng.integers(100, 255, (26, 20))
        Image.fromarray(shirt).save(tmp_path / str(label) / "a.png")
    dataset = folders.read(tmp_path)
    assert dataset.picture_format == PictureFormat(fit="frame")
    assert (to_pixels(dataset.train.X).reshape(-1, 28, 28)[:, 1] > 90).sum() == 200


def test_other_sizes_are_brought_to_mnists_as_predict_does_it(tmp_path):
    digit = np.kron(generate(1, 3)[0][0], np.ones((3, 3), np.uint8))
    for name in ("7", "seven"):
        folder = tmp_path / name / name
        folder.mkdir(parents=True)
        Image.fromarray(digit).save(folder / "a.png")
    digits, words = (to_pixels(folders.read(tmp_path / name).train.X).reshape(28, 28) for name in ("7", "seven"))
    assert np.array_equal(digits, normalize(digit).image)
    assert np.array_equal(words, fit_picture(digit, PictureFormat(fit="frame")).image)


def test_a_picture_without_a_digit_is_left_out_and_named(tmp_path):
    for number, digit in enumerate(generate(5, 3)[0]):
        (tmp_path / "0").mkdir(exist_ok=True)
        Image.fromarray(digit).save(tmp_path / "0" / f"{number}.png")
    save(tmp_path / "0" / "blank.png", 0, (27, 28))
    dataset = folders.read(tmp_path)
    assert len(dataset.train.Y) == 5
    assert "1 of 6 files are left out: 0/blank.png no digit found in the picture: all of its pixels" in dataset.note


def test_numbers_are_classes_in_the_order_of_their_values(tmp_path):
    for name in ("12", "3", "x"):
        save(tmp_path / name / "a.png", 1)
    assert folders.read(tmp_path).classes == ("3", "12", "x")


def test_noise_in_the_pixels_survives(tmp_path, rng):
    pixels = rng.integers(0, 256, (28, 28)).astype(np.uint8)
    (tmp_path / "5").mkdir()
    Image.fromarray(pixels).save(tmp_path / "5" / "a.png")
    assert np.array_equal(to_pixels(folders.read(tmp_path).train.X), pixels.reshape(1, 784))
