"""Printed lines: boxes, circles and graph paper around a digit make no difference."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from neural_network.data.lines import remove_frame
from neural_network.data.normalize import normalize
from neural_network.data.strokes import rasterize
from neural_network.data.synthetic import generate

IMAGES = generate(5, 9)[0]


def enlarge(image, times=6):
    size = 28 * times
    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC))


def likeness(one, other):
    """The cosine of the angle between two pictures, of which one may lie a pixel beside the other."""
    one, other = one.astype(float), other.astype(float)
    products = [(one * np.roll(other, (i, j), (0, 1))).sum() for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return max(products) / np.sqrt((one**2).sum() * (other**2).sum())


def place(image, ground, times=6):
    """Write a digit, dark, into the middle of a picture of paper."""
    digit, picture = enlarge(image, times), np.array(ground, np.uint8)
    top, left = ((size - len(digit)) // 2 for size in picture.shape)
    part = picture[top : top + len(digit), left : left + len(digit)]
    np.minimum(part, 255 - digit, out=part)
    return picture


def framed(size=230, inset=24, width=3, grey=0, turned=0.0, shape="rectangle"):
    ground = Image.new("L", (size, size), 255)
    draw, box = ImageDraw.Draw(ground), (inset, inset, size - 1 - inset, size - 1 - inset)
    if shape == "rounded":
        draw.rounded_rectangle(box, 15, outline=grey, width=width)
    else:
        (draw.ellipse if shape == "ellipse" else draw.rectangle)(box, outline=grey, width=width)
    return ground.rotate(turned, Image.Resampling.BICUBIC, fillcolor=255)


FRAMES = {
    "box": {},
    "thin": {"width": 1},
    "thick": {"width": 9},
    "grey": {"grey": 140},
    "turned": {"turned": 6},
    "rounded": {"shape": "rounded"},
    "wide margin": {"size": 330, "inset": 70},
    "at the border": {"size": 200, "inset": 2},
    "circle": {"size": 280, "inset": 12, "shape": "ellipse"},
    "touching": {"size": 200, "inset": 36},
}


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("inverted", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_frame_around_a_digit_is_removed(kind, inverted):
    alike = []
    for image in IMAGES:
        picture = place(image, framed(**FRAMES[kind]))
        result = normalize(255 - picture if inverted else picture).image
        alike.append(likeness(result, normalize(enlarge(image)).image))
    assert np.median(alike) > 0.95
    assert min(alike) > 0.85


def graph_paper(color, spacing, width=1, kind="squared", turned=0.0):
    ground = Image.new("RGB", (520, 520), "white")
    draw = ImageDraw.Draw(ground)
    for place in range(7, 520, spacing):
        if kind == "dots":
            for other in range(7, 520, spacing):
                draw.ellipse((place - width, other - width, place + width, other + width), fill=color)
        else:
            draw.line((0, place, 520, place), fill=color, width=width)
        if kind == "squared":
            draw.line((place, 0, place, 520), fill=color, width=width)
    return ground.rotate(turned, Image.Resampling.BICUBIC, fillcolor="white").convert("L").crop((110, 110, 410, 410))


PAPERS = {
    "pale blue": graph_paper((180, 205, 255), 20),
    "blue": graph_paper((120, 160, 230), 20),
    "fine": graph_paper((180, 205, 255), 10),
    "wide lines": graph_paper((150, 180, 240), 25, 2),
    "turned": graph_paper((180, 205, 255), 20, turned=4),
    "dots": graph_paper((120, 120, 120), 20, 1, "dots"),
    "ruled": graph_paper((120, 160, 230), 30, 1, "ruled"),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_graph_paper_is_not_ink(paper):
    for image in IMAGES:
        assert likeness(normalize(place(image, PAPERS[paper])).image, normalize(enlarge(image)).image) > 0.9


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0, 0), (10, 0), (10, 16), (0, 16), (0, 0)]],  # a square 0
        [[(0, 0), (10, 0), (10, 16), (0, 16), (0, 0)], [(0, 8), (10, 8)]],  # an 8 of seven segments
        [[(5 + 5 * np.sin(a), 8 - 8 * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 40)], [(8, 1), (2, 15)]],  # crossed
        [[(5 + 5 * np.sin(a), 8 - 8 * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 40)], [(5, 8)]],  # dotted
    ],
)
@pytest.mark.parametrize("width", [4, 10, 20])
def test_a_digit_is_not_taken_for_a_frame(strokes, width):
    picture = np.pad(rasterize(strokes, size=160, width=width) / 255, 20)
    assert np.array_equal(remove_frame(picture), picture)
