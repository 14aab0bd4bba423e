"""From pictures to MNIST's format: the same digit stays the same however it was drawn, and no digit is no digit."""

import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from neural_network.data.background import find_paper, flatten
from neural_network.data.find_ink import NoDigitError, threshold
from neural_network.data.lines import remove_lines
from neural_network.data.measure_ink import label_pieces, stroke_width
from neural_network.data.normalize import STEPS, SeveralDigitsError, normalize
from neural_network.data.resample import resample, to_bytes
from neural_network.data.strokes import rasterize
from neural_network.data.synthetic import generate
from neural_network.inspection.figures import normalization_steps
from neural_network.support.errors import InputError

TWICE = np.ones((2, 2), np.uint8)
ANGLES = np.linspace(0, 2 * np.pi, 40)
DIGITS = {  # in a box of 1 × 1, y downwards
    0: [[(0.5 + 0.3 * np.sin(a), 0.5 - 0.5 * np.cos(a)) for a in ANGLES]],
    4: [[(0.2, 0.0), (0.1, 0.55), (0.8, 0.5)], [(0.6, 0.1), (0.55, 1.0)]],
    5: [[(0.8, 0.0), (0.3, 0.0), (0.25, 0.4), (0.6, 0.4), (0.75, 0.65), (0.6, 0.95), (0.2, 1.0)]],
    7: [[(0.1, 0.05), (0.75, 0.0), (0.35, 1.0)], [(0.25, 0.5), (0.75, 0.45)]],
}


SOME = [digit if digit in (0, 4) else pytest.param(digit, marks=pytest.mark.slow) for digit in DIGITS]


def draw(digit, *, size=140, height=0.6, middle=(0.5, 0.5), pen=0.06):
    """Draw a digit in a picture: its height as a share of the picture's, the pen's width as a share of that height."""
    strokes = [[(middle[0] + height * (x - 0.5), middle[1] + height * (y - 0.5)) for x, y in s] for s in DIGITS[digit]]
    return rasterize(strokes, size=size, width=pen * height * size, box=(0, 0, 1, 1))


def likeness(one, other):
    """The cosine of the angle between two pictures, 1 where they are the same; one may lie a pixel beside the other."""
    one, other = (sum(np.roll(p.astype(float), s, (0, 1)) for s in np.ndindex(2, 2)) for p in (one, other))  # blurred
    products = [(one * np.roll(other, s, (0, 1))).sum() for s in itertools.product((-1, 0, 1), repeat=2)]
    return max(products) / np.sqrt((one**2).sum() * (other**2).sum())


def on_paper(ink, brightness=200.0, darkness=0.7):
    return np.clip(brightness * (1 - darkness * ink / 255), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("digit", DIGITS)
def test_the_result_is_like_mnist(digit):
    image = normalize(draw(digit)).image
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() > 250
    assert (image == 0).mean() > 0.6
    rows, columns = np.nonzero(image > 60)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=1)
    places, ink = np.arange(28), image / image.sum()
    assert [places @ ink.sum(axis=1), ink.sum(axis=0) @ places] == pytest.approx([14, 14], abs=0.51)
    assert stroke_width(image / 255) == pytest.approx(2.4, rel=0.2)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize(
    "other",
    [
        {"middle": (0.35, 0.62)},
        {"height": 0.2},
        {"height": 0.95, "size": 400},
        {"height": 0.2, "middle": (0.85, 0.12), "size": 280},
        {"pen": 0.02, "size": 280},
        {"pen": 0.11},
        {"size": 28, "pen": 0.1},
        {"size": 900, "height": 0.3},
    ],
    ids=str,
)
def test_place_size_and_pen_do_not_matter(digit, other):
    usual = normalize(draw(digit)).image
    assert likeness(normalize(draw(digit, **other)).image, usual) > 0.9
    assert likeness(normalize(255 - draw(digit, **other)).image, usual) > 0.9


@given(st.sampled_from([np.uint8, np.uint16, np.int64, np.float32, np.float64]), st.floats(0.01, 200), st.booleans())
@settings(max_examples=20, deadline=None)
def test_the_type_and_range_of_the_values_do_not_matter(dtype, factor, inverted):
    picture = draw(5) if not inverted else 255 - draw(5)
    floating = np.issubdtype(dtype, np.floating)
    other = picture.astype(dtype) * dtype(factor) if floating else picture.astype(dtype)
    assert likeness(normalize(other).image, normalize(draw(5)).image) > 0.999


