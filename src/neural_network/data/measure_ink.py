"""Measurements of a grey picture, floats in [0, 1] of shape (height, width), that several steps need."""

import numpy as np

FAINT = 0.2  # the least ink that counts
SPECK = 0.04  # of the largest piece's ink: what is smaller is no part of the digit


def otsu(picture: np.ndarray) -> float:
    """Return the brightness that parts the pixels into two groups of the least variance each (Otsu 1979)."""
    if picture.min() == picture.max():
        return float(picture.max())
    count, edges = np.histogram(picture, bins=256)
    middle = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(count), np.cumsum(count * middle)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total / below - (total[-1] - total) / above) ** 2
    return float(edges[1 + np.nanargmax(between[:-1])])


def stroke_width(picture: np.ndarray) -> float:
    """Return the mean width of the strokes in pixels.

    A stroke of length L and width w has the area L w and two edges of length L: w is twice the area by the edges'
    length, and that is what the picture's slope adds up to.
    """
    padded = np.pad(picture, 1)
    edges = np.hypot(np.diff(padded, axis=0)[:, :-1], np.diff(padded, axis=1)[:-1])
    return float(2 * picture.sum() / edges.sum())


def label_pieces(ink: np.ndarray) -> np.ndarray:
    """Return which connected piece of `ink`, bool (height, width), each pixel belongs to: 1, 2, ..., and 0 for none.

    At first each run of ink in a row is a piece of its own. Wherever two that touch, at a side or a corner, carry
    different labels, the higher label is replaced by the lower one, until all neighbors agree.
    """
    starts = ink.copy()
    starts[:, 1:] &= ~ink[:, :-1]
    number = np.cumsum(starts).reshape(ink.shape) * ink
    upper, lower = number[:-1], number[1:]
    touching = (upper, lower), (upper[:, :-1], lower[:, 1:]), (upper[:, 1:], lower[:, :-1])
    pairs = np.concatenate([np.stack([one.ravel(), other.ravel()]) for one, other in touching], axis=1)
    pairs = pairs[:, pairs.all(axis=0)]
    pairs = pairs[:, np.diff(pairs, prepend=0).any(axis=0)]  # once for two runs, not once for each pixel
    label = np.arange(number.max(initial=0) + 1)
    while pairs.size:
        np.minimum.at(label, pairs.max(axis=0), pairs.min(axis=0))
        while (label[label] < label).any():
            label = label[label]
        pairs = label[pairs]
        pairs = pairs[:, pairs[0] != pairs[1]]
    return np.unique(label, return_inverse=True)[1][number]


def bounding_box(ink: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest upright rectangle that holds all of `ink`, bool (height, width)."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def extents(pieces: np.ndarray) -> np.ndarray:
    """Return the box around each piece that `label_pieces` found: top, left, bottom and right, (4, pieces)."""
    rows, columns = np.nonzero(pieces)
    label, count = pieces[rows, columns] - 1, pieces.max(initial=0)
    top, left = (np.full(count, size) for size in pieces.shape)
    bottom, right = np.zeros((2, count), int)
    np.minimum.at(top, label, rows)
    np.minimum.at(left, label, columns)
    np.maximum.at(bottom, label, rows + 1)
    np.maximum.at(right, label, columns + 1)
    return np.stack([top, left, bottom, right])


def border_of(picture: np.ndarray) -> np.ndarray:
    """Return the pixels of the outermost rows and columns."""
    return np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]])


def fills_box(piece: np.ndarray) -> float:
    """Return which share of the smallest box around it, at any angle, a piece fills: a rectangle 1, an ellipse π/4."""
    y = np.flatnonzero(piece.any(axis=1))
    first, last = piece[y].argmax(axis=1), piece.shape[1] - 1 - piece[y, ::-1].argmax(axis=1)
    y, x = np.concatenate([y, y]), np.concatenate([first, last])  # the extremes of a box lie at the ends of rows
    angles = np.linspace(0, np.pi / 2, 30, endpoint=False)[:, None]
    width = np.ptp(x * np.cos(angles) + y * np.sin(angles), axis=1) + 1
    height = np.ptp(y * np.cos(angles) - x * np.sin(angles), axis=1) + 1
    return float(piece.sum() / (width * height).min())


def erode(piece: np.ndarray) -> np.ndarray:
    """Return a piece, bool (height, width), without the pixels at its edge or at that of the picture."""
    for axis in (0, 1):
        piece = running(np.minimum, np.pad(piece, [(int(axis == each),) * 2 for each in (0, 1)]), 3, axis)
    return piece


def running(extreme: np.ufunc, picture: np.ndarray, size: int, axis: int) -> np.ndarray:
    """Return the extreme of every `size` neighbors along an axis, in few steps: that of 2, of 4, of 8, ..."""
    result, done = np.moveaxis(picture, axis, 0), 1
    while done < size:
        step = min(done, size - done)
        result, done = extreme(result[:-step], result[step:]), done + step
    return np.moveaxis(result, 0, axis)
