"""How any picture becomes an input: by the format of the data alone, and so by every command in the same way."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from neural_network.data.dataset import DIGITS, Dataset, make_samples
from neural_network.data.find_ink import NoDigitError
from neural_network.data.normalize import MNIST, SeveralDigitsError, normalize
from neural_network.data.preprocess import choose_format, default_format, fit_digits, fit_picture, format_of
from neural_network.data.synthetic import generate
from neural_network.support.errors import InputError
from neural_network.support.picture_format import PictureFormat

FRAME = PictureFormat(fit="frame")
ODD_FORMATS = [
    MNIST,
    PictureFormat(background=1.0, ink=0.0),
    PictureFormat(8, 8, "digit", 8, 0.0, 16 / 255),
    PictureFormat(4, 16, "digit", 4),
    PictureFormat(1, 7, "frame", 7, None),
]
IMAGES, LABELS = generate(200, 7)


@pytest.fixture
def shirt():
    """Something bright that fills a frame of 28×28 pixels from edge to edge."""
    picture = np.full((28, 28), 180, np.uint8)
    picture[10:, :6] = picture[10:, 22:] = 0
    return picture


def test_pictures_of_other_classes_keep_their_size_and_place(shirt):
    image, steps = fit_picture(shirt, FRAME)
    assert np.array_equal(image, shirt)
    assert [step.name for step in steps] == ["as it is"]
    with pytest.raises(NoDigitError):
        fit_picture(shirt, MNIST)


@pytest.mark.parametrize(("paper", "ink"), [(0, 200), (255, 55)])
def test_larger_pictures_of_other_classes_are_scaled_into_the_frame_bright_on_black(paper, ink):
    picture = np.full((112, 56), paper, np.uint8)
    picture[28:84, 16:40] = ink
    image = fit_picture(picture, FRAME).image  # the picture becomes 28 high and 14 wide, and begins at column 7
    expected = np.zeros((28, 28), bool)
    expected[7:21, 11:17] = True
    assert np.array_equal(image > 100, expected)
    assert (image[8:20, 12:16] == 200).all()
    assert not image[:6].any()
    assert not image[:, :10].any()


@pytest.mark.parametrize("background", [0.0, 1.0, None])
def test_a_picture_gets_the_background_of_the_data_unless_it_varies(background):
    letter = np.full((28, 28), 255, np.uint8)
    letter[5:20, 8:12] = 30
    form = PictureFormat(fit="frame", background=background)
    assert np.array_equal(fit_picture(letter, form).image, 255 - letter if background == 0 else letter)


def test_digits_of_mnists_form_stay_and_others_are_normalized():
    digit = IMAGES[0]
    assert np.array_equal(fit_picture(digit, MNIST).image, digit)
    assert np.array_equal(fit_picture(255 - digit, MNIST).image, digit)
    large = np.kron(digit, np.ones((4, 4), np.uint8))
    assert np.array_equal(fit_picture(large, MNIST).image, normalize(large).image)
    with pytest.raises(NoDigitError, match="alike"):
        fit_picture(np.zeros((28, 28), np.uint8), MNIST)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize(("down", "right"), [(-3, 0), (0, 3), (2, -2), (3, 3)])
def test_a_digit_that_is_moved_is_moved_back(down, right, inverted):
    padded = np.pad(IMAGES, ((0, 0), (4, 4), (4, 4)))
    moved = padded[:, 4 - down :, 4 - right :][:, :28, :28]
    whole = moved.sum(axis=(1, 2)) == IMAGES.sum(axis=(1, 2))
    assert whole.sum() > 50
    for image, picture in zip(IMAGES[whole], moved[whole], strict=True):
        assert np.array_equal(fit_picture(255 - picture if inverted else picture, MNIST).image, image)


def test_two_digits_within_28_by_28_pixels_are_not_one():
    from neural_network.data.resample import resample, to_bytes

    for left, right in zip(IMAGES[:20], IMAGES[20:40], strict=True):
        pair = np.zeros((28, 28), np.uint8)
        pair[7:21] = to_bytes(np.clip(resample(np.hstack([left, right]) / 255, (14, 28)), 0, 1))
        with pytest.raises(SeveralDigitsError):
            fit_picture(pair, MNIST)


def dataset_of(images, classes=DIGITS):
    samples = make_samples(images, np.zeros(len(images)))
    return Dataset("data", "here", samples, classes=classes, shape=images.shape[1:])


def test_the_format_of_mnist_is_recognized():
    assert format_of(dataset_of(IMAGES)) == MNIST
    assert format_of(dataset_of(255 - IMAGES)) == PictureFormat(background=1, ink=0)
    assert format_of(dataset_of(IMAGES, tuple("abcdefghij"))) == PictureFormat(fit="frame", box=28)


def test_a_network_of_inverted_digits_gets_inverted_digits():
    form = format_of(dataset_of(255 - IMAGES))
    for picture in (IMAGES[0], 255 - IMAGES[0]):
        assert np.array_equal(fit_picture(picture, form).image, 255 - IMAGES[0])


def test_the_format_of_other_digits_is_measured():
    small = (IMAGES[:, 4:24, 4:24].reshape(-1, 10, 2, 10, 2).mean(axis=(2, 4)) / 16).astype(np.uint8)
    form = format_of(dataset_of(small))
    assert (form.shape, form.fit, form.background) == ((10, 10), "digit", 0)
    assert form.box in (9, 10)
    assert form.ink == small.max() / np.float32(255)
    same = fit_picture((small[0] * 16.0).astype(np.uint8), form).image
    assert np.abs(same.astype(int) - small[0]).max() <= 1
    large = fit_picture(np.kron(IMAGES[0], np.ones((4, 4), np.uint8)), form).image
    assert large.shape == (10, 10)
    assert large.max() <= small.max()


def test_inputs_that_are_no_pictures_have_no_format():
    assert format_of(Dataset("data", "here", make_samples(np.zeros((3, 5)), np.zeros(3)))) is None
    assert default_format(5, DIGITS) is None


def test_models_without_a_format_have_the_usual_one():
    assert default_format(784, DIGITS) == MNIST
    assert default_format(784, ("cat", "dog")) == FRAME
    assert default_format(64, DIGITS) == PictureFormat(8, 8, "digit", 6)


def test_photographs_are_never_inverted(rng):
    photos = [rng.integers(0, 256, (40, 40)).astype(np.uint8) for _ in range(9)]
    form = choose_format(("cat", "dog"), photos)
    assert form.background is None
    assert np.array_equal(fit_picture(photos[0][:28, :28], form).image, photos[0][:28, :28])


@given(
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.integers(0, 255)),
    st.sampled_from(ODD_FORMATS),
)
@settings(max_examples=300, deadline=None)
def test_no_small_picture_is_too_odd(picture, form):
    for fit in (lambda *given: [fit_picture(*given)], fit_digits):
        try:
            fitted = fit(picture, form)
        except NoDigitError:
            continue
        assert all(each.image.shape == form.shape for each in fitted)


@given(st.integers(2, 40), st.integers(2, 40), st.data())
@settings(max_examples=200, deadline=None)
def test_no_rectangle_of_ink_is_too_odd(height, width, data):
    picture = np.zeros((height, width), np.uint8)
    top, bottom = sorted(data.draw(st.tuples(*[st.integers(0, height)] * 2)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, width)] * 2)))
    picture[top:bottom, left:right] = 255
    picture[top + 1 : bottom - 1, left + 1 : right - 1] = data.draw(st.sampled_from([0, 255]))
    for polarity in (picture, 255 - picture):
        with contextlib.suppress(NoDigitError):
            assert fit_picture(polarity, MNIST).image.shape == (28, 28)


@pytest.mark.parametrize(
    "wrong", [{"height": 0}, {"width": 10**6}, {"fit": "other"}, {"box": 0}, {"background": 2.0}, {"ink": -1.0}]
)
def test_impossible_formats_are_refused(wrong):
    with pytest.raises(InputError):
        PictureFormat(**wrong)
