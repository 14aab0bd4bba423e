"""Reading pictures: saved in many ways, it is the same grey picture; what is no picture gets one clear line."""

import io
import os
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageOps, JpegImagePlugin

from neural_network.data import images
from neural_network.data.images import read_image
from neural_network.support.errors import InputError

GREY = np.add.outer(np.arange(0, 120, 10), np.arange(0, 136, 17)).astype(np.uint8)  # (12, 8), 0 to 229


def saved(picture, path, **options):
    picture.save(path, **options)
    return path


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_grey_survives_every_mode_of_png(tmp_path, mode):
    assert np.array_equal(read_image(saved(Image.fromarray(GREY).convert(mode), tmp_path / "a.png")), GREY)


def test_sixteen_bits_become_eight(tmp_path):
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    assert np.array_equal(read_image(saved(deep, tmp_path / "a.png")), GREY)


@pytest.mark.parametrize(
    ("values", "grey"),
    [
        (range(256), range(256)),  # 8 bits in a wide picture
        ([0, 256], [0, 1]),
        ([65406, 65407], [254, 255]),  # 254.498 and 254.502
    ],
)
def test_wide_values_become_the_nearest_grey(tmp_path, values, grey):
    wide = Image.fromarray(np.array([values], np.uint16))
    assert read_image(saved(wide, tmp_path / "a.png")).tolist() == [list(grey)]


def test_real_values_beyond_both_ends_are_black_and_white(tmp_path):
    real = Image.fromarray(np.array([[-30000, 0, 65535, 1e6]], np.float32))
    assert read_image(saved(real, tmp_path / "a.tiff")).tolist() == [[0, 0, 255, 255]]


def test_one_bit_is_black_and_white(tmp_path):
    bits = GREY > 100
    assert np.array_equal(read_image(saved(Image.fromarray(bits), tmp_path / "a.png")), 255 * bits.astype(np.uint8))


def test_colors_become_their_luminance(tmp_path):
    red, green, blue = (
        read_image(saved(Image.new("RGB", (2, 2), c), tmp_path / "a.png"))[0, 0] for c in ("red", "lime", "blue")
    )
    assert (red, green, blue) == (76, 150, 29)  # 0.299, 0.587 and 0.114 of 255 (ITU-R BT.601)


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_what_is_transparent_is_the_paper_that_the_ink_is_seen_on(tmp_path, ink, paper):
    pixels = np.zeros((9, 9, 2), np.uint8)
    pixels[2:7, 4] = ink, 255
    expected = np.where(pixels[:, :, 1] > 0, ink, paper)
    assert np.array_equal(read_image(saved(Image.fromarray(pixels, "LA"), tmp_path / "a.png")), expected)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        ([[0, 51], [0, 0]], [204, 255]),  # a fifth of the way from white to black
        ([[100, 100], [0, 0]], [194, 255]),  # 255 - 155 · 100 / 255 = 194.2
        ([[127, 255], [0, 0]], [127, 255]),
        ([[128, 255], [0, 0]], [128, 0]),  # bright, so on black
        ([[255, 128], [0, 0]], [128, 0]),
        ([[0, 128], [255, 127], [255, 127]], [127, 255, 255]),  # what is hardly visible is no ink
    ],
)
def test_paper_and_ink_by_hand(tmp_path, pixels, expected):
    picture = Image.fromarray(np.array([pixels], np.uint8), "LA")
    assert read_image(saved(picture, tmp_path / "a.png")).tolist() == [expected]


def test_a_camera_held_upright_gives_an_upright_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the orientation tag: turn by 90 degrees clockwise to see the picture upright
    path = saved(Image.fromarray(GREY), tmp_path / "a.jpg", exif=exif, quality=100)
    assert np.abs(read_image(path).astype(int) - np.rot90(GREY, -1)).max() <= 3


def test_a_stream_is_read_like_a_file():
    file = io.BytesIO()
    Image.fromarray(GREY).save(file, "PNG")
    assert np.array_equal(read_image(io.BytesIO(file.getvalue())), GREY)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n then nonsense", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png: is (not a picture|damaged|empty)") as error:
        read_image(path)
    assert "\n" not in str(error.value)


