"""From the path of a pen to an image of MNIST's form.

The ink is scaled into a box of 20x20 pixels with its proportions kept, drawn with soft edges, and moved by whole pixels
so that its center of mass lies at the center of 28x28.
"""

import numpy as np
from numpy.typing import NDArray

from ..dataset import BOX, SIDE
from .splines import Floats

Images = NDArray[np.uint8]

REACH = 3  # the radius in pixels of the thickest pen; a dot of ink lies within 2 * REACH + 1 pixels each way


def fit(path: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Scale paths and radii to pixels so that the ink's larger side is that of the box, in the middle of the image."""
    low = (path - radius[..., None]).min(axis=1)
    high = (path + radius[..., None]).max(axis=1)
    scale = BOX / (high - low).max(axis=1)[:, None]
    middle = ((low + high) / 2)[:, None]
    return (path - middle) * scale[..., None] + SIDE / 2, np.minimum(radius * scale, REACH)


def draw(path: Floats, radius: Floats) -> Images:
    """Return the inked paths, given in pixels: every sample is a round dot, and a pixel shows its darkest dot."""
    count, samples = radius.shape
    width = SIDE + 2 * REACH  # of the canvas: the windows of dots at the edge need room
    x, y = path.reshape(-1, 2).T.astype(np.float32)
    left, top = np.floor(x).astype(np.int32) - REACH, np.floor(y).astype(np.int32) - REACH

    # A window of pixels around each dot. The dots are the last axis: loops over long axes are fast.
    step = np.arange(2 * REACH + 1, dtype=np.int32)[:, None]
    across, down = (((start + step) + (0.5 - z)).astype(np.float32) for start, z in ((left, x), (top, y)))
    distance = np.sqrt((down * down)[:, None] + across * across)
    cover = np.clip(radius.ravel().astype(np.float32) + np.float32(0.5) - distance, 0, 1)
    shade = (255 * cover + np.float32(0.5)).astype(np.uint8)

    image = np.repeat(np.arange(count), samples)
    corner = (image * width + top + REACH) * width + left + REACH
    canvas = np.zeros(count * width * width, np.uint8)
    np.maximum.at(canvas, (corner + width * step[:, None] + step).ravel(), shade.ravel())
    return canvas.reshape(count, width, width)[:, REACH:-REACH, REACH:-REACH]


def center(images: Images) -> Images:
    """Move the images by whole pixels so that their centers of mass come within half a pixel of the index 14."""
    mass = images.sum(axis=(1, 2), dtype=np.int64)
    index = np.arange(SIDE)
    down, right = (
        ((SIDE + 1) * mass - 2 * (images.sum(axis=axis, dtype=np.int64) @ index)) // (2 * mass) for axis in (2, 1)
    )  # floor(1/2 + 14 - mean index) in whole numbers
    # What comes in from outside is the image's border, which is blank; what little goes out is lost.
    y, x = (np.clip(index - shift[:, None], 0, SIDE - 1) for shift in (down, right))
    return images[np.arange(len(images))[:, None, None], y[:, :, None], x[:, None, :]]
