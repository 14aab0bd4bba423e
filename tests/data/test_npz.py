"""NumPy's .npz against arrays in all the forms in which people save them, and against damage and fraud."""

import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_network.data import folders
from neural_network.data.dataset import to_pixels
from neural_network.support.errors import InputError

LABELS = np.array([5, 0, 9], np.uint8)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (3, 8, 8)).astype(np.uint8)


@pytest.mark.parametrize(
    ("pixels", "labels"),
    [
        ("x_train", "y_train"),
        ("X_train", "y_train"),
        ("train_images", "train_labels"),
        ("images", "labels"),
        ("X", "y"),
        ("data", "target"),
    ],
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_are_found_by_their_names(tmp_path, images, pixels, labels, save):
    test = {name.replace("train", "test"): array for name, array in ((pixels, images[:1]), (labels, LABELS[:1]))}
    save(tmp_path / "mnist.npz", **{pixels: images, labels: LABELS} | ({} if pixels in test else test))
    for path in (tmp_path, tmp_path / "mnist.npz"):
        dataset = folders.read(path)
        assert dataset.name == "mnist"
        assert np.array_equal(to_pixels(dataset.train.X), images.reshape(3, 64))
        assert dataset.train.Y.tolist() == [5, 0, 9]
    assert (dataset.test is not None) is ("train" in pixels)
    if dataset.test:
        assert dataset.test.Y.tolist() == [5]


@pytest.mark.parametrize(
    "change",
    [
        lambda images: images.reshape(3, 64),
        lambda images: images[..., None],
        lambda images: images[:, None],
        lambda images: np.asfortranarray(images),
        lambda images: images.astype(np.float64),
        lambda images: images.astype(np.float32) / 255,
        lambda images: images.astype(">i4"),
    ],
    ids=["rows", "channels last", "channels first", "Fortran", "floats", "fractions", "big-endian"],
)
def test_shapes_and_types_make_no_difference(tmp_path, images, change):
    np.savez(tmp_path / "a.npz", x=change(images), y=LABELS[:, None])
    dataset = folders.read(tmp_path / "a.npz")
    assert np.array_equal(to_pixels(dataset.train.X), images.reshape(3, 64))
    assert dataset.train.Y.tolist() == [5, 0, 9]


def test_validation_and_other_arrays_are_passed_over(tmp_path, images):
    arrays = {"val_images": images[:2], "val_labels": LABELS[:2], "train_images": images, "train_labels": LABELS}
    np.savez(tmp_path / "medmnist.npz", notes=np.zeros(7), **arrays)
    dataset = folders.read(tmp_path / "medmnist.npz")
    assert len(dataset.train.Y) == 3
    assert dataset.test is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"arr_0": np.zeros((3, 28, 28))}, "has the arrays arr_0; expected x_train and y_train"),
        ({}, "has the arrays none; expected x_train"),
        ({"x": np.zeros((3, 28, 28, 3)), "y": LABELS}, "x: expected images .*; of images with colors, save the mean"),
        ({"x": np.zeros((3, 5)), "y": LABELS}, r"x: expected images \(count, height, width\), not an array \(3, 5\)"),
        ({"x": np.zeros((3, 4)), "y": np.eye(3)}, r"y: expected one label .*\(3, 3\).*labels.argmax\(axis=1\)"),
        ({"x": np.zeros((3, 4)), "y": LABELS[:2]}, "x has 3 images, but y 2 labels"),
        ({"x": np.zeros((3, 4)), "y": np.array(["a", "b", "c"])}, "y: labels must be whole numbers from 0, not <U1"),
        ({"x": np.zeros((3, 4)), "y": [0, 1.5, 2]}, "y: labels must be whole numbers from 0, but number 1 is 1.5"),
        ({"x": np.full((3, 4), 1e6), "y": LABELS}, r"pixels must be 0 to 255 or 0 to 1, but they range from 1e\+06"),
        ({"x": np.full((3, 4), np.nan), "y": LABELS}, "they range from nan"),
        ({"x": np.array([{}, {}, {}]), "y": LABELS}, "x holds Python objects, which could run code"),
        ({"x": np.zeros((0, 4)), "y": LABELS[:0]}, "x: expected images"),
    ],
)
def test_what_is_no_labelled_images_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InputError, match=message) as caught:
        folders.read(tmp_path / "a.npz")
    assert "\n" not in str(caught.value)


def test_sizes_that_differ_between_training_and_test_are_refused(tmp_path, images):
    np.savez(tmp_path / "a.npz", x_train=images, y_train=LABELS, x_test=images[:, 1:, 1:], y_test=LABELS)
    with pytest.raises(InputError, match="training images have 8×8 pixels, test images 7×7"):
        folders.read(tmp_path / "a.npz")


def test_several_files_are_to_be_chosen_from(tmp_path, images):
    for name in ("a", "b"):
        np.savez(tmp_path / f"{name}.npz", x=images, y=LABELS)
    with pytest.raises(InputError, match=r"several data sets; choose one by its file: .*a.npz, .*b.npz"):
        folders.read(tmp_path)


def test_a_bomb_is_refused_before_memory_is_taken(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(2**25))
    with pytest.raises(InputError, match="claims to hold more than a file of this size can"):
        folders.read(tmp_path / "a.npz")


def test_a_header_that_claims_more_than_there_is_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 4)), y=LABELS)
    content = (tmp_path / "a.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        x = archive.read("x.npy")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", x.replace(b"(3, 4)", b"(9, 9)"))
    assert content
    with pytest.raises(InputError, match="x does not have the size that its header claims"):
        folders.read(tmp_path / "a.npz")


@given(st.data())
def test_no_mutation_gives_anything_but_samples_or_an_input_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "mutated.npz"
    np.savez(path, x=np.arange(12, dtype=np.uint8).reshape(3, 4), y=LABELS)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    try:
        dataset = folders.read(path)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert 0 <= dataset.train.X.min() <= dataset.train.X.max() <= 1
