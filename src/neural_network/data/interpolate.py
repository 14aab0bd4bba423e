"""What an image shows between its pixels."""

import numpy as np


def bilinear(images: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return images (m, height, width) at `sources`, float32 (m, 2, height, width), which are overwritten.

    A value between pixels is a weighted mean of the four around it, and outside an image all is 0.
    """
    m, height, width = images.shape
    padded = np.zeros((m, height + 3, width + 3), images.dtype)  # zeros around, so that all four neighbors exist
    padded[:, 1:-2, 1:-2] = images
    for axis, size in enumerate((height, width)):
        np.clip(sources[:, axis], -1, size, out=sources[:, axis])
    corners = np.floor(sources)
    sources -= corners
    down, right = sources[:, 0], sources[:, 1]  # fractions of a pixel from the upper left neighbor

    stride = width + 3
    upper_left = (corners[:, 0] * stride + corners[:, 1]).astype(np.intp)
    upper_left += np.arange(stride + 1, padded.size, padded[0].size)[:, None, None]
    pixels = padded.ravel()
    upper = _between(pixels.take(upper_left), pixels[1:].take(upper_left), right)
    lower = _between(pixels[stride:].take(upper_left), pixels[stride + 1 :].take(upper_left), right)
    return _between(upper, lower, down)


def _between(a: np.ndarray, b: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    """Return a + fraction (b - a), written over `b`: exactly `a` where the fraction is 0."""
    b -= a
    b *= fraction
    b += a
    return b


def cubic(images: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return what `bilinear` does, sharper and more slowly: the images are first made twice as fine.

    A place in the middle between two pixels has the value of the cubic polynomial through these and their neighbors.
    """
    for axis in (1, 2):
        a, b, c, d = (_moved(images, axis, by) for by in (-1, 0, 1, 2))
        shape = list(images.shape)
        shape[axis] *= 2
        images = np.stack([b, (9 * (b + c) - (a + d)) / 16], axis=axis + 1).reshape(shape)
    return bilinear(images, 2 * sources)


def _moved(images: np.ndarray, axis: int, by: int) -> np.ndarray:
    """Return the images with the pixel `by` places farther along an axis in each pixel's place, and 0 from outside."""
    room = [(0, 0)] * images.ndim
    room[axis] = (1, 2)
    size = images.shape[axis]
    return np.pad(images, room).take(np.arange(1 + by, 1 + by + size), axis=axis)
