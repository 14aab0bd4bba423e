"""Affine maps: where the pixels of a turned, stretched, slanted or moved image come from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..support.picture_format import Shape


@dataclass(frozen=True)
class AffineMap:
    """A map for each of m images: the place p of the new image comes from matrix (p - target) + origin of the old one.

    Attributes
    ----------
    matrix : array (m, 2, 2)
    target, origin : arrays (m, 2)
        Row and column of a place in the new image, and of where it comes from in the old one.
    """

    matrix: NDArray[np.floating]
    target: NDArray[np.floating]
    origin: NDArray[np.floating]

    def of(self, images: slice) -> "AffineMap":
        """Return the maps of some of the images."""
        return AffineMap(self.matrix[images], self.target[images], self.origin[images])

    def then(self, later: "AffineMap") -> "AffineMap":
        """Return the maps of images that are changed by this one first, and what comes of it by the other."""
        moved = self.matrix @ (later.origin - self.target)[:, :, None]
        return AffineMap(self.matrix @ later.matrix, later.target, moved[:, :, 0] + self.origin)

    def sources(self, shape: Shape) -> NDArray[np.float32]:
        """Return the place, (row, column), that each pixel comes from: an array (m, 2, height, width).

        It is the sum of a part that depends on the row alone and one that depends on the column alone.
        """
        (down, right), (height, width) = self.target.T[:, :, None], shape
        by_row = self.matrix[:, :, 0, None] * (np.arange(height) - down)[:, None, :] + self.origin[:, :, None]
        by_column = self.matrix[:, :, 1, None] * (np.arange(width) - right)[:, None, :]
        return by_row.astype(np.float32)[:, :, :, None] + by_column.astype(np.float32)[:, :, None, :]


def affine_map(
    m: int, shape: Shape, rotation: ArrayLike, scale: ArrayLike, shear: ArrayLike, shift: ArrayLike
) -> AffineMap:
    """Return the maps of m images that are scaled, sheared and rotated about their middle, and then shifted.

    The numbers are those of `deform`.
    """
    cos, sin = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    matrix = np.empty((m, 2, 2))  # sends a place (down, right of the middle) of the old picture to that of the new one
    matrix[:, 0] = np.stack(np.broadcast_arrays(cos + sin * shear, -sin), axis=-1)  # rotation times shear
    matrix[:, 1] = np.stack(np.broadcast_arrays(sin - cos * shear, cos), axis=-1)
    matrix *= 1 + np.broadcast_to(scale, (m, 2))[:, None, :]
    middle = (np.array(shape) - 1) / 2
    return AffineMap(np.linalg.inv(matrix), middle + np.broadcast_to(shift, (m, 2)), np.broadcast_to(middle, (m, 2)))


def upright_map(images: NDArray[np.floating]) -> AffineMap:
    """Return the maps that shear images (m, height, width) upright and center them by their ink.

    Upright means that rows and columns of the ink do not correlate. The slant is the slope of the columns of the ink
    over its rows, by least squares. Images without ink stay as they are.
    """
    images = np.ascontiguousarray(images)  # sums in another order would have other last bits
    m, height, width = images.shape
    row, column = np.arange(height), np.arange(width)
    in_rows, in_columns = images.sum(axis=2).astype(float), images.sum(axis=1).astype(float)
    is_empty = in_rows.sum(axis=1) == 0
    ink = np.where(is_empty, 1, in_rows.sum(axis=1))

    def mean(sums: NDArray[np.floating], places: NDArray[np.integer]) -> NDArray[np.floating]:
        return (sums * places).sum(axis=1) / ink

    row_mean, column_mean = mean(in_rows, row), mean(in_columns, column)
    covariance = mean(images @ column.astype(images.dtype), row) - row_mean * column_mean
    variance = mean(in_rows, row**2) - row_mean**2
    matrix = np.tile(np.eye(2), (m, 1, 1))
    matrix[:, 1, 0] = np.where(variance > 1e-6, covariance / np.maximum(variance, 1e-6), 0)
    middle = np.broadcast_to([(height - 1) / 2, (width - 1) / 2], (m, 2))
    origin = np.where(is_empty[:, None], middle, np.stack([row_mean, column_mean], axis=1))
    return AffineMap(matrix, middle, origin)
