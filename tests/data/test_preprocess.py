"""What a network is shown of a picture depends on what its classes are."""

import numpy as np
import pytest

from neural_network.data.dataset import DIGITS
from neural_network.data.find_ink import NoDigitError
from neural_network.data.normalize import normalize
from neural_network.data.preprocess import fit_picture
from neural_network.data.synthetic import generate

CLOTHES = ("shirt", "bag")


@pytest.fixture
def shirt():
    """Something bright that fills a frame of 28×28 pixels from edge to edge."""
    picture = np.full((28, 28), 180, np.uint8)
    picture[10:, :6] = picture[10:, 22:] = 0
    return picture


def test_pictures_of_other_classes_stay_as_they_are(shirt):
    image, steps = fit_picture(shirt, CLOTHES)
    assert np.array_equal(image, shirt)
    assert [step.name for step in steps] == ["as it is"]
    with pytest.raises(NoDigitError):
        fit_picture(shirt, DIGITS)


@pytest.mark.parametrize(("paper", "ink"), [(0, 200), (255, 55)])
def test_larger_pictures_of_other_classes_are_scaled_into_the_frame_bright_on_black(paper, ink):
    picture = np.full((112, 56), paper, np.uint8)
    picture[28:84, 16:40] = ink
    image = fit_picture(picture, CLOTHES).image  # the picture becomes 28 high and 14 wide, and begins at column 7
    expected = np.zeros((28, 28), bool)
    expected[7:21, 11:17] = True
    assert np.array_equal(image > 100, expected)
    assert (image[8:20, 12:16] == 200).all()
    assert not image[:6].any()
    assert not image[:, :10].any()


def test_digits_are_normalized_unless_they_are_so_already():
    digit = generate(1, 3)[0][0]
    assert np.array_equal(fit_picture(digit).image, digit)
    assert np.array_equal(fit_picture(255 - digit).image, digit)
    large = np.kron(digit, np.ones((4, 4), np.uint8))
    assert np.array_equal(fit_picture(large).image, normalize(large).image)
    with pytest.raises(NoDigitError, match="alike"):
        fit_picture(np.zeros((28, 28), np.uint8))