def test_different_digits_stay_different():
    images = [normalize(draw(digit)).image for digit in DIGITS]
    assert max(likeness(a, b) for a, b in itertools.combinations(images, 2)) < 0.85


def light(shape):
    """Brightness that falls to less than half from one corner of the page to the other."""
    y, x = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    return 230 - 80 * x - 50 * y * x


def jpeg(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=30)
    return np.array(Image.open(file))


def ruled(paper, tilt=0.0, every=45):
    y, x = np.mgrid[: paper.shape[0], : paper.shape[1]]
    distance = np.abs((y - 20 - tilt * x + every / 2) % every - every / 2)
    return paper * (1 - 0.4 * np.clip(1.6 - distance, 0, 1))


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("kind", ["uneven light", "noise", "texture", "ruled", "tilted rules", "squared", "all"])
def test_photographs_of_paper_give_the_digit(digit, kind):
    rng = np.random.default_rng(digit)
    ink = draw(digit, size=240, height=0.4, middle=(0.6, 0.45), pen=0.07)
    paper = light(ink.shape) if kind in ("uneven light", "all") else np.full(ink.shape, 210.0)
    if kind in ("ruled", "squared"):
        paper = ruled(paper)
    if kind == "squared":
        paper = ruled(paper.T).T
    if kind in ("tilted rules", "all"):
        paper = ruled(paper, tilt=0.04)
    if kind == "texture":
        paper = paper + 12 * np.sin(np.arange(240) / 3) * np.sin(np.arange(240) / 4)[:, None]
    if kind in ("noise", "all"):
        paper = paper + rng.normal(0, 8, ink.shape)
    photograph = jpeg(on_paper(ink, paper))
    assert likeness(normalize(photograph).image, normalize(draw(digit)).image) > 0.85


EDGES = (0.5, 0), (0.75, -0.4), (0.9, 0)


def shaded(photograph, depth, blur, edge, tilt):
    """Darken what lies right of a slanting line, over a width of `blur` pixels."""
    y, x = np.mgrid[: photograph.shape[0], : photograph.shape[1]]
    beyond = np.clip((x - tilt * y - edge * photograph.shape[1]) / blur + 0.5, 0, 1)
    return photograph * (1 - depth * beyond)


@pytest.mark.parametrize("digit", SOME)
@pytest.mark.parametrize("depth", [0.25, 0.45])
@pytest.mark.parametrize("blur", [2, 12, 60])
@pytest.mark.parametrize(
    ("edge", "tilt"), [(0.3, 0.2), *(pytest.param(*place, marks=pytest.mark.slow) for place in EDGES)]
)
def test_the_edge_of_a_shadow_is_not_taken_for_ink(digit, depth, blur, edge, tilt):
    ink = draw(digit, size=400, height=0.5, pen=0.06)
    paper = shaded(on_paper(ink, 220) + np.random.default_rng(0).normal(0, 4, ink.shape), depth, blur, edge, tilt)
    photograph = jpeg(np.clip(paper, 0, 255).astype(np.uint8))
    for turned in (photograph, photograph[:, ::-1]):
        expected = normalize(draw(digit) if turned is photograph else draw(digit)[:, ::-1]).image
        assert likeness(normalize(turned).image, expected) > 0.9


def test_a_shadow_on_blank_paper_is_no_digit():
    for depth, blur, edge in itertools.product((0.25, 0.45), (2, 12, 60), (0.2, 0.5, 0.8)):
        page = shaded(np.full((300, 300), 220.0) + RNG.normal(0, 4, (300, 300)), depth, blur, edge, 0.2)
        with pytest.raises(NoDigitError):
            normalize(jpeg(page.astype(np.uint8)))


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("margins", [((20, 20), (20, 20)), ((40, 0), (0, 0)), ((30, 0), (30, 0))], ids=str)
def test_a_dark_table_around_the_paper_is_not_the_digit(digit, margins):
    paper = on_paper(draw(digit, size=240, height=0.4, pen=0.07))
    photograph = np.pad(paper, margins, constant_values=40)
    assert likeness(normalize(photograph).image, normalize(draw(digit)).image) > 0.95


