"""Drawing pen strokes: lines have the length, width and place that geometry gives them."""

import numpy as np
import pytest

from neural_network.data.strokes import rasterize
from neural_network.support.errors import InputError

DIAGONAL = [[(0, 0), (3, 3)]]
SQUARE = {"size": 100, "box": (0, 0, 100, 100)}


def ink(picture):
    return picture.sum() / 255


def test_a_line_has_the_area_of_its_length_and_width_with_round_ends():
    picture = rasterize([[(20, 30), (80, 30)]], width=10, **SQUARE)
    assert ink(picture) == pytest.approx(60 * 10 + np.pi * 5**2, rel=0.01)
    assert set(picture[25:35, 50]) == {255}
    assert not picture[:25].any()
    assert not picture[35:].any()


def test_a_slanting_line_is_as_wide_as_a_level_one_and_smooth():
    picture = rasterize([[(20.1, 20.2), (79.9, 65.3)]], width=8, **SQUARE)
    length = np.hypot(59.8, 45.1)
    assert ink(picture) == pytest.approx(length * 8 + np.pi * 4**2, rel=0.01)
    assert len(np.unique(picture)) > 50


def test_points_between_leave_no_seam():
    whole, cut = [[(10, 10), (90, 50)]], [[(10, 10), (30, 20), (50, 30), (90, 50)]]
    assert np.abs(rasterize(whole, **SQUARE).astype(int) - rasterize(cut, **SQUARE)).max() <= 1


def test_a_stroke_of_one_point_is_a_dot():
    assert ink(rasterize([[(50, 50)]], width=20, **SQUARE)) == pytest.approx(np.pi * 10**2, rel=0.01)


def test_without_a_box_the_ink_fills_the_picture_in_any_unit():
    small, large = rasterize(DIAGONAL, size=50, width=6), rasterize([[(1e4, -5e3), (4e4, 2.5e4)]], size=50, width=6)
    assert np.array_equal(small, large)
    assert small.any(axis=0).all()
    assert small.any(axis=1).all()


def test_y_grows_downwards_unless_said_otherwise():
    down = rasterize([[(0, 0), (3, 1)]], size=40)
    assert np.array_equal(rasterize([[(0, 0), (3, 1)]], size=40, y_up=True), down[::-1])
    framed = rasterize([[(2, 9)]], size=10, box=(0, 0, 10, 10), width=2, y_up=True)
    assert framed.argmax() // 10 in (0, 1)


def test_what_lies_outside_of_the_box_is_cut_off():
    assert not rasterize([[(-50, 0), (-30, 400)]], **SQUARE).any()
    assert rasterize([[(-50, 50), (150, 50)]], **SQUARE).any(axis=0).all()


@pytest.mark.parametrize(
    "box", [(0, 0, 0, 0), (0, 0, 0, 5), (1, 2), (0, 0, 1, float("nan")), "abcd", 5, (0, 0, 9, None)]
)
def test_what_is_no_box_is_refused(box):
    with pytest.raises(InputError, match=r"^box must be two opposite corners"):
        rasterize(DIAGONAL, box=box)


@pytest.mark.parametrize("strokes", [[], [[]], [[(1, 2, 3)]], [[(0, float("nan"))]], [["ab"]], [[1, 2]]])
def test_what_are_not_strokes_is_refused(strokes):
    with pytest.raises(InputError, match=r"^(each stroke|strokes) must"):
        rasterize(strokes)
