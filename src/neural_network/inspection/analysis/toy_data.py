"""Toy data in two dimensions, where the prediction for every point can be drawn."""

import math

import numpy as np

from ...support.randomness import stream
from ...training.loop import Arrays

NOISE = 0.1


def moons(count: int, seed: int = 0) -> Arrays:
    """Return two interlocking half circles: X (2, count), about -1.5 to 1.5, and Y (count,) of 0, 1."""
    rng, Y = stream(seed), np.arange(count) % 2
    angle = math.pi * rng.random(count)
    sign = 1 - 2 * Y
    X = np.stack([sign * np.cos(angle) + Y - 0.5, sign * np.sin(angle) + 0.5 * Y - 0.25])
    return X + NOISE * rng.normal(size=X.shape), Y


def rings(count: int, seed: int = 0) -> Arrays:
    """Return a disk within a ring: X (2, count) and Y (count,) of 0, 1. No straight line separates them."""
    rng, Y = stream(seed), np.arange(count) % 2
    radius, angle = np.where(Y, 1.2, 0.5 * np.sqrt(rng.random(count))), 2 * math.pi * rng.random(count)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + NOISE * rng.normal(size=X.shape), Y


def spirals(count: int, seed: int = 0) -> Arrays:
    """Return three arms of a spiral: X (2, count) and Y (count,) of 0, 1, 2."""
    rng, Y = stream(seed), np.arange(count) % 3
    radius = 0.1 + 1.3 * rng.random(count)
    angle = 2.6 * radius + 2 * math.pi / 3 * Y
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + 0.5 * NOISE * rng.normal(size=X.shape), Y


TOYS = {"moons": moons, "rings": rings, "spirals": spirals}


def grid(low: float, high: float, steps: int) -> np.ndarray:
    """Return a grid of points in a square as columns (2, steps²): row by row from the bottom, from left to right."""
    along = np.linspace(low, high, steps)
    return np.stack(np.meshgrid(along, along)).reshape(2, -1)
