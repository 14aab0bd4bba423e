"""Many small pictures in one, so that a page with thousands of them stays small and opens at once.

The pictures are in one PNG, row by row. A button with `data-images="first count"` opens a dialog with some of them;
report.js cuts them out.
"""

import math
from collections.abc import Iterable

import numpy as np
from markupsafe import Markup

from ...data.resample import to_bytes
from .embed import picture_uri
from .page import render

ACROSS = 64  # pictures in a row of the sprite


class Sprite:
    """Collects pictures and their captions.

    Parameters
    ----------
    pictures : array (m, height, width)
        The pictures that `add` chooses from, with values from 0, paper, to 1, ink.
    """

    def __init__(self, pictures: np.ndarray) -> None:
        self.pictures = pictures
        self.chosen: list[int] = []
        self.captions: list[str] = []

    def add(self, indices: Iterable[int], captions: Iterable[str]) -> tuple[int, int]:
        """Add the pictures of these indices, each with a caption, and return their place and their number."""
        first = len(self.chosen)
        self.chosen.extend(int(index) for index in indices)
        self.captions.extend(captions)
        return first, len(self.chosen) - first

    def render(self) -> Markup:
        """Return the HTML that `make_page` takes as its `sprite`."""
        _, height, width = self.pictures.shape
        rows = max(1, math.ceil(len(self.chosen) / ACROSS))
        tiles = np.zeros((rows * ACROSS, height, width), np.uint8)
        tiles[: len(self.chosen)] = as_paper(self.pictures[self.chosen])
        sheet = tiles.reshape(rows, ACROSS, height, width).swapaxes(1, 2).reshape(rows * height, ACROSS * width)
        layout = {"width": width, "height": height, "across": ACROSS, "captions": self.captions}
        return render("sprite.html", uri=picture_uri(sheet), layout=layout)


def as_paper(pictures: np.ndarray) -> np.ndarray:
    """Return pictures of ink, 0 to 1, as bytes in which paper is 255 and ink 0; other values are clipped."""
    return to_bytes(1 - np.clip(pictures, 0, 1))
