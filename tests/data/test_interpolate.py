"""What an image shows between its pixels, worked out by hand and for polynomials."""

import numpy as np
import pytest

from neural_network.data.interpolate import bilinear, cubic

PLACES = np.indices((12, 10)).astype(np.float32)


@pytest.mark.parametrize("way", [bilinear, cubic])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_at_the_pixels_it_is_the_image_bit_for_bit(rng, way, dtype):
    images = rng.random((3, 12, 10)).astype(dtype)
    result = way(images, np.tile(PLACES, (3, 1, 1, 1)))
    assert result.dtype == dtype
    assert np.array_equal(result, images)


@pytest.mark.parametrize(("way", "degree", "inside"), [(bilinear, 1, 1), (cubic, 3, 2)])
def test_in_the_middle_between_pixels_polynomials_are_met(way, degree, inside):
    row, column = PLACES / 5
    image = (row**degree - 0.5 * column**degree)[np.newaxis]
    middle = PLACES[np.newaxis] + np.float32(0.5)
    expected = ((PLACES[0] + 0.5) / 5) ** degree - 0.5 * ((PLACES[1] + 0.5) / 5) ** degree
    where = slice(inside - 1, -inside), slice(inside - 1, -inside)
    np.testing.assert_allclose(way(image, middle)[0][where], expected[where], atol=1e-4)


@pytest.mark.parametrize("way", [bilinear, cubic])
def test_outside_the_image_all_is_zero(rng, way):
    images = rng.random((2, 12, 10), dtype=np.float32)
    for far in (-2, 12):
        assert not way(images, np.full((2, 2, 4, 4), far, np.float32)).any()


def test_a_lone_pixel_is_sharper_by_cubic_interpolation():
    image = np.zeros((1, 1, 7))
    image[0, 0, 3] = 16
    places = np.zeros((1, 2, 1, 6), np.float32)
    places[0, 1] = np.arange(6) + 0.5
    assert np.array_equal(bilinear(image, places.copy())[0, 0], [0, 0, 8, 8, 0, 0])
    assert np.array_equal(cubic(image, places.copy())[0, 0], [0, -1, 9, 9, -1, 0])
