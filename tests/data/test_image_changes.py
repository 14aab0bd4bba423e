"""Changes of all images of a data set: transposed and deskewed."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from neural_network.data import load
from neural_network.data.augment import deform
from neural_network.data.dataset import Dataset, keep_bytes, make_samples
from neural_network.data.deskew import deskew
from neural_network.data.image_changes import change_images
from neural_network.data.preprocess import fit_digits, fit_picture, format_of
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat


@pytest.fixture
def bars():
    """Upright bars, 28×28 bytes, that are slanted by 0.4 pixels to the right per pixel upwards."""
    images = np.zeros((3, 28, 28), np.float32)
    for image, width in zip(images, (2, 3, 6), strict=True):
        image[4:24, 14 - width // 2 : 14 + (width + 1) // 2] = 255
    return images, np.rint(deform(images, shear=0.4)).astype(np.uint8)


def slope(image):
    """Return the slope of the ink's columns over its rows, by NumPy's own least squares."""
    rows, columns = np.nonzero(image)
    return np.polyfit(rows, columns, 1, w=np.sqrt(image[rows, columns].astype(float)))[0]


def center(image):
    """Return the mean row and column of the ink."""
    places = np.indices(image.shape).reshape(2, -1)
    return np.average(places, axis=1, weights=image.ravel())


def test_slanted_bars_become_upright_and_centered(bars):
    upright, slanted = bars
    for before, after, expected in zip(slanted, deskew(slanted), upright, strict=True):
        assert slope(before) == pytest.approx(-0.4, abs=0.03)
        assert abs(slope(after)) < 0.02
        np.testing.assert_allclose(center(after), 13.5, atol=0.03)
        centered = deform(expected[np.newaxis], shift=13.5 - center(expected))[0]
        assert np.corrcoef(after.ravel(), centered.ravel())[0, 1] > 0.95


def test_upright_centered_and_empty_images_stay_as_they_are(bars):
    images = np.concatenate([bars[0][[0, 2]], np.zeros((2, 28, 28), np.float32)])  # of even widths: in the middle
    assert np.allclose(deskew(images), images, atol=1e-3)


def test_a_single_pixel_has_no_slant():
    images = np.zeros((1, 9, 9), np.float32)
    images[0, 2, 7] = 200
    assert np.array_equal(deskew(images), np.roll(images, (2, -3), axis=(1, 2)))


def test_bytes_and_floats_are_deskewed_alike(bars):
    slanted, labels = bars[1], np.array([0, 1, 2])
    kept, floats = (
        change_images(Dataset("bars", "a test", make(slanted, labels), shape=(28, 28)), "deskewed")
        for make in (keep_bytes, make_samples)
    )
    assert kept.source == "a test, deskewed"
    assert np.allclose(np.asarray(kept.train.X[:, :]), floats.train.X, atol=0.51 / 255)


def test_the_prefixes_can_be_combined():
    plain, both = load("synthetic"), load("deskewed: transposed:synthetic")
    images = plain.test.X[:, :50].T.reshape(-1, 28, 28)
    expected = deskew(np.rint(images.swapaxes(1, 2) * 255).astype(np.uint8))
    assert np.allclose(both.test.X[:, :50].T.reshape(-1, 28, 28) * 255, expected, atol=1.01)


def test_numbers_that_are_no_images_are_refused(rng):
    dataset = Dataset("numbers", "a test", make_samples(rng.random((4, 7)), np.arange(4)))
    with pytest.raises(InputError, match="only images can be deskewed, not 7 inputs"):
        change_images(dataset, "deskewed")


@pytest.mark.parametrize("form", [PictureFormat(), PictureFormat(fit="digit"), PictureFormat(fit="frame")])
def test_pictures_are_deskewed_where_their_format_says_so(bars, form):
    upright = dataclasses.replace(form, deskew=True)
    for slanted in bars[1][:2]:
        plain, fitted = fit_picture(slanted, form), fit_picture(slanted, upright)
        assert slope(plain.image) < -0.3
        assert np.array_equal(fitted.image, deskew(plain.image[np.newaxis])[0])
        assert [step.name for step in fitted.steps] == [*(step.name for step in plain.steps), "deskew"]
        assert np.allclose(fitted.steps[-1].picture * 255, fitted.image)
    large = np.kron(bars[1][0], np.ones((6, 6), np.uint8))
    if form.fit != "frame":
        (digit,) = fit_digits(large, upright)
        assert abs(slope(digit.image)) < 0.05


def test_the_format_of_changed_images_tells_how_pictures_become_like_them():
    plain, deskewed = load("synthetic"), load("deskewed:synthetic")
    assert deskewed.picture_format == dataclasses.replace(format_of(plain), deskew=True)
    assert load("transposed:synthetic").picture_format == format_of(plain)


def test_pictures_of_a_folder_are_deskewed_by_their_format_with_the_prefix_or_without(rng, tmp_path):
    slanted = deform(rng.random((2, 28, 28), np.float32) * 255, shear=0.4).astype(np.uint8)
    for label, image in enumerate(slanted):
        (tmp_path / str(label)).mkdir()
        Image.fromarray(image).save(tmp_path / str(label) / "0.png")
    form = PictureFormat(fit="frame", background=None, deskew=True)  # a run records it, that had deskewed data
    for spec in (f"{tmp_path}", f"deskewed:{tmp_path}"):
        X = load(spec, form).train.X
        assert np.allclose(np.asarray(X[:, :]).T.reshape(-1, 28, 28) * 255, deskew(slanted), atol=1.01)
