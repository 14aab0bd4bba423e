"""scipy.ndimage: noise blurred by gaussian_filter, and map_coordinates for each image, on two threads."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import ndimage

from neural_network.data.augment import AUGMENTATIONS

from ..job import DEFORMATION
from ..worker import THREADS

OWN = ()
CHUNK = 250  # images that a thread deforms at a time


def augment(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return deformed images."""
    bounds, side = AUGMENTATIONS[DEFORMATION], math.isqrt(rows.shape[1])
    images = rows.reshape(-1, side, side)
    result = np.empty_like(images)
    middle = (side - 1) / 2
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij")).reshape(2, -1).astype(np.float32)
    response = ndimage.gaussian_filter(np.eye(1, 2 * side, side)[0], bounds.sigma)
    amplitude = math.sqrt(3) * bounds.elastic / np.square(response).sum()  # of noise uniform in (-1, 1)

    def deform(start: int) -> None:
        rng = np.random.default_rng([seed, start])
        chunk = images[start : start + CHUNK]
        m = len(chunk)
        u = rng.uniform(-1, 1, (m, 6)).astype(np.float32)
        turn, shear = np.radians(bounds.rotation * u[:, 0]), bounds.shear * u[:, 3]
        cos, sin = np.cos(turn), np.sin(turn)
        matrix = np.stack([np.stack([cos + sin * shear, -sin], 1), np.stack([sin - cos * shear, cos], 1)], 1)
        inverse = np.linalg.inv(matrix * (1 + bounds.scale * u[:, None, 1:3]))
        noise = 2 * rng.random((m, 2, side, side), dtype=np.float32) - 1
        field = ndimage.gaussian_filter(noise, (0, 0, bounds.sigma, bounds.sigma)) * np.float32(amplitude)
        places = inverse @ (grid - middle - bounds.shift * u[:, 4:6, None]) + middle + field.reshape(m, 2, -1)
        for image, place, out in zip(chunk, places, result[start : start + m].reshape(m, -1), strict=True):
            ndimage.map_coordinates(image, place, output=out, order=1)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(deform, range(0, len(images), CHUNK)))
    return result.reshape(rows.shape)
