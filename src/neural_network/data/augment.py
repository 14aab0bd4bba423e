"""Augmentation: in each epoch, every image is turned, stretched, moved and bent a little, at random.

Such a deformation does not change which digit an image shows, so it gives more training data. Each pixel of the new
image comes from a place in the old one (an affine map, plus a smooth random field: elastic deformation, Simard,
Steinkraus and Platt 2003) and is interpolated between the four pixels around that place (bilinear interpolation). The
deformation of a sample depends on (seed, epoch, sample) alone, and not on its batch.
"""

import dataclasses
import functools
import math
import numbers

import numpy as np
from numpy.typing import ArrayLike

from ..support.arguments import check_count
from ..support.byte_pixels import Inputs
from ..support.error_state import own_error_state
from ..support.errors import InputError
from ..support.picture_format import Shape, square
from ..support.registry import Registry
from ..support.threads import share
from .counter_rng import coarse_uniform, keys, uniform

_CHUNK = 256  # images deformed at a time: few enough for the processor's cache, enough to keep threads apart
_AFFINE_NUMBERS = 6  # random numbers of an affine map: rotation, scale × 2, shear, shift × 2


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How far images may be deformed: in each epoch, each image gets its own random deformation within these bounds.

    Attributes
    ----------
    rotation : float
        Degrees, at most, either way.
    scale : float
        Fraction, at most, by which height and width grow or shrink, each on its own: 0.1 is 90 to 110 %.
    shear : float
        Slant, at most, either way: pixels sideways per pixel upwards.
    shift : float
        Pixels, at most, up or down and left or right; fractions of a pixel too.
    elastic : float
        Pixels by which the elastic field moves a pixel along each axis, root mean square.
    sigma : float
        Pixels over which the elastic field is smooth: the σ of the Gaussian that blurs it.
    """

    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    sigma: float = 5.0

    def __post_init__(self) -> None:
        bounds = {"rotation": 180.0, "scale": 0.9, "shear": 10.0, "shift": 1000.0, "elastic": 1000.0, "sigma": 1000.0}
        for name, highest in bounds.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) <= highest:
                raise InputError(f"{name} of an augmentation must be a number from 0 to {highest:g}, not {value!r}")
        if self.sigma == 0:
            raise InputError(
                "sigma of an augmentation must be greater than 0: the pixels over which its field is smooth"
            )

    @own_error_state
    def apply(self, X: Inputs, seed: int, epoch: int, samples: np.ndarray, shape: Shape | None = None) -> np.ndarray:
        """Return deformed copies of the samples: an array (D, m) like `X`, of images of this height and width.

        By default the images are square. `samples`, integers (m,), says which sample of the data set each column of
        `X` is: its deformation depends on (seed, epoch, sample) and not on the order or the size of the batch.

        Raises
        ------
        InputError
            `X` does not hold images as columns of floats, `samples` does not name each of them, or `seed` or `epoch`
            is not a whole number ≥ 0.
        """
        X, samples = np.asarray(X), np.asarray(samples)
        size = "×".join(map(str, shape or ("square",)))
        shape = shape or (square(len(X)) if X.ndim == 2 else None)
        if X.ndim != 2 or not shape or math.prod(shape) != len(X) or X.dtype.kind != "f":
            raise InputError(f"X must hold {size} images as columns of floats, not {X.dtype} of shape {X.shape}")
        if samples.shape != (X.shape[1],) or samples.dtype.kind not in "iu":
            raise InputError(
                f"samples must be {X.shape[1]} integers, one for each column of X, "
                f"not {samples.dtype} of shape {samples.shape}"
            )
        images = X.T.reshape(-1, *shape)
        result = np.empty_like(images)
        streams = keys(check_count("seed", seed, 0), check_count("epoch", epoch, 0), samples)
        number = uniform(streams, _AFFINE_NUMBERS)
        by_row, by_column = _affine_sources(
            images.shape,
            rotation=self.rotation * number[:, 0],
            scale=self.scale * number[:, 1:3],
            shear=self.shear * number[:, 3],
            shift=self.shift * number[:, 4:6],
        )

        def deform_chunk(start: int) -> None:
            chunk = slice(start, start + _CHUNK)
            sources = by_row[chunk] + by_column[chunk]
            if self.elastic:
                sources += self._field(streams[chunk], shape)
            result[chunk] = _bilinear(images[chunk], sources)

        share(deform_chunk, range(0, len(images), _CHUNK))
        return result.reshape(len(X.T), -1).T

    def _field(self, streams: np.ndarray, shape: Shape) -> np.ndarray:
        """Return smooth random displacements, float32 (m, 2, height, width), of root mean square `elastic`."""
        (rows, _), (_, columns) = (_gaussian_blur(size, self.sigma) for size in shape)
        points = rows.shape[1], columns.shape[0]
        noise = coarse_uniform(streams, 2 * math.prod(points), skip=_AFFINE_NUMBERS).reshape(-1, 2, *points)
        amplitude = math.sqrt(3) * self.elastic  # numbers uniform in (-1, 1) have the variance 1/3
        return np.float32(amplitude) * rows @ noise @ columns


@functools.cache
def _gaussian_blur(size: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return G, float32 (size, points), and its transpose: G blurs a column of independent numbers into `size` pixels.

    The blur averages neighboring numbers, so one for each σ/2 pixels is as good as one for each pixel. The variance of
    a weighted sum is that of the numbers times the sum of the squared weights: rows of norm 1 keep it.
    """
    distance = np.subtract.outer(np.arange(size), np.arange(0, size, max(1, int(sigma / 2))))
    G = np.exp(-0.5 * (distance / sigma) ** 2)
    G = (G / np.linalg.norm(G, axis=1, keepdims=True)).astype(np.float32)
    return G, G.T.copy()  # a copy, because products with it are faster than with a view


