"""Reading pictures: what cameras, scanners and drawing programs save, as one uint8 array of grey values."""

import contextlib
import io
import os
import struct
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ..support.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = {  # of the pictures that are read, by Pillow's names, with the suffixes of their files
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
OTHERS = {  # the formats that are not read, with the bytes that their files begin with, after any four or none
    "HEIC": (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1"),
    "AVIF": (b"ftypavi",),
    "JPEG XL": (b"JXL ", b"\xff\x0a"),
    "SVG": (b"<svg",),
    "PDF": (b"%PDF",),
    "Photoshop": (b"8BPS",),
}
SUFFIXES = {*sum(FORMATS.values(), ()), ".heic", ".heif", ".avif", ".jxl", ".svg", ".psd"}  # of files that are pictures
MAX_PIXELS = 50_000_000  # of a picture that is decoded: a camera's have fewer, a decompression bomb more
# A picture may take FREE_BYTES of memory as Pillow decodes it (a page of A4 in color, at 300 dpi, takes 35 million), or
# LARGEST_RATIO times the size of its file: a picture that claims more is a decompression bomb.
FREE_BYTES, LARGEST_RATIO = 40_000_000, 40
LARGEST_STREAM = 2**26  # bytes of standard input
ORIENTATION = 0x0112  # the tag in which cameras record how they were held
TILE = 2**18  # pixels that are converted to grey at a time


class NotAPictureError(InputError):
    """A file is no picture in any format that is known by its first bytes."""


def read_image(source: str | os.PathLike[str] | BinaryIO, *, enough: int | None = None) -> np.ndarray:
    """Read a picture as grey values: uint8 (height, width), the right way up.

    Colors become their luminance, what is transparent becomes white (or black where all the visible ink is bright),
    16 bits become 8, and the picture is turned as the camera recorded. Of several frames, the first is read.

    Parameters
    ----------
    source : path or binary file
        Such as "seven.png", or `sys.stdin.buffer`.
    enough : int, optional
        Pixels of the longer side that are enough: a larger picture is made smaller, to less than twice as many.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InputError
        It is not a picture, it is damaged, it has more than MAX_PIXELS pixels, or takes far more memory than its file.
    """
    from PIL import Image, UnidentifiedImageError

    if isinstance(source, str | os.PathLike):
        name, file = str(source), _open(Path(source))
    else:
        name, file = "standard input", io.BytesIO(source.read(LARGEST_STREAM))
    damaged = (OSError, SyntaxError, ValueError, EOFError, struct.error)
    with file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata does no harm; bombs are refused just below
        try:
            image = Image.open(file, formats=tuple(FORMATS))  # reads the header only
            _check_size(image, file.seek(0, io.SEEK_END), name)
            if enough and image.format == "JPEG":
                width, height = (1 + size * enough // max(image.size) for size in image.size)
                image.draft(None, (width, height))
            with _silent_libtiff() if image.format == "TIFF" else contextlib.nullcontext():
                image.load()
            return _upright(_to_grey(image), image, enough)
        except InputError:
            raise
        except UnidentifiedImageError:
            file.seek(0)
            raise _why_unread(name, file.read(1000)) from None
        except Image.DecompressionBombError as error:
            raise InputError(f"{name}: has too many pixels, more than {_limit()}; make it smaller first") from error
        except damaged as error:
            raise InputError(f"{name}: is damaged ({error}); save the picture anew as PNG or JPEG") from error


def _why_unread(name: str, start: bytes) -> InputError:
    """Return the error that says what a file that begins with these bytes is, and what to do with it."""
    for form, beginnings in OTHERS.items():
        if start.startswith(beginnings) or start[4:].startswith(beginnings) or (form == "SVG" and b"<svg" in start):
            hint = " (on an iPhone: Settings, Camera, Formats, Most Compatible)" if form == "HEIC" else ""
            what = f"is a picture in the format {form}, which is not read"
            return InputError(f"{name}: {what}; save it as JPEG or PNG{hint}")
    if not start:
        return InputError(f"{name}: is empty; expected a PNG or JPEG file")
    hint = "; comma-separated numbers are read from a file whose name ends in .csv"
    hint = hint if start.count(b",") > 100 else ""
    return NotAPictureError(f"{name}: is not a picture; expected a PNG or JPEG file{hint}")


def _check_size(image: "Image.Image", file_size: int, name: str) -> None:
    """Refuse a picture whose header claims too many pixels, or too much memory for a file of this size."""
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        size = f"{image.width}×{image.height}"
        raise InputError(f"{name}: has {size} pixels, more than {_limit()}; make it smaller first")
    # Bytes for each pixel in Pillow; for a progressive JPEG file, libjpeg keeps all coefficients as well.
    if image.format == "JPEG":
        each = 6 if "progressive" in image.info else 0
    else:
        each = 1 if image.mode in ("1", "L", "P") else 4
    each *= 1 + (image.format == "WEBP")  # its decoder has a second copy
    if each * pixels > max(FREE_BYTES, LARGEST_RATIO * file_size):
        raise InputError(
            f"{name}: its {file_size} bytes claim to hold {image.width}×{image.height} pixels; make it smaller first"
        )


@contextlib.contextmanager
def _silent_libtiff() -> Iterator[None]:
    """Keep libtiff from writing its own messages about damaged files to standard error."""
    usual, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(usual, 2)
        os.close(usual)
        os.close(nowhere)


def _limit() -> str:
    return f"{MAX_PIXELS / 1_000_000:g} million"


def _open(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
        if file.seekable():
            return file
        with file:  # a pipe, as in `predict RUN <(cat one.png)`
            return io.BytesIO(file.read(LARGEST_STREAM))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; name its pictures, as in {path}/*.png") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); expected a PNG or JPEG file") from error


def _to_grey(image: "Image.Image") -> np.ndarray:
    """Return the grey values of a picture, made tile by tile: floats for all pixels would take too much memory."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 or 32 bits: the brightest value becomes white
        full = 65535 if max(np.asarray(image.crop(box)).max() for box in _tiles(image)) > 255 else 255
        return _by_tiles(image, lambda tile: 255 * np.clip(np.asarray(tile, np.float64) / full, 0, 1))
    if not image.has_transparency_data:
        return _by_tiles(image, lambda tile: np.asarray(tile.convert("L")))
    count, total = 0, 0.0
    for box in _tiles(image):
        grey, opacity = _grey_and_opacity(image.crop(box))
        ink = grey[opacity > 127]
        count, total = count + ink.size, total + float(ink.sum())
    paper = 0 if total > 127 * count else 255

    def on_paper(tile: "Image.Image") -> np.ndarray:
        grey, opacity = _grey_and_opacity(tile)
        return paper + (grey - paper) * opacity / 255

    return _by_tiles(image, on_paper)


def _tiles(image: "Image.Image") -> Iterator[tuple[int, int, int, int]]:
    """Return the (left, top, right, bottom) of pieces of at most TILE pixels."""
    width = min(image.width, TILE)
    height = TILE // width
    for top in range(0, image.height, height):
        for left in range(0, image.width, width):
            yield left, top, min(left + width, image.width), min(top + height, image.height)


def _by_tiles(image: "Image.Image", to_grey: "Callable[[Image.Image], np.ndarray]") -> np.ndarray:
    """Return the results of `to_grey` for all tiles, rounded, in one array."""
    grey = np.empty((image.height, image.width), np.uint8)
    for left, top, right, bottom in _tiles(image):
        grey[top:bottom, left:right] = np.rint(to_grey(image.crop((left, top, right, bottom))))
    return grey


def _grey_and_opacity(tile: "Image.Image") -> tuple[np.ndarray, np.ndarray]:
    grey, opacity = (np.asarray(band, np.float64) for band in tile.convert("LA").split())
    return grey, opacity


def _upright(grey: np.ndarray, image: "Image.Image", enough: int | None) -> np.ndarray:
    """Return the grey values of `image` the right way up, made smaller where a part of them is enough."""
    from PIL import Image, ImageOps

    orientation = image.getexif().get(ORIENTATION)
    if enough and max(grey.shape) >= 2 * enough:
        image = Image.fromarray(grey).reduce(max(grey.shape) // enough)
        grey = np.asarray(image)
    if orientation in range(2, 9):
        turned = Image.fromarray(grey)
        turned.getexif()[ORIENTATION] = orientation
        grey = np.asarray(ImageOps.exif_transpose(turned))
    return grey
