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
    rows, columns = (_twice_as_fine(size).astype(images.dtype) for size in images.shape[1:])
    return bilinear(rows @ images @ columns.T, 2 * sources)


def _twice_as_fine(size: int) -> np.ndarray:
    """Return the weights (2 size, size) of the pixels in themselves, in turn with those in the middle after each."""
    weights = np.zeros((2 * size, size))
    weights[::2] = np.eye(size)
    for neighbor, weight in ((-1, -1), (0, 9), (1, 9), (2, -1)):
        weights[1::2] += weight / 16 * np.eye(size, k=neighbor)
    return weights
