"""Reading pictures: what cameras, scanners and drawing programs save, as one uint8 array of grey values."""

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from ..errors import InputError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
MOST_PIXELS = 50_000_000  # of a picture that is decoded: a camera's, and not a bomb's


def read_image(source: str | os.PathLike[str] | BinaryIO) -> np.ndarray:
    """Read a picture as grey values: uint8 (height, width), the right way up.

    Colors become their luminance, what is transparent becomes white (or black where all the visible ink is bright),
    16 bits become 8, and the orientation that a camera noted is carried out. Of several frames, the first is read.

    Parameters
    ----------
    source : path or binary file
        Such as "seven.png", or `sys.stdin.buffer`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InputError
        It is not a picture, it is damaged, or it has more than MOST_PIXELS pixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if isinstance(source, str | os.PathLike):
        name, file = str(source), _open(Path(source))
    else:
        name, file = "standard input", io.BytesIO(source.read())
    damaged = (OSError, SyntaxError, ValueError, EOFError)
    with file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata does no harm; bombs are refused just below
        try:
            image = Image.open(file, formats=FORMATS)  # reads the header only
            if image.width * image.height <= MOST_PIXELS:
                return _to_grey(ImageOps.exif_transpose(image))
        except UnidentifiedImageError:
            file.seek(0)
            start = file.read(1000)
            what = "is not a picture" if start else "is empty"
            hint = "; comma-separated numbers are read from a file whose name ends in .csv"
            hint = hint if start.count(b",") > 100 else ""
            raise InputError(f"{name}: {what}; expected a PNG or JPEG file{hint}") from None
        except Image.DecompressionBombError as error:
            raise InputError(f"{name}: has too many pixels, more than {_limit()}; make it smaller first") from error
        except damaged as error:
            raise InputError(f"{name}: is damaged ({error}); save the picture anew as PNG or JPEG") from error
    size = f"{image.width}×{image.height}"
    raise InputError(f"{name}: has {size} pixels, more than {_limit()}; make it smaller first")


def _limit() -> str:
    return f"{MOST_PIXELS / 1_000_000:g} million"


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); expected a PNG or JPEG file") from error


def _to_grey(image: "Image.Image") -> np.ndarray:
    if image.mode.startswith("I") or image.mode == "F":  # 16 or 32 bits: the brightest value becomes white
        values = np.asarray(image, np.float64)
        full = 65535 if values.max() > 255 else 255
        return np.rint(255 * np.clip(values / full, 0, 1)).astype(np.uint8)
    if not image.has_transparency_data:
        return np.asarray(image.convert("L"))
    grey, opacity = (np.asarray(band, np.float64) for band in image.convert("LA").split())
    ink = grey[opacity > 127]
    paper = 0 if ink.size and ink.mean() > 127 else 255
    return np.rint(paper + (grey - paper) * opacity / 255).astype(np.uint8)