def on_desk(paper, desk, margins, turned=0):
    """Lay a page on a desk, turned by some degrees, and photograph it."""
    canvas = Image.new("L", (paper.shape[1] + margins[0] + margins[1], paper.shape[0] + 2 * margins[0]), desk)
    canvas.paste(Image.fromarray(paper), (margins[0], margins[0]))
    photograph = np.array(canvas.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor=desk), float)
    return jpeg(np.clip(photograph + np.random.default_rng(0).normal(0, 4, photograph.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("digit", SOME)
@pytest.mark.parametrize("desk", [40, 120])
@pytest.mark.parametrize(("margins", "turned"), [((100, 100), 0), ((20, 20), 0), ((60, 250), 0), ((60, 90), 12)])
def test_paper_is_found_on_a_desk_that_is_seen_on_all_sides(digit, desk, margins, turned):
    picture = draw(digit, size=500, height=0.5, pen=0.06)
    expected = np.array(Image.fromarray(picture).rotate(turned, expand=True))
    photograph = on_desk(on_paper(picture, 215), desk, margins, turned)
    assert likeness(normalize(photograph).image, normalize(expected).image) > 0.9


@pytest.mark.parametrize("desk", [40, 120])
def test_blank_paper_on_a_desk_is_no_digit(desk):
    with pytest.raises(NoDigitError):
        normalize(on_desk(np.full((500, 500), 215, np.uint8), desk, (150, 150)))


@pytest.mark.parametrize("digit", DIGITS)
def test_bright_ink_is_not_taken_for_paper(digit):
    for pen, height in itertools.product((0.06, 0.25, 0.3), (0.4, 0.7)):
        picture = draw(digit, size=300, height=height, pen=pen)
        assert find_paper(picture / 255).shape == picture.shape


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pen", [0.02, 0.08, 0.12])
def test_a_digit_cut_out_closely_is_not_taken_for_a_table(digit, pen):
    picture = draw(digit, size=200, height=0.7, pen=pen)
    close = picture[picture.any(axis=1)][:, picture.any(axis=0)]
    assert likeness(normalize(close).image, normalize(picture).image) > 0.95


RNG = np.random.default_rng(0)
NO_DIGITS = {
    "white page": np.full((200, 300), 255),
    "black page": np.zeros((28, 28)),
    "uniform noise": RNG.integers(0, 256, (200, 200)),
    "small noise": RNG.random((28, 28)),
    "noisy page": RNG.normal(200, 10, (300, 200)),
    "grains": RNG.random((200, 200)) < 0.02,
    "unevenly lit page": light((200, 300)),
    "ruled page": ruled(np.full((300, 400), 200.0)),
    "one pixel": np.ones((1, 1)),
    "black dot": 255 - np.pad([[255]], 100),
    "blot": on_paper(rasterize([[(50, 50)]], size=100, width=30, box=(0, 0, 100, 100))),
    "compressed page": jpeg(RNG.normal(200, 10, (200, 200)).astype(np.uint8)),
}


@pytest.mark.parametrize("kind", NO_DIGITS)
def test_where_there_is_no_digit_it_says_so(kind):
    with pytest.raises(InputError, match=r"^no digit found in the picture"):
        normalize(NO_DIGITS[kind])


@pytest.mark.parametrize(("left", "right"), [*itertools.product(DIGITS, repeat=2)])
def test_two_digits_side_by_side_are_not_read_as_one(left, right):
    pair = np.hstack([draw(left, height=0.8), draw(right, height=0.8)])
    with pytest.raises(SeveralDigitsError, match="shows 2 digits"):
        normalize(on_paper(pair))


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_one_digit_in_several_strokes_is_no_pair(count):
    strokes = {
        "5": [[(0.3, 0), (0.25, 0.4), (0.6, 0.4), (0.75, 0.65), (0.6, 0.95), (0.2, 1)], [(0.4, 0), (0.9, 0)]],
        "4": [[(0.1, 0), (0.05, 0.55), (0.45, 0.55)], [(0.6, 0.1), (0.6, 1)]],
        "broken 0": [[(0.1, 0.1), (0, 0.5), (0.1, 0.9)], [(0.6, 0.1), (0.7, 0.5), (0.6, 0.9)]],
    }
    for drawn in strokes.values():
        assert normalize(rasterize(drawn, size=200, width=10)).image.any()
    images, _ = generate(count, seed=3)
    for image in images:
        normalize(np.kron(image, np.ones((4, 4))))


@pytest.mark.parametrize("digit", SOME)
@pytest.mark.parametrize("pen", [0.03, 0.06, 0.15])
@pytest.mark.parametrize("place", [(0, 0), (0, 255), (255, 255), (0, 130)])
def test_a_finger_at_the_border_is_no_part_of_the_digit(digit, pen, place):
    picture = on_paper(draw(digit, size=300, height=0.5, pen=pen), 220)
    fingered = picture.copy()
    fingered[place[0] :, place[1] :][:45, :45] = 60
    assert likeness(normalize(jpeg(fingered)).image, normalize(picture).image) > 0.9


def test_the_steps_up_to_the_failure_are_kept():
    with pytest.raises(NoDigitError) as caught:
        normalize(NO_DIGITS["noisy page"])
    assert [name for name, _ in caught.value.steps] == ["find_paper", "add_margin", "flatten", "invert"]
    with pytest.raises(NoDigitError) as caught:
        normalize(NO_DIGITS["white page"])
    assert caught.value.steps == []


def test_the_figure_of_the_steps_has_frames_and_level_titles():
    wide = np.full((50, 100), 255, np.uint8)
    figure = normalization_steps([("flatten", wide / 255), ("crop", np.ones((80, 20)))], wide)
    figure.draw_without_rendering()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["0. original", "1. flatten", "2. crop"]
    assert len({round(axes.title.get_window_extent().y0) for axes in figure.axes}) == 1
    assert all(spine.get_visible() for axes in figure.axes for spine in axes.spines.values())
    assert len(normalization_steps([("flatten", np.ones((9, 9)))]).axes) == 1
    with pytest.raises(InputError, match="steps is empty"):
        normalization_steps([])


def test_noise_cut_in_two_is_not_taken_for_ink_and_paper():
    for noise in (RNG.random((99, 99)), np.clip(RNG.normal(0, 0.1, (99, 99)), 0, 1)):
        with pytest.raises(InputError, match="no ink stands out"):
            threshold(noise)


@pytest.mark.parametrize("picture", [np.zeros((9, 9, 3)), np.zeros(9), np.zeros((0, 9)), np.full((9, 9), "a")])
def test_what_is_not_a_grey_picture_is_refused(picture):
    with pytest.raises(InputError, match="image must be a grey picture"):
        normalize(picture)
    with pytest.raises(InputError, match="image must hold finite numbers"):
        normalize(np.full((9, 9), np.nan))


def test_a_small_picture_is_enlarged_without_becoming_soft():
    enlarged = dict(normalize(draw(0, size=28, pen=0.12)).steps)["crop"]
    assert max(enlarged.shape) == 80
    assert ((enlarged > 0.1) & (enlarged < 0.9)).mean() < 0.15


@pytest.mark.parametrize("width", [4, 8])
def test_a_picture_cut_close_around_a_digit_keeps_its_bars(width):
    # Its bar goes from border to border, as rules do.
    seven = rasterize([[(0, 0), (10, 0), (4, 14)]], size=200, width=width)
    close = seven[:, seven.any(axis=0)]
    assert likeness(normalize(close).image, normalize(np.pad(close, 40)).image) > 0.95


def test_ink_that_crosses_a_ruled_line_stays():
    pen = np.zeros((100, 100))
    pen[20:80, 45:52] = 1
    line = np.zeros((100, 100))
    line[60:62] = 1
    assert np.array_equal(remove_lines(np.maximum(pen, line)), pen)


@pytest.mark.parametrize("lean", [0, 0.04])
@pytest.mark.parametrize("width", [2, 5])
def test_a_single_stroke_from_edge_to_edge_is_a_1(width, lean):
    rows, columns = np.mgrid[:140, :140]
    ink = 255.0 * (np.abs(columns - 70 - lean * (rows - 70)) < width / 2)
    stroke = normalize(on_paper(ink)).image
    assert likeness(stroke, normalize(on_paper(np.pad(ink, 40))).image) > 0.95
    with pytest.raises(NoDigitError, match=r"no ink is left after the step 'remove lines'; write one digit"):
        normalize(on_paper(ink.T))


@pytest.mark.parametrize("tilt", [0.0, 0.03])
@pytest.mark.parametrize("paper", [np.full((300, 400), 200.0), light((300, 400)), light((1200, 900))], ids=np.shape)
def test_nothing_is_left_of_an_empty_ruled_sheet(paper, tilt):
    with pytest.raises(NoDigitError, match="no ink is left after the step 'remove lines'") as caught:
        normalize(ruled(paper, tilt, every=paper.shape[0] / 13))
    assert not caught.value.steps[-1].picture.any()


def test_the_light_is_evened_out_whatever_lies_on_the_paper():
    paper = light((100, 120)) / 255
    ink = np.zeros((100, 120), bool)
    ink[55:95, 70:110] = True  # much ink, all on one side
    even = flatten(np.where(ink, 0.3 * paper, paper))
    assert even[~ink].std() < 0.01
    assert even[ink].max() < even[~ink].min() - 0.2


@pytest.mark.parametrize(("size", "pen"), [(600, 0.008), (280, 0.02), (280, 0.05), (280, 0.25), (30, 0.1)])
def test_strokes_become_as_wide_and_as_bright_as_those_of_mnist(size, pen):
    image = normalize(draw(0, size=size, pen=pen)).image
    assert stroke_width(image / 255) == pytest.approx(2.4, rel=0.15)
    assert np.median(image[14, image[14] > 128]) > 230


def test_specks_beside_the_digit_are_left_out():
    picture = draw(5)
    picture[5:9, 5:9] = picture[130:133, 100:104] = 255
    assert likeness(normalize(picture).image, normalize(draw(5)).image) > 0.99


def test_every_step_shows_its_picture_and_can_be_left_out():
    strokes = [[(60 + 60 * x, 20 + 60 * y) for x, y in stroke] for stroke in DIGITS[5]]
    picture = on_paper(rasterize(strokes, size=150, width=3, box=(0, 0, 150, 150)), ruled(light((150, 150)) / 4 + 150))
    picture[140:142, 20:22] = 60
    picture = 255 - picture  # chalk on a board, which can be read without inverting it
    whole = normalize(picture)
    assert [name for name, _ in whole.steps] == list(STEPS)
    for _, shown in whole.steps:
        assert shown.ndim == 2
        assert shown.min() >= 0
        assert shown.max() <= 1 + 1e-9
    for step in STEPS:
        without = normalize(picture, [name for name in STEPS if name != step])
        assert without.image.shape == (28, 28)
        assert [name for name, _ in without.steps] == [name for name in STEPS if name != step]
        if step not in ("find_paper", "add_margin", "remove_frame"):  # which have nothing to do here
            assert not np.array_equal(without.image, whole.image), f"{step} did nothing"


def test_without_any_step_the_picture_only_becomes_28_by_28():
    picture = np.kron(np.eye(28, dtype=np.uint8) * 255, np.ones((2, 2), np.uint8))
    image, steps = normalize(picture, [])
    assert steps == []
    assert image.argmax(axis=1).tolist() == list(range(28))


def test_an_unknown_step_is_named():
    with pytest.raises(InputError, match="unknown step 'deskew'; the steps are: find_paper, add_margin, flatten"):
        normalize(draw(5), ["crop", "deskew"])


def test_stroke_width_is_that_of_the_pen():
    for width in (2.0, 4.5, 9.0):
        picture = rasterize(DIGITS[0], size=200, width=width, box=(-0.2, -0.2, 1.2, 1.2)) / 255
        assert stroke_width(picture) == pytest.approx(width, rel=0.1)


@given(st.lists(st.booleans(), min_size=64, max_size=64))
@settings(deadline=None)
def test_pieces_are_those_that_a_flood_finds(bits):
    ink = np.array(bits).reshape(8, 8)
    pieces = label_pieces(ink)
    assert np.array_equal(pieces > 0, ink)
    expected, seen = 0, set()
    for start in zip(*np.nonzero(ink), strict=True):
        if start in seen:
            continue
        expected += 1
        flood, todo = {start}, [start]
        while todo:
            row, column = todo.pop()
            for near in itertools.product((row - 1, row, row + 1), (column - 1, column, column + 1)):
                if near not in flood and min(near) >= 0 and max(near) < 8 and ink[near]:
                    flood.add(near)
                    todo.append(near)
        assert len({pieces[place] for place in flood}) == 1
        seen |= flood
    assert pieces.max(initial=0) == expected


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("size", [8, 12])
def test_tiny_pictures_that_a_digit_fills_are_read(size, inverted):
    alike = []
    for image in generate(15, 6)[0]:
        top, bottom = np.flatnonzero(image.any(axis=1))[[0, -1]]
        tiny = to_bytes(resample(image[top : bottom + 1] / 255, (size, size)))
        alike.append(
            likeness(normalize(255 - tiny if inverted else tiny).image, normalize(np.kron(image, TWICE)).image)
        )
    assert np.median(alike) > 0.8


@pytest.mark.parametrize("inverted", [False, True])
def test_a_soft_edged_digit_that_is_cut_out_closely_is_read(inverted):
    for image in generate(10, 12)[0]:
        soft = np.asarray(Image.fromarray(image).resize((168, 168), Image.Resampling.BICUBIC))
        rows, columns = (np.flatnonzero((soft > 30).any(axis=axis)) for axis in (1, 0))
        close = soft[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert likeness(normalize(255 - close if inverted else close).image, normalize(soft).image) > 0.95
