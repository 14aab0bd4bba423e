"""The background of a digit: find the paper on a desk, add a margin where there is none, even the light out."""

import numpy as np

from .measure_ink import border_of, bounding_box, erode, fills_box, label_pieces, otsu, running, stroke_width
from .resample import resample, scale_shape

SMALL = 64  # pixels of height or width in which paper and shadows are looked for
DESK = 0.15  # by which a desk is darker than the paper on it
DESK_HIDDEN = 0.1  # of the picture's border that paper covers at most if it lies on a desk
SMALLEST_PAPER = 0.15  # of the picture
RECTANGLE = 0.85  # of the smallest box around it that paper fills at least
MOST_INK = 0.25  # of the paper
PEN = 0.25  # of the picture's longer side that a stroke is wide at most
SEPARATE = 0.77  # of a picture's variance between bright and dark pixels, if these are ink and paper
CLOSE = 0.2  # of the picture that is ink if the digit is cut out closely
CLOSE_PEN = 0.05  # of such a picture's longer side that its strokes are wide at least; printed lines are thinner
SHADOW = 0.08  # by which paper differs from a quadratic surface if a shadow falls on it
SHADED = 2  # per cent of the picture at least that lie in a shadow
DARKEST = 0.5  # of the brightest paper that paper in a shadow has at least; what is darker is ink or a table


def find_paper(picture: np.ndarray) -> np.ndarray:
    """Cut out the paper, where it lies on a darker desk that is visible on all sides; else return the picture.

    Paper is a rectangle at any angle: once the ink is erased, one large bright piece that fills a box around it. After
    cutting, the rest of the picture becomes as bright as the paper.
    """
    small = _make_small(picture)
    page = _erase_ink(small)
    if np.ptp(page) < DESK:
        return picture
    pieces = label_pieces(page > otsu(page))
    area = np.bincount(pieces.ravel())
    area[0] = 0
    paper = pieces == area.argmax()
    level = np.median(small[paper])
    if (
        border_of(paper).mean() > DESK_HIDDEN
        or paper.mean() < SMALLEST_PAPER
        or fills_box(paper) < RECTANGLE
        or (small[paper] > level / 2).mean() < 1 - MOST_INK  # the strokes of a bright digit lie less closely
        or level - np.median(small[~paper]) < DESK
    ):
        return picture
    inside = resample(erode(paper), picture.shape) > 0.5
    return np.where(inside, picture, level)[bounding_box(inside)] if inside.any() else picture


def add_margin(picture: np.ndarray) -> np.ndarray:
    """Add paper around a digit that is cut out so closely that it reaches opposite sides; else return the picture.

    Paper is what most of the border shows. With half of the picture's size added on each side, it is most of the
    picture too, as the next steps expect.
    """
    bright = picture > otsu(picture)
    if _separation(picture, bright) < SEPARATE:
        return picture
    border = border_of(bright)
    paper = bright == (border.mean() > 0.5)
    ink, size = ~paper, max(picture.shape)
    edge = 2 + size // (20 if 0 < border.mean() < 1 else 8)
    top, bottom, left, right = (side.any() for side in (ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:]))
    reached = top == bottom and left == right and (top or left)  # by a shadow, other sides are
    if ink.mean() < CLOSE or not reached or stroke_width(ink.astype(float)) < CLOSE_PEN * size:
        return picture
    level = np.median(border_of(picture)[border_of(paper)])
    return np.pad(picture, size // 2, constant_values=level)


def _separation(picture: np.ndarray, bright: np.ndarray) -> float:
    """Return the share of the variance that lies between bright and dark pixels: 3/4 where light changes evenly."""
    share = bright.mean()
    if share in (0, 1):
        return 0.0
    return float(share * (1 - share) * (picture[bright].mean() - picture[~bright].mean()) ** 2 / picture.var())


def flatten(picture: np.ndarray) -> np.ndarray:
    """Even the light out, so that the paper has the same brightness everywhere.

    Light that changes slowly is fitted by a quadratic surface, which is subtracted. The edge of a shadow does not fit:
    where the paper differs from its surface by more than SHADOW, the picture is divided by the paper instead.
    """
    surface = _fit_surface(picture)
    small = _make_small(picture)
    low, high = np.percentile(_erase_ink(small) - resample(surface, small.shape), [SHADED, 100 - SHADED])
    if high - low > SHADOW and not _has_bright_ink(small):
        paper = _erase_ink(picture)
        return np.clip(picture / np.maximum(paper, DARKEST * paper.max()), 0, 1)
    return np.clip(picture - surface + np.median(picture), 0, 1)


def _fit_surface(picture: np.ndarray) -> np.ndarray:
    """Return the quadratic surface of the paper's brightness.

    It is fitted by least squares to a grid of pixels, repeatedly, each time without those that are far from it.
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


def _quadratic_terms(shape: tuple[int, ...]) -> np.ndarray:
    """Return 1, x, y, x², xy, y² of each pixel, (height · width, 6), with x and y from -1 to 1."""
    y, x = (axis.ravel() for axis in np.meshgrid(*(np.linspace(-1, 1, size) for size in shape), indexing="ij"))
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def _make_small(picture: np.ndarray) -> np.ndarray:
    return resample(picture, scale_shape(picture.shape, min(SMALL, max(picture.shape))))


def _erase_ink(picture: np.ndarray) -> np.ndarray:
    """Return the picture without dark strokes: a morphological closing, bright grown by PEN and then shrunk by PEN.

    What is narrower than PEN vanishes. The straight edge of a shadow, hard or soft, stays in its place.
    """
    size = max(2, round(PEN * max(picture.shape)))
    result = np.pad(picture, size, mode="edge")
    for extreme in (np.maximum, np.minimum):
        for axis in (0, 1):
            result = running(extreme, result, size, axis)
    top, left = ((new - old) // 2 for new, old in zip(result.shape, picture.shape, strict=True))
    return result[top:, left:][: picture.shape[0], : picture.shape[1]]


def _has_bright_ink(picture: np.ndarray) -> bool:
    """Return whether there are bright strokes, and more pixels brighter than their surroundings than darker ones.

    The surroundings are a median over half of the picture's size.
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