def test_a_picture_that_is_cut_off_is_refused(tmp_path):
    path = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (99, 99), np.uint8)), tmp_path / "a.png")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"a\.png: is damaged"):
        read_image(path)


@pytest.mark.parametrize("form", ["PCX", "TGA"])
def test_formats_that_few_use_are_not_opened(tmp_path, form):
    path = saved(Image.fromarray(GREY), tmp_path / "a", format=form)
    with pytest.raises(InputError, match="a: is not a picture"):
        read_image(path)


def test_pillows_warnings_are_not_passed_on(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 95)  # for one more it warns, and pytest makes errors of warnings
    assert np.array_equal(read_image(saved(Image.fromarray(GREY), tmp_path / "a.png")), GREY)


def test_a_decompression_bomb_is_refused_unopened(tmp_path, monkeypatch):
    path = saved(Image.fromarray(GREY), tmp_path / "a.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 96)
    assert read_image(path).shape == (12, 8)
    monkeypatch.setattr(images, "MAX_PIXELS", 95)
    with pytest.raises(InputError, match=r"a\.png: has 8×12 pixels, more than"):
        read_image(path)


def test_far_too_many_pixels_are_not_called_damage(tmp_path, monkeypatch):
    path = saved(Image.fromarray(GREY), tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)  # Pillow refuses twice as many by itself
    with pytest.raises(InputError, match=r"a\.png: has too many pixels, more than 50 million; make it smaller first"):
        read_image(path)


def test_an_empty_stream_says_so():
    with pytest.raises(InputError, match=r"^standard input: is empty; expected a PNG or JPEG file"):
        read_image(io.BytesIO())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"b\.png: no such file"):
        read_image(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"is a folder; name its pictures, as in .*/\*\.png"):
        read_image(tmp_path)


def costing(bytes_a_pixel, form="PNG", mode="RGB", **info):
    """What `_check_size` looks at of a picture of 24 × 10 pixels, and what it should count for a pixel."""
    return SimpleNamespace(format=form, mode=mode, info=info, width=24, height=10), bytes_a_pixel


@pytest.mark.parametrize(
    ("picture", "each"),
    [
        costing(1, mode="1"),
        costing(1, mode="L"),
        costing(1, mode="P"),
        costing(4),
        costing(2, "WEBP", "L"),
        costing(8, "WEBP"),
        costing(6, "JPEG", progressive=1),
    ],
)
def test_a_picture_may_take_so_many_bytes_or_so_many_times_its_files(monkeypatch, picture, each):
    for free, ratio, size, fits in (
        (240 * each, 0, 1000, True),
        (240 * each - 1, 0, 1000, False),
        (0, each, 240, True),
        (0, each, 239, False),
    ):
        monkeypatch.setattr(images, "FREE_BYTES", free)
        monkeypatch.setattr(images, "LARGEST_RATIO", ratio)
        message = f"^a: its {size} bytes claim to hold 24×10 pixels; make it smaller first$"
        with nullcontext() if fits else pytest.raises(InputError, match=message):
            images._check_size(picture, size, "a")


def test_a_plain_jpeg_is_decoded_line_by_line_and_takes_nothing(monkeypatch):
    monkeypatch.setattr(images, "FREE_BYTES", 0)
    images._check_size(costing(0, "JPEG")[0], 1, "a")


def test_a_pictures_claim_is_compared_with_its_files_size(tmp_path, monkeypatch):
    path = saved(Image.fromarray(GREY), tmp_path / "a.png")
    monkeypatch.setattr(images, "FREE_BYTES", 0)
    monkeypatch.setattr(images, "LARGEST_RATIO", 0)
    with pytest.raises(InputError, match=rf"^[^(]*a\.png: its {path.stat().st_size} bytes claim to hold 8×12 pixels"):
        read_image(path)


