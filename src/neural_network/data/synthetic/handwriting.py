"""Handwriting: each digit in a style chosen at random, and no two digits alike.

All the digits of a batch go through the same steps at once: the control points are moved a little, the ends of strokes
become shorter or longer, the whole is bent, stretched, slanted and turned, and the pressure of the pen varies. The size
of each variation was chosen by looking at the results, and by the accuracy on MNIST's training images of a network
trained on them.

The arithmetic is +, -, *, / and square roots of random numbers between 0 and 1, which IEEE 754 rounds alike on
every machine. Sines and exponentials, which it does not, are avoided, and with them the normal distribution.
"""

import numpy as np

from .splines import SAMPLES, Floats, Integers, interpolate, splines

KNOTS = 7  # places along the path between which the pressure changes


def write(rng: np.random.Generator, count: int) -> tuple[Integers, Floats, Floats]:
    """Write `count` random digits.

    Returns
    -------
    labels : (count,)
    path : (count, SAMPLES, 2)
        The places x, y of the pen, y downwards; the digits are about 1 high.
    radius : (count, SAMPLES)
        The radius of the pen in the same unit; negative where the pen is lifted.
    """
    table = splines()
    # Each digit has one unit of the interval from 0 to 10, and each of its styles a share of that unit.
    style = np.searchsorted(np.cumsum(table.shares)[:-1], 10 * rng.random(count), side="right")
    points = overshoot(stray(table.points[style], rng), table.ends[style], table.before[style], rng)
    path = interpolate(points, table.support[style], table.weights[style])
    return table.digits[style], turn(slant(bend(path, rng), rng), rng), press(rng, count)


def bell(rng: np.random.Generator, *shape: int) -> Floats:
    """Return nearly normal random numbers of mean 0 and variance 1, at most ±3: sums of three uniform ones."""
    a, b, c = rng.random((3, *shape))
    return 2 * (a + b + c) - 3


def mostly_small(rng: np.random.Generator, *shape: int) -> Floats:
    """Return random numbers from 0 to 1, half of them below 1/4: most people write steadily, and a few do not."""
    return np.square(rng.random(shape))


def stray(points: Floats, rng: np.random.Generator) -> Floats:
    """Move every control point a little, in hasty writing more than in neat writing."""
    haste = 0.015 + 0.045 * mostly_small(rng, len(points), 1, 1)
    return points + haste * bell(rng, *points.shape)


def overshoot(points: Floats, ends: Integers, before: Integers, rng: np.random.Generator) -> Floats:
    """Make the free ends of strokes shorter, or longer in the direction of the stroke."""
    row = np.arange(len(points))[:, None]
    further = 0.05 + 0.15 * bell(rng, *ends.shape, 1)
    points = points.copy()
    shift = further * (points[row, ends] - points[row, before])
    np.add.at(points, (row, ends), shift)  # not +=, which would take only the last where padding repeats a point
    return points


def bend(path: Floats, rng: np.random.Generator) -> Floats:
    """Displace each point by a smooth function of its place: polynomials of degree two and three."""
    x, y = path[..., 0], path[..., 1]
    strength = 0.1 + 0.35 * mostly_small(rng, len(path), 1, 1)
    shift = np.zeros(path.shape)
    for term in (x * x, x * y, y * y, x * y * y, y * y * y):
        shift += bell(rng, len(path), 1, 2) * term[..., None]
    return path + strength * shift


def slant(path: Floats, rng: np.random.Generator) -> Floats:
    """Make the digits wide or narrow, and slant them, mostly to the right."""
    x, y = path[..., 0], path[..., 1]
    width = np.maximum(0.9 + 0.2 * bell(rng, len(path), 1), 0.6)
    lean = 0.22 + 0.25 * bell(rng, len(path), 1)
    return np.stack([width * x - lean * y, y], axis=-1)


def turn(path: Floats, rng: np.random.Generator) -> Floats:
    """Rotate the digits by some degrees; the tangent of half the angle gives its sine and cosine by division."""
    x, y = path[..., 0], path[..., 1]
    tangent = 0.08 * bell(rng, len(path), 1)
    square = tangent * tangent
    cosine, sine = (1 - square) / (1 + square), 2 * tangent / (1 + square)
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def press(rng: np.random.Generator, count: int) -> Floats:
    """Return the radius of the pen (count, SAMPLES): thick or thin, varying along the path, rarely broken."""
    place = np.arange(SAMPLES) * ((KNOTS - 1) / (SAMPLES - 1))
    swell = np.zeros((count, SAMPLES))
    unsteadiness = 0.05 + 0.35 * mostly_small(rng, count, 1)
    for knot in range(KNOTS):
        swell += unsteadiness * bell(rng, count, 1) * np.maximum(0, 1 - np.abs(place - knot))
    radius = np.maximum(0.07 + 0.021 * bell(rng, count, 1), 0.03) * np.maximum(1 + swell, 0.3)
    middle, length = (KNOTS - 1) * rng.random((count, 1)), 0.3 * rng.random((count, 1))
    broken = (rng.random((count, 1)) < 0.05) & (np.abs(place - middle) < length)
    return np.where(broken, -1, radius)
