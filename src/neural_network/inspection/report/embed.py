"""Pictures in the page itself, as data URIs."""

import base64
import io

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from ..figures.saving import no_glyph_warnings
from ..figures.style import house_style
from .page import render

DPI = 150  # 1080 pixels for a figure as wide as a page: sharp on a phone, and fair on paper


def picture_uri(pixels: np.ndarray) -> str:
    """Return pixels, uint8 (height, width) or (height, width, 3), as the data URI of a PNG, with at most 256 colors."""
    image = Image.fromarray(pixels)
    return _uri(image if image.mode == "L" else _with_few_colors(image))


def embed_figure(figure: Figure, name: str, title: str, alt: str, caption: str) -> Markup:
    """Return a matplotlib figure as HTML.

    Parameters
    ----------
    name : str
        The end of its address, as in report.html#figure-NAME.
    title, caption : str
        The words above and below it.
    alt : str
        A description for people who do not see it.
    """
    image = _drawn(figure)
    return render("figure.html", name=name, title=title, alt=alt, caption=caption, uri=_uri(image), size=image.size)


@house_style()
def _drawn(figure: Figure) -> Image.Image:
    file = io.BytesIO()
    with no_glyph_warnings():
        figure.savefig(file, format="png", dpi=DPI)
    return _with_few_colors(Image.open(file).convert("RGB"))


def _with_few_colors(image: Image.Image) -> Image.Image:
    """Return an image in up to 256 colors: lines and color maps need no more, in a third of the bytes.

    They minimize the largest error, not the mean one: otherwise the rare ends of a color map would turn grey.
    """
    colors = len(image.getcolors(256) or range(256))  # None where it has more: a small picture needs no long palette
    return image.quantize(colors, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def _uri(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