@pytest.mark.parametrize(
    ("tile", "boxes"),
    [
        (24, [(0, 0, 8, 3), (0, 3, 8, 6), (0, 6, 8, 9), (0, 9, 8, 10)]),
        (11, [(0, row, 8, row + 1) for row in range(10)]),
        (5, [(left, row, right, row + 1) for row in range(10) for left, right in ((0, 5), (5, 8))]),
    ],
)
def test_tiles_have_as_many_pixels_as_fit(monkeypatch, tile, boxes):
    monkeypatch.setattr(images, "TILE", tile)
    assert list(images._tiles(SimpleNamespace(width=8, height=10))) == boxes


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("tile", [1, 5, 8, 24])
@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "wide"])
def test_a_picture_is_the_same_whatever_its_tiles(tmp_path, monkeypatch, mode, tile, ink):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (12, 8, 2), np.uint8)
    pixels[2:, :, 0] = ink  # most of it; the upper rows have any grey
    wide = np.full((12, 8), 200, np.uint16)
    wide[-1, -1] = 60000
    picture = Image.fromarray(wide) if mode == "wide" else Image.fromarray(pixels, "LA").convert(mode)
    path = saved(picture, tmp_path / "a.png")
    whole = read_image(path)
    monkeypatch.setattr(images, "TILE", tile)
    assert np.array_equal(read_image(path), whole)


@pytest.mark.parametrize("orientation", range(11))
def test_every_orientation_is_what_pillow_makes_of_it(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(Image.fromarray(GREY), tmp_path / "a.png", exif=exif)
    with Image.open(path) as image:
        assert np.array_equal(read_image(path), np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize(
    ("enough", "shape", "expected"),
    [
        (4, (3, 2), (3, 2)),
        (4, (7, 5), (7, 5)),
        (4, (8, 4), (4, 2)),
        (4, (4, 8), (2, 4)),
        (4, (11, 4), (6, 2)),
        (4, (20, 8), (4, 2)),
        (1, (2, 2), (1, 1)),
    ],
)
def test_a_picture_is_made_smaller_to_less_than_twice_what_is_enough(tmp_path, enough, shape, expected):
    path = saved(Image.fromarray(np.full(shape, 77, np.uint8)), tmp_path / "a.png")
    assert read_image(path, enough=enough).tolist() == np.full(expected, 77).tolist()
    assert read_image(path).shape == shape


def test_a_photograph_is_decoded_no_larger_than_it_needs_to_be(tmp_path, monkeypatch):
    asked, draft = [], JpegImagePlugin.JpegImageFile.draft
    monkeypatch.setattr(
        JpegImagePlugin.JpegImageFile, "draft", lambda self, mode, size: asked.append(size) or draft(self, mode, size)
    )
    path = saved(Image.new("L", (63, 32)), tmp_path / "a.jpg")
    assert read_image(path, enough=8).shape == (4, 8)
    assert asked == [(9, 5)]
    assert read_image(path).shape == (32, 63)
    assert asked == [(9, 5)]


def free_descriptors():
    """The lowest four numbers that a file which is opened now would get."""
    descriptors = [os.dup(2) for _ in range(4)]
    for descriptor in descriptors:
        os.close(descriptor)
    return descriptors


def test_libtiff_says_nothing_of_its_own_and_nothing_stays_open(tmp_path, capfd):
    path = saved(Image.fromarray(np.tile(GREY, (9, 9))), tmp_path / "a.tiff", compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[8:40] = b"\xff" * 32
    path.write_bytes(content)
    before = free_descriptors()
    with pytest.raises(InputError, match=r"a\.tiff: is damaged"):
        read_image(path)
    assert capfd.readouterr().err == ""
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"
    assert free_descriptors() == before


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"," * 101, True),
        (b"x" + b"," * 100, False),
        (b"," * 100 + b"x" * 899 + b",", True),  # the 1000th byte
        (b"," * 100 + b"x" * 900 + b",", False),
    ],
)
def test_numbers_are_told_how_they_are_read(tmp_path, content, numbers):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InputError, match="is not a picture") as error:
        read_image(tmp_path / "a")
    assert str(error.value).endswith("whose name ends in .csv") is numbers


def test_no_more_of_a_stream_is_read_than_a_picture_may_have(monkeypatch):
    file = io.BytesIO()
    Image.fromarray(GREY).save(file, "PNG")
    monkeypatch.setattr(images, "LARGEST_STREAM", file.tell() // 2)
    stream = io.BytesIO(file.getvalue())
    with pytest.raises(InputError, match="standard input: is not a picture"):
        read_image(stream)
    assert stream.tell() == file.tell() // 2
