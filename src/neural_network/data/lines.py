"""Printed lines: boxes around a digit, and the rules of paper."""

import numpy as np

from .measure_ink import FAINT, SPECK, bounding_box, erode, extents, fills_box, label_pieces

MIN_SIDE = 4  # pixels of height and width: smaller pictures have no room for lines
NESTED = 3  # frames at most, one in the other
FRAME_WIDTH = 0.08  # of the longer side of a frame that its line is wide at most
ROUND, STRAIGHT = 0.75, 0.9  # of its box that a circle and a rectangle fill at least
FRAMED = 0.25  # of a frame's height that the digit in it is high at least
APART = 0.1  # of a digit's ink at most that belongs to the circle around it; a slash through a 0 is all of it
RULE_SLOPES = np.linspace(-0.1, 0.1, 41)  # of ruled lines: up to 6 degrees of tilt
RULE_LENGTH = 0.85  # of the picture's width that a ruled line covers at least
RULE_SEEN = 0.1  # of its length that must lie in the picture: tilted lines are cut off by the upper or lower border
RULE_ENDS = 0.1  # of all ink that what is left of ruled lines at the border has at most
RULE_WIDTH = 0.03  # of the picture's height that a ruled line is wide at most
UPRIGHT = 4  # times its width that the height of a single stroke is at least: leaning by 14 degrees


def remove_frame(picture: np.ndarray) -> np.ndarray:
    """Remove boxes and circles that are printed around the digit, with all that lies outside of them."""
    for _ in range(NESTED):
        inside = _find_inside(np.pad(picture, 2))[2:-2, 2:-2]
        if not inside.any():
            break
        picture = np.where(inside, picture, 0)[bounding_box(inside)]
    return picture


def _find_inside(picture: np.ndarray) -> np.ndarray:
    """Return the pixels, bool (height, width), within the frame around a digit; none where there is no frame.

    A frame is a thin closed line, the piece of ink with the largest box around it. It is peeled off from the outside, a
    pixel at a time, as long as most of the outermost pixels are ink; so ink that touches it on the inside stays.
    """
    ink = picture > FAINT
    frame = _largest_piece(ink)
    inside = _fill(frame)
    if not inside.any() or (fill := fills_box(inside)) < ROUND:
        return np.zeros_like(ink)
    size, width = max(inside[bounding_box(inside)].shape), 0
    while inside.any() and ink[inside & ~(inner := erode(inside))].mean() > 0.5:
        inside, width = inner, width + 1
    inside = erode(erode(inside))  # without soft edges
    digit = ink & inside
    thin = 0 < width <= FRAME_WIDTH * size
    if not (thin and digit.any() and _height(_largest_piece(digit)) >= FRAMED * _height(inside)):
        return np.zeros_like(ink)
    apart = (frame & inside).sum() <= APART * digit.sum()
    return inside if apart or fill >= STRAIGHT else np.zeros_like(ink)


def _largest_piece(ink: np.ndarray) -> np.ndarray:
    """Return the piece of ink, bool (height, width), with the largest box around it."""
    pieces = label_pieces(ink)
    top, left, bottom, right = extents(pieces)
    return pieces == 1 + ((bottom - top) * (right - left)).argmax() if len(top) else ink


def _fill(piece: np.ndarray) -> np.ndarray:
    """Return a piece that does not touch the border, with all that it encloses."""
    background = label_pieces(erode(~piece))  # so eroded, it does not pass between two pixels that touch at a corner
    return erode(background != background[1, 1])


def _height(piece: np.ndarray) -> int:
    return int(np.count_nonzero(piece.any(axis=1)))


def remove_lines(picture: np.ndarray) -> np.ndarray:
    """Remove ruled lines: straight, thin, from border to border. Ink that crosses them stays.

    A single upright stroke is not a ruled line but a 1. If the digit that is left touches the border, the picture is
    cut closely around it, and the "line" was its bar, so it stays; what is little there are the ends of lines.
    """
    if min(picture.shape) < MIN_SIDE or _is_upright_stroke(picture):
        return picture
    cleared = _remove_level_lines(_remove_level_lines(picture).T).T
    pieces = label_pieces(cleared > FAINT)
    size = np.bincount(pieces.ravel())
    size[0] = 0
    border = np.ones(picture.shape, bool)
    border[2:-2, 2:-2] = False
    outside = np.setdiff1d(pieces[border], [0])
    if size.argmax() not in outside:
        return cleared
    if size.max() > RULE_ENDS * np.count_nonzero(picture > FAINT):
        return picture
    return np.where(np.isin(pieces, outside), 0, cleared)


def _is_upright_stroke(picture: np.ndarray) -> bool:
    """Return whether all ink, except specks, is one piece that is much taller than wide."""
    pieces = label_pieces(picture > FAINT)
    size = np.bincount(pieces[pieces > 0])
    if not size.size or size.max() < (1 - SPECK) * size.sum():
        return False
    height, width = (np.ptp(places) + 1 for places in np.nonzero(pieces == size.argmax()))
    return bool(height > UPRIGHT * width)


def _remove_level_lines(picture: np.ndarray) -> np.ndarray:
    """Remove the lines that run from the left border to the right one, at the slope that fits them best."""
    ends = picture[:, [0, 1, -2, -1]] > FAINT
    if not (ends[:, :2].any() and ends[:, 2:].any()):
        return picture
    height, width = picture.shape
    reach = int(width * RULE_SLOPES[-1] / 2) + 3
    padded = np.pad(picture, ((reach, reach), (0, 0)), constant_values=np.nan)  # unknown, beyond the border
    rows, columns = np.ogrid[: len(padded), :width]

    def find_level(slope: float, columns: np.ndarray) -> np.ndarray:
        """Return the rows in which lines of this slope lie level, one for each row and column."""
        return (rows + np.rint(slope * (columns - width / 2)).astype(int)) % len(padded)

    def count(slope: float, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how many pixels in each row of the level picture are ink or beside it, and how many are known."""
        level = padded[find_level(slope, columns), columns]
        ink = level > FAINT
        nearly = ink | np.roll(ink, 1, axis=0) | np.roll(ink, -1, axis=0)  # lines are not quite straight
        return nearly.sum(axis=1), np.isfinite(level).sum(axis=1)

    some = columns[:, :: max(1, width // 64)]
    # The fourth power, so that a few full rows count for more than many half full ones.
    slope = max(RULE_SLOPES, key=lambda slope: (count(slope, some)[0] ** 4).sum())
    places = find_level(slope, columns)
    level = padded[places, columns]
    inked, seen = count(slope, columns)
    full = (inked > RULE_LENGTH * seen) & (seen > RULE_SEEN * width)
    starts, stops = np.flatnonzero(np.diff(full, prepend=False, append=False)).reshape(-1, 2).T
    for start, stop in zip(starts, stops, strict=True):
        if stop - start <= RULE_WIDTH * height + 3:
            crossed = (level[[start - 1, stop % len(level)]] > FAINT).any(axis=0)
            level[start:stop, ~crossed] = 0
    padded[places, columns] = level
    return padded[reach:-reach]