AUGMENTATIONS: Registry[Augmentation] = Registry("augmentation")
AUGMENTATIONS.register("none", Augmentation())
AUGMENTATIONS.register("light", Augmentation(rotation=7.5, scale=0.08, shear=0.08, shift=1.0, elastic=0.6))
AUGMENTATIONS.register("affine", Augmentation(rotation=12.5, scale=0.15, shear=0.15, shift=1.5))
AUGMENTATIONS.register("strong", Augmentation(rotation=12.5, scale=0.15, shear=0.15, shift=1.5, elastic=1.2))


def deform(
    images: np.ndarray,
    *,
    rotation: ArrayLike = 0.0,
    scale: ArrayLike = 0.0,
    shear: ArrayLike = 0.0,
    shift: ArrayLike = 0.0,
    field: np.ndarray | None = None,
) -> np.ndarray:
    """Scale, shear and rotate images about their middle, then shift them, then bend them; outside an image all is 0.

    Parameters
    ----------
    images : float array (m, height, width)
    rotation : float or (m,)
        Degrees, counter-clockwise as one looks at the picture.
    scale : float or (m, 2)
        Fractions by which height and width grow: 0.1 is 10 % larger.
    shear : float or (m,)
        Pixels to the right for each pixel upwards: positive values slant as italics do.
    shift : float or (m, 2)
        Pixels down and to the right.
    field : float array (m, 2, height, width), optional
        Pixels down and to the right from each pixel of the result to the place that its value comes from.

    Returns
    -------
    float array (m, height, width) of the images' dtype. Without any deformation, it equals the images, bit for bit.

    Raises
    ------
    InputError
        `images` is not a three-dimensional array of floats.
    """
    if images.ndim != 3 or images.dtype.kind != "f":
        raise InputError(
            f"images must be floats of shape (m, height, width), not {images.dtype} of shape {images.shape}"
        )
    by_row, by_column = _affine_sources(images.shape, rotation, scale, shear, shift)
    sources = by_row + by_column
    return _bilinear(images, sources if field is None else sources + field.astype(np.float32))


def _affine_sources(
    shape: tuple[int, ...], rotation: ArrayLike, scale: ArrayLike, shear: ArrayLike, shift: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 (m, 2, height, 1) and (m, 2, 1, width): their sum is the (row, column) that a pixel comes from.

    An affine map is a sum of a part that depends on the row alone and one that depends on the column alone.
    """
    m, height, width = shape
    cos, sin = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    matrix = np.empty((m, 2, 2))  # sends a place (down, right of the middle) of the old picture to that of the new one
    matrix[:, 0] = np.stack(np.broadcast_arrays(cos + sin * shear, -sin), axis=-1)  # rotation times shear
    matrix[:, 1] = np.stack(np.broadcast_arrays(sin - cos * shear, cos), axis=-1)
    matrix *= 1 + np.broadcast_to(scale, (m, 2))[:, None, :]
    inverse = np.linalg.inv(matrix)

    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    down, right = (middle + np.broadcast_to(shift, (m, 2))).T[:, :, None]
    by_row = inverse[:, :, 0, None] * (np.arange(height) - down)[:, None, :] + middle[:, None]
    by_column = inverse[:, :, 1, None] * (np.arange(width) - right)[:, None, :]
    return by_row.astype(np.float32)[:, :, :, None], by_column.astype(np.float32)[:, :, None, :]


def _bilinear(images: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return images (m, height, width) at `sources`, float32 (m, 2, height, width), which are overwritten."""
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
