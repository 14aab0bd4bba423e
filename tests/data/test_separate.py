"""Several digits in one picture: they are counted, and read from left to right, line by line."""

import itertools

import numpy as np
import pytest

from neural_network.data.measure_ink import bounding_box
from neural_network.data.normalize import SeveralDigitsError, normalize, normalize_digits
from neural_network.data.separate import separate
from neural_network.data.strokes import rasterize
from neural_network.data.synthetic import generate

IMAGES, LABELS = generate(120, 8)
BROKEN_ZERO = [[(0.1, 0.1), (0, 0.5), (0.1, 0.9)], [(0.6, 0.1), (0.7, 0.5), (0.6, 0.9)]]


def cut(image, height=28):
    """The ink of a digit, in the middle of a strip of this height."""
    ink = image[bounding_box(image > 60)]
    above = (height - len(ink)) // 2
    return np.pad(ink, ((above, height - len(ink) - above), (0, 0)))


def row(images, gap):
    parts = [part for image in images for part in (np.zeros((28, gap), np.uint8), cut(image))]
    return np.kron(np.pad(np.hstack(parts[1:]), 6), np.ones((3, 3), np.uint8))


def of(digit):
    return IMAGES[digit == LABELS]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("gap", [4, 8])
def test_the_digits_of_a_number_come_from_left_to_right(count, gap):
    found = 0
    for start in range(0, 40, count):
        chosen = IMAGES[start : start + count]
        digits = separate(row(chosen, gap) / 255)
        found += len(digits) == count
        places = [np.flatnonzero(digit.any(axis=0)).mean() for digit in digits]
        assert places == sorted(places)
    assert found >= 0.95 * len(range(0, 40, count))


@pytest.mark.parametrize(("left", "right"), [(1, 1), (1, 7), (7, 1), (4, 2), (0, 0)])
@pytest.mark.parametrize("inverted", [False, True])
def test_pairs_are_refused_as_one_digit_and_read_as_two(left, right, inverted):
    for one, other in itertools.islice(zip(of(left), of(right)[::-1], strict=False), 5):
        pair = row([one, other], 6)
        pair = 255 - pair if inverted else pair
        with pytest.raises(SeveralDigitsError, match="the picture shows 2 digits"):
            normalize(pair)
        assert len(normalize_digits(pair)) == 2


def test_digits_below_each_other_are_two_lines():
    for one, other in itertools.pairwise(IMAGES[:20]):
        stacked = np.kron(np.vstack([one, other]), np.ones((3, 3), np.uint8))
        with pytest.raises(SeveralDigitsError):
            normalize(stacked)
        upper, lower = separate(stacked / 255)
        assert np.flatnonzero(upper.any(axis=1)).max() < np.flatnonzero(lower.any(axis=1)).min()


def test_each_digit_of_a_number_is_normalized_as_if_it_were_alone():
    number = row(IMAGES[:3], 8)
    together = normalize_digits(number)
    assert len(together) == 3
    for image, digit in zip(IMAGES[:3], together, strict=True):
        alone = normalize(row([image], 8)).image.astype(float)
        assert (alone * digit.image).sum() > 0.97 * np.sqrt((alone**2).sum() * (digit.image.astype(float) ** 2).sum())


def test_one_digit_in_several_pieces_is_one():
    bar = [[(0.3, 0), (0.25, 0.4), (0.6, 0.4), (0.75, 0.65), (0.6, 0.95), (0.2, 1)], [(0.45, 0), (1.1, -0.1)]]
    open_4 = [[(0.1, 0), (0.05, 0.55), (0.45, 0.55)], [(0.6, 0.1), (0.6, 1)]]
    for strokes in (BROKEN_ZERO, bar, open_4):
        assert len(separate(rasterize(strokes, size=200, width=10) / 255)) == 1
    assert all(len(separate(np.kron(image, np.ones((4, 4))) / 255)) == 1 for image in IMAGES)


def test_a_dot_beside_a_number_is_no_digit():
    number = row(IMAGES[:2], 8)
    number[-30:-22, -10:-2] = 255
    assert len(normalize_digits(number)) == 2


@pytest.mark.slow
def test_digits_of_mnist_are_single(real_mnist):
    from neural_network.data import read_idx

    images = read_idx(real_mnist / "t10k-images-idx3-ubyte.gz")[:1000]
    several = 0
    for image in images:
        try:
            normalize(np.kron(image, np.ones((2, 2), np.uint8)))
        except SeveralDigitsError:
            several += 1
    assert several <= 3
