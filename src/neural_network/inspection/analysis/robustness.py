"""Robustness: the accuracy on pictures that are shifted, rotated, scaled, thickened or noisy.

Each kind of distortion is a function of the pictures and a level.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...data.augment import deform
from ...network import Network
from ...support.randomness import stream

DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))  # right, down, left, up


@dataclass(frozen=True)
class Distortion:
    """A way to distort pictures (m, height, width), at several levels."""

    name: str
    unit: str  # of the levels
    levels: tuple[float, ...]  # ascending
    apply: Callable[[np.ndarray, float], list[np.ndarray]]  # returns one or several arrays of distorted pictures
    neutral: float = 0  # the level that leaves the pictures as they are


def thicken(pictures: np.ndarray, radius: float) -> np.ndarray:
    """Return pictures (m, height, width), 0 to 1, with strokes wider by `radius` pixels on either side, or thinner.

    This is a dilation: each pixel becomes the brightest of those around it. Beyond the radius they count less, down to
    nothing one pixel further out, so that fractions of a pixel are possible. A negative radius dilates the paper.
    """
    return _dilate(pictures, radius, 0) if radius >= 0 else 1 - _dilate(1 - pictures, -radius, 1)


def _dilate(pictures: np.ndarray, radius: float, outside: float) -> np.ndarray:
    reach = math.floor(radius + 1)
    padded = np.pad(pictures, ((0, 0), (reach, reach), (reach, reach)), constant_values=outside)
    _, height, width = pictures.shape
    result = pictures.copy()
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            share = min(radius + 1 - math.hypot(down, right), 1)
            if share > 0 and (down or right):
                top, left = reach + down, reach + right
                moved = padded[:, top : top + height, left : left + width]
                np.maximum(result, pictures.dtype.type(share) * moved, out=result)
    return result


def _shift(pictures: np.ndarray, pixels: float) -> list[np.ndarray]:
    return [deform(pictures, shift=(pixels * down, pixels * right)) for down, right in DIRECTIONS]


def _noise(pictures: np.ndarray, sigma: float) -> list[np.ndarray]:
    noise = stream(0).normal(0, 1, pictures.shape).astype(pictures.dtype)
    return [np.clip(pictures + pictures.dtype.type(sigma) * noise, 0, 1)]


DISTORTIONS = (
    Distortion("shift", "pixels, mean of four directions", (0, 1, 2, 3, 4, 5, 6), _shift),
    Distortion(
        "rotation", "degrees, counter-clockwise", tuple(range(-60, 61, 15)), lambda P, a: [deform(P, rotation=a)]
    ),
    Distortion(
        "scale",
        "times as large",
        (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5),
        lambda P, s: [deform(P, scale=(s - 1, s - 1))],
        neutral=1,
    ),
    Distortion("stroke width", "pixels wider", (-2, -1.5, -1, -0.5, 0, 1, 2, 3, 4), lambda P, w: [thicken(P, w / 2)]),
    Distortion("noise", "σ of each pixel, in ink", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), _noise),
)


def accuracies(network: Network, pictures: np.ndarray, Y: np.ndarray, distortion: Distortion) -> np.ndarray:
    """Return the accuracy on pictures (m, height, width), 0 to 1, with labels `Y` (m,), at each level."""
    return np.array(
        [
            np.mean(
                [network.evaluate(changed.reshape(len(Y), -1).T, Y) for changed in distortion.apply(pictures, level)]
            )
            for level in distortion.levels
        ]
    )
