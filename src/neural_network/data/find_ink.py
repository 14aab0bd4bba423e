"""From a photograph to ink: which of the picture's pixels did the pen write?

Paper is most of the picture and its light changes slowly, ink is the little that stands out from it, and a digit is a
few large pieces of ink. Each step takes one grey picture, floats in [0, 1] of shape (height, width), and returns one.
"""

import numpy as np

from ..support.errors import InputError
from .resample import resample, shape_within

SMALL = 64  # pixels of height or width in which paper and shadows are looked for
DESK = 0.15  # by which a desk is darker than the paper on it
DESK_HIDDEN = 0.1  # of the picture's border that paper covers at most if it lies on a desk
SMALLEST_PAPER = 0.15  # of the picture
RECTANGLE = 0.85  # of the smallest box around it that paper fills at least
MOST_INK = 0.25  # of the paper
PEN = 0.25  # of the picture's longer side that a stroke is wide at most
SHADOW = 0.08  # by which paper differs from a quadratic surface if a shadow falls on it
SHADED = 2  # per cent of the picture at least that lie in a shadow
DARKEST = 0.5  # of the brightest paper that paper in a shadow has at least; what is darker is ink or a table
CONTRAST = 8.0  # standard deviations of the paper by which ink must stand out; pure noise cut in two stands out by 6.5
PIECES = 8  # of ink at most in a digit
SPECK = 0.04  # of the largest piece's ink: what is smaller is no part of the digit
TABLE = 0.26  # of the picture's border that a dark table covers at least; the bar of a digit cut out closely has less
BLOT = 2.5  # of its strokes' width that a digit's longer side has at least; a disc has 2
INSIDE = 0.1  # of the picture's longer side that a digit has at least if ink at the border is left out for it
PALEST = 0.05  # the least by which ink stands out, of the brightest pixel
FAINT = 0.2  # the least ink that counts
RULE_SLOPES = np.linspace(-0.1, 0.1, 41)  # of ruled lines: up to 6 degrees of tilt
RULE_LENGTH = 0.85  # of the picture's width that a ruled line covers at least
RULE_SEEN = 0.1  # of its length that must lie in the picture: tilted lines are cut off by the upper or lower border
RULE_ENDS = 0.1  # of all ink that what is left of ruled lines at the border has at most
UPRIGHT = 4  # times its width that the height of a single stroke is at least: leaning by 14 degrees
RULE_WIDTH = 0.03  # of the picture's height that a ruled line is wide at most


class NoDigitError(InputError):
    """There is no digit in a picture.

    Attributes
    ----------
    steps : list of (str, array)
        The steps that `normalize` had done by then, by name, and the picture each made.
    """

    def __init__(self, why: str) -> None:
        self.steps: list[tuple[str, np.ndarray]] = []
        super().__init__(f"no digit found in the picture: {why}")


def find_paper(picture: np.ndarray) -> np.ndarray:
    """Cut out the paper, where it lies on a darker desk that is seen on all sides; else return the picture as it is.

    Paper is a rectangle, perhaps turned: once the ink is erased, one large bright piece that fills a box around it.
    What else is in the box after cutting becomes as bright as the paper.
    """
    small = resample(picture, shape_within(picture.shape, SMALL))
    page = _erase_ink(small)
    if np.ptp(page) < DESK:
        return picture
    pieces = label_pieces(page > _otsu(page))
    area = np.bincount(pieces.ravel())
    area[0] = 0
    paper = pieces == area.argmax()
    border = np.concatenate([paper[0], paper[-1], paper[:, 0], paper[:, -1]])
    level = np.median(small[paper])
    if (
        border.mean() > DESK_HIDDEN
        or paper.mean() < SMALLEST_PAPER
        or _fills_box(paper) < RECTANGLE
        or (small[paper] > level / 2).mean() < 1 - MOST_INK  # the strokes of a bright digit lie less closely
        or level - np.median(small[~paper]) < DESK
    ):
        return picture
    inside = paper
    for axis in (0, 1):  # without the edge
        inside = _running(np.minimum, np.pad(inside, [(int(axis == each),) * 2 for each in (0, 1)]), 3, axis)
    inside = resample(inside, picture.shape) > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    cut = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return np.where(inside, picture, level)[cut]


def _fills_box(piece: np.ndarray) -> float:
    """Return which share of the smallest box around it, at any angle, a piece fills: a rectangle 1, an ellipse π/4."""
    y, x = np.nonzero(piece)
    angles = np.linspace(0, np.pi / 2, 30, endpoint=False)[:, None]
    width = np.ptp(x * np.cos(angles) + y * np.sin(angles), axis=1) + 1
    height = np.ptp(y * np.cos(angles) - x * np.sin(angles), axis=1) + 1
    return float(len(x) / (width * height).min())


