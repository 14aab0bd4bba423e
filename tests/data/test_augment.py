"""Augmentation: each deformation against a result worked by hand, and the promises about its random numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neural_network.data import load
from neural_network.data.affine import upright_map
from neural_network.data.augment import AUGMENTATIONS, Augmentation, deform
from neural_network.data.counter_rng import keys
from neural_network.support.errors import InputError

STRONG = AUGMENTATIONS["strong"]


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((40, 28, 28), dtype=np.float32)


@pytest.fixture(scope="module")
def X(images):
    return images.reshape(len(images), -1).T


def picture(*rows):
    return np.array([rows], np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_deformation_gives_the_images_back_bit_for_bit(images, X, dtype):
    assert np.array_equal(deform(images.astype(dtype)), images.astype(dtype))
    result = AUGMENTATIONS["none"].apply(X.astype(dtype), seed=0, epoch=0, samples=np.arange(40))
    assert result.dtype == dtype
    assert np.array_equal(result, X.astype(dtype))


@pytest.mark.parametrize("shift", [(3, 0), (-2, 0), (0, 5), (0, -1), (4, -7), (28, 0), (0, -1000)])
def test_a_shift_of_whole_pixels_is_a_roll_with_zeros(images, shift):
    framed = np.pad(images, ((0, 0), (28, 28), (28, 28)))
    down, right = np.clip(shift, -28, 28)
    expected = np.roll(framed, (down, right), axis=(1, 2))[:, 28:-28, 28:-28]
    assert np.array_equal(deform(images, shift=shift), expected)


def test_a_shift_by_part_of_a_pixel_mixes_neighbors():
    assert np.allclose(deform(picture([0, 1, 0]), shift=(0, 0.25)), [[[0, 0.75, 0.25]]])
    assert np.allclose(deform(picture([0, 0, 1]), shift=(0, 0.25)), [[[0, 0, 0.75]]])


def test_a_full_turn_changes_nothing(images):
    assert np.abs(deform(images, rotation=360) - images).max() < 1e-6


def test_a_quarter_turn_is_counter_clockwise(images):
    assert np.allclose(deform(images, rotation=90), np.rot90(images, axes=(1, 2)), atol=1e-5)


def test_shear_slants_to_the_right():
    upright, slanted = np.tile([0.0, 0, 1, 0, 0], (5, 1)), np.fliplr(np.eye(5))
    assert np.allclose(deform(upright[None], shear=1), slanted)


def test_scale_stretches_height_and_width_about_the_middle():
    row = np.array([1.0, 2, 3, 5, 8])
    stretched = [2, 2.5, 3, 4, 5]
    assert np.allclose(deform(row[None, None, :], scale=(0, 1)), stretched)
    assert np.allclose(deform(row[None, :, None], scale=(1, 0))[0, :, 0], stretched)


def test_scale_comes_before_shear_shear_before_rotation_and_shift_last():
    dot = np.zeros((1, 9, 9))
    dot[0, 3, 5] = 1  # 1 up, 1 right; scaled: 1 up, 2 right; sheared: 1 up, 3 right; turned: 3 up, 1 left; shifted
    moved = deform(dot, scale=(0, 1), shear=1, rotation=90, shift=(1, 2))
    assert np.unravel_index(moved.argmax(), moved.shape) == (0, 4 - 3 + 1, 4 - 1 + 2)


def test_each_image_gets_its_own_parameters(images):
    result = deform(images[:2], rotation=np.array([0.0, 90.0]), shift=np.array([[1.0, 0.0], [0.0, 0.0]]))
    assert np.array_equal(result[0], deform(images[:1], shift=(1, 0))[0])
    assert np.array_equal(result[1], deform(images[1:2], rotation=90)[0])


def test_a_field_moves_where_each_pixel_looks(images):
    field = np.zeros((40, 2, 28, 28))
    field[:, 1] = 1  # one pixel farther right: the picture moves left
    assert np.array_equal(deform(images, field=field), deform(images, shift=(0, -1)))


@pytest.mark.parametrize(("elastic", "sigma"), [(0.5, 1.0), (1.2, 5.0), (2.0, 4.0), (1.0, 8.0)])
def test_the_elastic_displacement_asked_for_is_the_one_measured(elastic, sigma):
    places = np.indices((28, 28)).astype(np.float32)  # pictures that show the row and the column of each pixel
    samples = np.arange(4000)
    augmentation = Augmentation(elastic=elastic, sigma=sigma)
    for ramp in places:
        X = np.repeat(ramp.reshape(-1, 1), len(samples), axis=1)
        moved = augmentation.apply(X, seed=1, epoch=0, samples=samples) - X
        inside = moved.reshape(28, 28, -1)[8:-8, 8:-8]  # nothing from beyond the border comes in here
        assert np.sqrt((inside**2).mean()) == pytest.approx(elastic, rel=0.03)
        assert abs(inside.mean()) < 0.05 * elastic


def test_the_elastic_field_is_as_smooth_as_its_sigma_and_as_strong_at_the_border():
    streams = keys(seed=0, epoch=0, samples=np.arange(3000))
    field = Augmentation(elastic=1.0, sigma=4.0)._field(streams, (28, 28))
    assert np.allclose(np.sqrt((field**2).mean(axis=0)), 1, atol=0.05)
    # two blurred numbers d pixels apart correlate by exp(-d² / 4σ²)
    assert (field[:, 0, 14, 14] * field[:, 0, 14, 18]).mean() == pytest.approx(np.exp(-0.25), abs=0.05)
    assert (field[:, 0, 14, 14] * field[:, 0, 22, 14]).mean() == pytest.approx(np.exp(-1.0), abs=0.06)
    assert abs((field[:, 0] * field[:, 1]).mean()) < 0.01


@given(st.permutations(range(40)), st.integers(1, 40))
@settings(deadline=None)
def test_a_deformation_depends_on_the_sample_and_not_on_its_batch(images, X, order, batch_size):
    whole = STRONG.apply(X, seed=3, epoch=2, samples=np.arange(40))
    for start in range(0, 40, batch_size):
        batch = np.array(order[start : start + batch_size])
        assert np.array_equal(STRONG.apply(X[:, batch], seed=3, epoch=2, samples=batch), whole[:, batch])


@pytest.mark.parametrize("batch_size", [1, 7, 40])
def test_deskewed_copies_do_not_depend_on_the_batch_either(X, rng, batch_size):
    whole, order = STRONG.apply(X, seed=3, epoch=2, samples=np.arange(40), deskew=True), rng.permutation(40)
    for start in range(0, 40, batch_size):
        batch = order[start : start + batch_size]
        copies = STRONG.apply(X[:, batch], seed=3, epoch=2, samples=batch, deskew=True)
        assert np.array_equal(copies, whole[:, batch])


def test_an_affine_deformation_that_is_deskewed_is_one_interpolation_of_the_image(images):
    """Of bars, any slant and shift is undone: what is left is the bar, not blurred."""
    bars = np.zeros((30, 28, 28), np.float32)
    bars[:, 5:23, 12:16] = 1
    X = bars.reshape(30, -1).T
    bent = Augmentation(shear=0.3, shift=2.5)
    plain, upright = (bent.apply(X, 0, 1, np.arange(30), deskew=deskew) for deskew in (False, True))
    assert np.abs(plain - X).mean() > 0.03
    np.testing.assert_allclose(upright, X, atol=0.1)


def test_deformed_digits_that_are_deskewed_are_upright_and_centered():
    X = load("deskewed:synthetic").test.X[:, :200]
    copies = STRONG.apply(np.asarray(X), 0, 1, np.arange(200), deskew=True)
    left = upright_map(copies.T.reshape(-1, 28, 28))
    assert np.abs(left.matrix[:, 1, 0]).mean() < 0.05  # the elastic field is not sheared with the image: not quite 0
    assert np.abs(left.origin - 13.5).mean() < 0.3


def test_seed_epoch_and_sample_each_change_the_deformation(X):
    one = np.repeat(X[:, :1], 2, axis=1)
    first, other_sample = STRONG.apply(one, seed=0, epoch=0, samples=np.array([0, 1])).T
    other_epoch = STRONG.apply(X[:, :1], seed=0, epoch=1, samples=np.array([0]))[:, 0]
    other_seed = STRONG.apply(X[:, :1], seed=1, epoch=0, samples=np.array([0]))[:, 0]
    results = [first, other_sample, other_epoch, other_seed]
    assert len({result.tobytes() for result in results}) == 4


def measured_maps(augmentation, m):
    """The matrices (m, 2, 2) and shifts (m, 2) that were drawn, read from deformed ramps of rows and columns."""
    ramps = np.indices((29, 29), np.float64).reshape(2, -1, 1)
    source = np.stack([augmentation.apply(np.tile(ramp, m), 0, 0, np.arange(m)).reshape(29, 29, m) for ramp in ramps])
    inverse = np.stack([source[:, 15, 14] - source[:, 14, 14], source[:, 14, 15] - source[:, 14, 14]], axis=1)
    matrix = np.linalg.inv(inverse.transpose(2, 0, 1))
    return matrix, (matrix @ (14 - source[:, 14, 14].T)[:, :, None])[:, :, 0]


def test_random_parameters_fill_their_bounds_and_keep_them():
    turned, _ = measured_maps(Augmentation(rotation=12), 1000)
    scaled, _ = measured_maps(Augmentation(scale=0.2), 1000)
    slanted, shifted = measured_maps(Augmentation(shear=0.3, shift=1.5), 1000)
    for values, bound in (
        (np.degrees(np.arctan2(turned[:, 1, 0], turned[:, 0, 0])), 12),
        (scaled[:, 0, 0] - 1, 0.2),
        (scaled[:, 1, 1] - 1, 0.2),
        (-slanted[:, 1, 0], 0.3),
        (shifted[:, 0], 1.5),
        (shifted[:, 1], 1.5),
    ):
        assert np.abs(values).max() <= bound * 1.001
        assert values.std() == pytest.approx(bound / np.sqrt(3), rel=0.05)
        assert abs(values.mean()) < 0.06 * bound
    drawn_together = np.column_stack([scaled[:, 0, 0], scaled[:, 1, 1], slanted[:, 1, 0], shifted])
    assert np.abs(np.corrcoef(drawn_together.T) - np.eye(5)).max() < 0.13  # chance alone: standard deviation 0.03


@pytest.mark.parametrize(
    ("field", "value"), [("rotation", -1), ("scale", 1.0), ("shift", float("nan")), ("elastic", "a lot"), ("sigma", 0)]
)
def test_impossible_bounds_are_refused(field, value):
    with pytest.raises(InputError, match=f"^{field} of an augmentation must be"):
        Augmentation(**{field: value})


def test_what_are_not_square_images_is_refused(X):
    samples = np.arange(40)
    for wrong in (X[:783], X[0], (X * 255).astype(np.uint8)):
        with pytest.raises(InputError, match="X must hold square images as columns of floats"):
            STRONG.apply(wrong, seed=0, epoch=0, samples=samples)
    for wrong in (samples[:-1], samples * 0.5):
        with pytest.raises(InputError, match="samples must be 40 integers"):
            STRONG.apply(X, seed=0, epoch=0, samples=wrong)
    with pytest.raises(InputError, match="images must be floats of shape"):
        deform(X)


def test_images_that_are_not_square_keep_their_shape(X):
    high = np.zeros((40, 56, 14), np.float32)
    high[:, 20:24, 5:9] = 1  # a square in the upper half of each
    result = Augmentation(shift=2.0, elastic=0.5).apply(high.reshape(40, -1).T, 0, 0, np.arange(40), (56, 14))
    ink = result.T.reshape(40, 56, 14)
    assert (ink[:, 14:30].sum(axis=(1, 2)) > 10).all()
    assert not ink[:, 32:].any()
    with pytest.raises(InputError, match="X must hold 5×5 images"):
        STRONG.apply(X, 0, 0, np.arange(40), (5, 5))


def test_the_presets_are_none_light_and_strong():
    assert list(AUGMENTATIONS) == ["none", "light", "affine", "strong"]