def flatten(picture: np.ndarray) -> np.ndarray:
    """Even the light out, so that paper is of the same brightness everywhere.

    Light that changes slowly is a quadratic surface, which is subtracted. The edge of a shadow is none: where the paper
    differs from its surface by more than SHADOW, the picture is divided by the paper instead.
    """
    surface = _fit_surface(picture)
    small = resample(picture, shape_within(picture.shape, SMALL))
    low, high = np.percentile(_erase_ink(small) - resample(surface, small.shape), [SHADED, 100 - SHADED])
    if high - low > SHADOW and not _has_bright_ink(small):
        paper = _erase_ink(picture)
        return np.clip(picture / np.maximum(paper, DARKEST * paper.max()), 0, 1)
    return np.clip(picture - surface + np.median(picture), 0, 1)


def _fit_surface(picture: np.ndarray) -> np.ndarray:
    """Return the quadratic surface of the paper's brightness.

    It is fitted by least squares to a grid of pixels, again and again without those that lie far from it.
    """
    surface, brightness = _quadratic_terms(picture.shape), picture.ravel()
    sample = slice(None, None, max(1, picture.size // 4000))
    terms, values = surface[sample], brightness[sample]
    distance = np.abs(values - np.median(values))
    for _ in range(8):
        near = distance <= max(2.5 * np.median(distance), 1 / 255)
        weights = np.linalg.lstsq(terms[near].T @ terms[near], terms[near].T @ values[near])[0]
        distance = np.abs(values - terms @ weights)
    return (surface @ weights).reshape(picture.shape)


def _erase_ink(picture: np.ndarray) -> np.ndarray:
    """Return the picture without dark strokes: a morphological closing, bright grown by PEN and then shrunk by PEN.

    What is narrower than PEN has vanished by then. The straight edge of a shadow, hard or soft, is back in its place.
    """
    size = max(2, round(PEN * max(picture.shape)))
    result = np.pad(picture, size, mode="edge")
    for extreme in (np.maximum, np.minimum):
        for axis in (0, 1):
            result = _running(extreme, result, size, axis)
    top, left = ((new - old) // 2 for new, old in zip(result.shape, picture.shape, strict=True))
    return result[top:, left:][: picture.shape[0], : picture.shape[1]]


def _running(extreme: np.ufunc, picture: np.ndarray, size: int, axis: int) -> np.ndarray:
    """Return the extreme of every `size` neighbors along an axis, in few steps: that of 2, of 4, of 8, ..."""
    result, done = np.moveaxis(picture, axis, 0), 1
    while done < size:
        step = min(done, size - done)
        result, done = extreme(result[:-step], result[step:]), done + step
    return np.moveaxis(result, 0, axis)


def _has_bright_ink(picture: np.ndarray) -> bool:
    """Return whether there are bright strokes, and more that is brighter than around it than there is darker.

    What is around is a median over half of the picture's size.
    """
    if (picture + _erase_ink(1 - picture)).max() < 1 + SHADOW:
        return False
    around = picture
    for axis in (0, 1):
        reach = picture.shape[axis] // 4
        widths = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(around, widths, mode="edge")
        around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis), axis=-1)
    difference = (picture - around) ** 3
    return bool(difference.sum() > 0)


def _quadratic_terms(shape: tuple[int, ...]) -> np.ndarray:
    """Return 1, x, y, x², xy, y² of each pixel, (height · width, 6), with x and y from -1 to 1."""
    y, x = (axis.ravel() for axis in np.meshgrid(*(np.linspace(-1, 1, size) for size in shape), indexing="ij"))
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def invert(picture: np.ndarray) -> np.ndarray:
    """Make ink bright and paper 0, whichever was the brighter: ink lies far from the paper on one side only."""
    difference = picture - np.median(picture)
    return np.clip(difference * np.sign((difference**3).sum()), 0, 1)


def threshold(picture: np.ndarray) -> np.ndarray:
    """Make ink 1 and paper 0, with soft edges; raises NoDigitError where nothing stands out from the paper's noise."""
    cut = _otsu(picture)
    ink, paper = picture[picture > cut], picture[picture <= cut]
    level = np.median(ink) if ink.size else 0.0
    if level < PALEST or level - paper.mean() < CONTRAST * paper.std() or ink.size > picture.size / 2:
        raise NoDigitError("no ink stands out from the background; write larger or darker")
    low = max(0.25 * level, paper.mean() + 3 * paper.std())
    return np.clip((picture - low) / max(0.75 * level - low, 0.1 * level), 0, 1)


def _otsu(picture: np.ndarray) -> float:
    """Return the brightness that parts the pixels into two groups of the least variance each (Otsu 1979)."""
    count, edges = np.histogram(picture, bins=256)
    middle = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(count), np.cumsum(count * middle)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total / below - (total[-1] - total) / above) ** 2
    return float(edges[1 + np.nanargmax(between[:-1])])


def remove_lines(picture: np.ndarray) -> np.ndarray:
    """Remove ruled lines: straight, thin, from border to border. Ink that crosses them stays.

    A single upright stroke is no ruled line but a 1. If the digit that is left touches the border itself, the picture
    is cut close around it, and a "line" was its bar; if little is left there, it is the ends of lines.
    """
    if _is_upright_stroke(picture):
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
    """Return whether all ink, but for specks, is one piece that is much taller than wide."""
    pieces = label_pieces(picture > FAINT)
    size = np.bincount(pieces[pieces > 0])
    if not size.size or size.max() < (1 - SPECK) * size.sum():
        return False
    height, width = (np.ptp(places) + 1 for places in np.nonzero(pieces == size.argmax()))
    return bool(height > UPRIGHT * width)


def _remove_level_lines(picture: np.ndarray) -> np.ndarray:
    """Remove the lines that run from the left border to the right one, at the slope at which one is seen best."""
    ends = picture[:, [0, 1, -2, -1]] > FAINT
    if not (ends[:, :2].any() and ends[:, 2:].any()):
        return picture
    height, width = picture.shape
    reach = int(width * RULE_SLOPES[-1] / 2) + 3
    padded = np.pad(picture, ((reach, reach), (0, 0)), constant_values=np.nan)  # nothing is known beyond the border
    rows, columns = np.ogrid[: len(padded), :width]

    def find_level(slope: float, columns: np.ndarray) -> np.ndarray:
        """Return the rows in which lines of this slope lie level, one for each row and column."""
        return (rows + np.rint(slope * (columns - width / 2)).astype(int)) % len(padded)

    def count(slope: float, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how many pixels of each row of the level picture have ink in or beside them, and how many are seen."""
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


def despeckle(picture: np.ndarray) -> np.ndarray:
    """Keep the large pieces of ink, but no table around the paper.

    Raises NoDigitError where there are none, or more than a digit has.
    """
    pieces = label_pieces(picture > FAINT)
    ink = np.bincount(pieces.ravel(), picture.ravel())
    ink[0] = 0
    ink = _without_table(ink, pieces)
    ink[ink < max(SPECK * ink.max(), 1)] = 0
    large = _without_finger(ink, pieces, picture) > 0
    if not 1 <= large.sum() <= PIECES:
        found = f"{large.sum()} pieces of ink" if large.any() else "no ink"
        raise NoDigitError(f"it shows {found}; write one digit, on plain paper")
    return np.where(large[pieces], picture, 0)


def _without_table(ink: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Return how much ink each piece has, and none for what lies around the paper, unless it is all there is."""
    border = np.concatenate([pieces[0], pieces[-1], pieces[1:-1, 0], pieces[1:-1, -1]])
    table = np.bincount(border, minlength=len(ink)) > TABLE * border.size
    rest = np.where(table, 0, ink)
    return rest if rest.max() > SPECK * ink.max() else ink


def _without_finger(ink: np.ndarray, pieces: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Return how much ink each piece has, and none for what reaches over the border and is no stroke.

    That is so where a large piece lies inside, and what touches the border is a blot, or much wider than its strokes.
    """
    outside = np.unique([*pieces[0], *pieces[-1], *pieces[:, 0], *pieces[:, -1]])
    inside = ink.copy()
    inside[outside] = 0
    if not inside.any():
        return ink
    side, pen = _measure(picture, pieces == inside.argmax())
    if side < INSIDE * max(picture.shape):
        return ink
    rest = ink.copy()
    for label in outside[ink[outside] > 0]:
        length, width = _measure(picture, pieces == label)
        if width > 1.5 * pen or length < BLOT * width:
            rest[label] = 0
    return rest


def _measure(picture: np.ndarray, piece: np.ndarray) -> tuple[int, float]:
    """Return the longer side of the box around a piece of ink, and the width of its strokes."""
    side = max(np.ptp(places) + 1 for places in np.nonzero(piece))
    return int(side), stroke_width(np.where(piece, picture, 0))


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

    At first each pixel is a piece of its own. Wherever two that touch, at a side or a corner, carry different labels,
    the higher label adopts the lower one, until all neighbors agree.
    """
    number = np.cumsum(ink).reshape(ink.shape) * ink
    touching = [
        (number[:, :-1], number[:, 1:]),
        (number[:-1], number[1:]),
        (number[:-1, :-1], number[1:, 1:]),
        (number[:-1, 1:], number[1:, :-1]),
    ]
    pairs = np.concatenate([np.stack([one.ravel(), other.ravel()]) for one, other in touching], axis=1)
    pairs = pairs[:, pairs.all(axis=0)]
    label = np.arange(number.max(initial=0) + 1)
    while pairs.size:
        np.minimum.at(label, pairs.max(axis=0), pairs.min(axis=0))
        while (label[label] < label).any():
            label = label[label]
        pairs = label[pairs]
        pairs = pairs[:, pairs[0] != pairs[1]]
    return np.unique(label, return_inverse=True)[1][number]
